// @ts-check
/**
 * Train a lyrics network on songs, as `python -m train.lyrics` does: the same recipe, seed and songs give the same losses.
 *
 * @typedef {import("./recipes.js").Recipe} Recipe
 * @typedef {import("./splits.js").Song} Song
 * @typedef {import("./weights.js").NetworkConfig} NetworkConfig
 * @typedef {import("./weights.js").Weights} Weights
 *
 * @typedef {object} EpochRecord A row of history.csv.
 * @property {number} epoch From 1.
 * @property {number} cross_entropy In nats per word, on the training songs.
 * @property {number} accuracy
 * @property {number} val_cross_entropy On the songs that are held out.
 * @property {number} val_accuracy
 *
 * @typedef {object} Progress
 * @property {number} epoch The one under way, from 1.
 * @property {number} loss Mean of the epoch so far, in nats per word.
 * @property {number} wordsPerSecond Of training.
 * @property {number} secondsLeft At most: training may stop early.
 * @property {EpochRecord} [record] Of the epoch that has just ended.
 */

import { AdamW } from "./adam.js";
import { StatefulBatches } from "./batches.js";
import { buildCorpus } from "./corpus.js";
import { Dropout, TrainableNetwork } from "./trainable-network.js";
import { initialWeights, warmStart } from "./weights.js";

const MAX_EVALUATED_SONGS = 1000; // as in train/lyrics/build.py

export class LyricsTrainer {
  /**
   * @param {WebAssembly.Module} module vendor/kernels.wasm
   * @param {object} options
   * @param {Recipe} options.recipe
   * @param {Song[]} options.songs Clean, without duplicates.
   * @param {number} options.seed Random seed, 0 to 2^31 - 1.
   * @param {{weights: Weights, vocabulary: import("../core/vocabulary.js").Vocabulary}} [options.source] The network to start
   *   from, which has the recipe's sizes; none to start from random weights.
   * @param {import("../core/vocabulary.js").Vocabulary} [options.dictionary] Where rhymes come from if there is no
   *   `source`.
   */
  static async create(module, { recipe, songs, seed, source, dictionary }) {
    const corpus = buildCorpus(songs, { ...recipe, dictionary }, source?.vocabulary);
    const rows = Math.min(recipe.batch_size, corpus.training.length);
    const config = networkConfig(recipe, corpus);
    const shape = { rows, steps: recipe.sequence_length };
    const network = await TrainableNetwork.load(module, config, shape);
    const dropout = new Dropout(config, seed, rows);
    const weights = initialWeights(config, dropout.seeds);
    if (source)
      warmStart(weights, corpus.vocabulary.words, {
        weights: source.weights,
        words: source.vocabulary.words,
      });
    network.setWeights(weights);
    return new LyricsTrainer({ recipe, corpus, network, dropout, seed });
  }

  /**
   * @param {object} parts
   * @param {Recipe} parts.recipe
   * @param {import("./corpus.js").Corpus} parts.corpus
   * @param {TrainableNetwork} parts.network
   * @param {Dropout} parts.dropout
   * @param {number} parts.seed
   */
  constructor({ recipe, corpus, network, dropout, seed }) {
    this.recipe = recipe;
    this.corpus = corpus;
    this.network = network;
    this.dropout = dropout;
    const batches = (/** @type {number[][]} */ songs) =>
      new StatefulBatches(songs, {
        batchSize: network.rows,
        sequenceLength: network.steps,
        seed,
        anyArtist: corpus.artists.length ? corpus.vocabulary.words.length : undefined,
      });
    this.batches = batches(corpus.training);
    this.sample = batches(corpus.training.slice(0, MAX_EVALUATED_SONGS));
    this.validation = batches(corpus.validation.slice(0, MAX_EVALUATED_SONGS));
    this.optimizer = new AdamW(network.parameters, {
      learningRate: recipe.learning_rate,
      weightDecay: recipe.weight_decay,
      stepsPerEpoch: this.batches.steps,
      epochs: recipe.epochs,
    });
    /** @type {EpochRecord[]} */
    this.history = [];
    /** The lowest monitored loss, and the weights that reached it. */
    this.best = { loss: Number.POSITIVE_INFINITY, parameters: network.parameters.slice() };
    this.wait = 0;
    this.finished = false;
    /** Whether training ended because the loss is no longer finite. */
    this.diverged = false;
    this.clock = new Clock(this.batches.steps * recipe.epochs);
  }

  /** Whether the songs are to be memorized, so that the training loss counts instead of the held-out loss. */
  get memorizes() {
    return this.recipe.stop_at_train_accuracy > 0;
  }

  /** Train until the end; yields after each batch, of evaluation too. @returns {Generator<Progress, void>} */
  *run() {
    while (!this.finished) yield* this.epoch();
  }

  /** @returns {Generator<Progress, void>} */
  *epoch() {
    const training = new Mean();
    for (const batch of this.batches.epoch(this.history.length)) {
      this.clock.start();
      const measured = this.network.forward(batch, this.dropout.masks(this.optimizer.steps));
      this.network.backward();
      this.optimizer.step(this.network.gradients);
      this.clock.stop(measured.count);
      training.add(measured);
      yield this.progress(training);
    }
    const onTraining = this.memorizes ? yield* this.evaluate(this.sample, training) : training;
    const validation = yield* this.evaluate(this.validation, training);
    const record = this.endEpoch(onTraining, validation);
    yield { ...this.progress(training), epoch: record.epoch, record };
  }

  /** Measure a network on songs, without dropout. @param {StatefulBatches} batches @param {Mean} training @returns {Generator<Progress, Mean>} */
  *evaluate(batches, training) {
    const mean = new Mean();
    for (const batch of batches.all()) {
      this.clock.start();
      mean.add(this.network.forward(batch));
      this.clock.stop();
      yield this.progress(training);
    }
    return mean;
  }

  /** @param {Mean} mean @returns {Progress} */
  progress(mean) {
    const { wordsPerSecond, secondsLeft } = this.clock;
    return { epoch: this.history.length + 1, loss: mean.crossEntropy, wordsPerSecond, secondsLeft };
  }

  /** Record an epoch, keep the weights if they are the best, and decide whether to stop. @param {Mean} training @param {Mean} validation */
  endEpoch(training, validation) {
    const record = {
      epoch: this.history.length + 1,
      cross_entropy: training.crossEntropy,
      accuracy: training.accuracy,
      val_cross_entropy: validation.crossEntropy,
      val_accuracy: validation.accuracy,
    };
    this.diverged = !Number.isFinite(record.cross_entropy + record.val_cross_entropy);
    if (this.diverged) {
      this.finished = true;
      return record;
    }
    this.history.push(record);
    this.keepBest(this.memorizes ? record.cross_entropy : record.val_cross_entropy);
    const knowsEnough = this.memorizes && record.accuracy >= this.recipe.stop_at_train_accuracy;
    const isOver = record.epoch >= this.recipe.epochs || this.wait >= this.recipe.patience;
    this.finished = knowsEnough || isOver;
    return record;
  }

  /** @param {number} loss */
  keepBest(loss) {
    this.wait++;
    if (loss >= this.best.loss) return;
    this.wait = 0;
    this.best.loss = loss;
    this.best.parameters.set(this.network.parameters);
  }

  /** The best epoch so far. */
  get bestRecord() {
    const loss = (/** @type {EpochRecord} */ record) =>
      this.memorizes ? record.cross_entropy : record.val_cross_entropy;
    return this.history.find((record) => loss(record) === this.best.loss);
  }

  /** The weights of the best epoch so far; before the end of the first one, those that training started with. @returns {Weights} */
  bestWeights() {
    let start = 0;
    return Object.fromEntries(
      Object.entries(this.network.weights).map(([name, { length }]) => {
        const values = this.best.parameters.slice(start, start + length);
        start += length;
        return [name, values];
      }),
    );
  }

  /** What meta.json of a run says about the network. @returns {NetworkConfig} */
  get config() {
    return this.network.config;
  }
}

/** The network of a recipe. @param {Recipe} recipe @param {import("./corpus.js").Corpus} corpus @returns {NetworkConfig} */
function networkConfig(recipe, { vocabulary, artists }) {
  const { embedding_dim, units, dropout, recurrent_dropout, word_dropout } = recipe;
  return {
    vocabulary_size: vocabulary.words.length,
    ...{ embedding_dim, units, dropout, recurrent_dropout, word_dropout },
    num_artist_tokens: artists.length ? artists.length + 1 : 0,
    num_title_words: 0,
  };
}

/** The mean loss and accuracy over words. */
class Mean {
  constructor() {
    this.loss = 0;
    this.right = 0;
    this.count = 0;
  }

  /** @param {{loss: number, right: number, count: number}} batch */
  add({ loss, right, count }) {
    this.loss += loss;
    this.right += right;
    this.count += count;
  }

  get crossEntropy() {
    return this.loss / this.count;
  }

  get accuracy() {
    return this.right / this.count;
  }
}

/** Measures how fast training is, without the time in which it pauses. */
class Clock {
  /** @param {number} steps Of the whole training. */
  constructor(steps) {
    this.steps = steps;
    this.stepsDone = 0;
    this.words = 0;
    this.trainingMs = 0;
    this.totalMs = 0;
    this.startedAt = 0;
  }

  start() {
    this.startedAt = performance.now();
  }

  /** @param {number} [words] Trained on; none in an evaluation. */
  stop(words) {
    const passed = performance.now() - this.startedAt;
    this.totalMs += passed;
    if (words === undefined) return;
    this.trainingMs += passed;
    this.words += words;
    this.stepsDone++;
  }

  get wordsPerSecond() {
    return (1000 * this.words) / this.trainingMs;
  }

  get secondsLeft() {
    return ((this.totalMs / this.stepsDone) * (this.steps - this.stepsDone)) / 1000;
  }
}
