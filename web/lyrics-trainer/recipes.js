// @ts-check
/**
 * The recipes of `train/lyrics/recipes.py` that the page can train, with properties named like the flags in Python;
 * tests/golden/lyrics_training.json checks them.
 *
 * @typedef {object} Recipe
 * @property {number} embedding_dim
 * @property {number[]} units
 * @property {number} dropout
 * @property {number} recurrent_dropout
 * @property {number} word_dropout
 * @property {number} batch_size
 * @property {number} sequence_length
 * @property {number} learning_rate
 * @property {number} weight_decay
 * @property {number} epochs
 * @property {number} patience
 * @property {number} stop_at_train_accuracy
 * @property {number} min_count
 * @property {number} max_vocabulary
 * @property {boolean} condition_on_artist
 */

/** @type {Recipe} */
const QUICK = {
  embedding_dim: 128,
  units: [256],
  dropout: 0.4,
  recurrent_dropout: 0,
  word_dropout: 0,
  batch_size: 16,
  sequence_length: 32,
  learning_rate: 4e-3,
  weight_decay: 0.01,
  epochs: 6,
  patience: 4,
  stop_at_train_accuracy: 0,
  min_count: 2,
  max_vocabulary: 16384,
  condition_on_artist: false,
};

/** @type {Record<string, Recipe>} */
export const RECIPES = {
  quick: QUICK,
  /** For fine-tuning the network of the same name. */
  "gene-lyrica-two": {
    ...QUICK,
    embedding_dim: 224,
    units: [448],
    dropout: 0.5,
    recurrent_dropout: 0.2,
    word_dropout: 0.1,
    learning_rate: 2e-3,
    epochs: 16,
    condition_on_artist: true,
  },
  /** Memorizes its songs. */
  "baba-twist": {
    ...QUICK,
    embedding_dim: 64,
    units: [192],
    dropout: 0,
    batch_size: 8,
    weight_decay: 0,
    epochs: 100,
    patience: 100,
    stop_at_train_accuracy: 0.8,
    min_count: 1,
  },
};
