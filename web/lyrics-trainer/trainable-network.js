// @ts-check
/**
 * An `LSTMLanguageModel` (models/lyrics.py) with its gradients, as `LSTMTrainer` (train/lyrics/trainers.py) computes them.
 *
 * Words are in order of time: first the first words of all rows, then the second ones. tests/golden/training_step.json
 * holds losses and gradients of Keras.
 *
 * @typedef {import("./weights.js").NetworkConfig} NetworkConfig
 * @typedef {import("./weights.js").Weights} Weights
 */

import { BOS_EOS } from "../core/vocabulary.js";
import { uniform } from "./keras-random.js";
import { Kernels, panelLength } from "./kernels.js";
import { LSTMLayer, multiplyElements, sumRows } from "./lstm-layer.js";
import { layerSeeds, sizeOf, weightShapes } from "./weights.js";

const GATES = 4;

export class TrainableNetwork {
  /**
   * @param {WebAssembly.Module} module vendor/kernels.wasm
   * @param {NetworkConfig} config
   * @param {{rows: number, steps: number}} shape Rows per batch, and words per row.
   */
  static async load(module, config, shape) {
    return new TrainableNetwork(await Kernels.load(module, lengths(config, shape)), config, shape);
  }

  /** @param {Kernels} kernels @param {NetworkConfig} config @param {{rows: number, steps: number}} shape */
  constructor(kernels, config, { rows, steps }) {
    const { arrays } = kernels;
    this.kernels = kernels;
    this.config = config;
    this.rows = rows;
    this.steps = steps;
    /** All weights, one after another, and their gradients. */
    this.parameters = arrays.parameters;
    this.gradients = arrays.gradients;
    this.weights = views(this.parameters, weightShapes(config));
    this.byWeights = views(this.gradients, weightShapes(config));
    this.layers = layerShapes(config, { rows, steps }).map(
      (shape) => new LSTMLayer(shape, kernels, this.weights, this.byWeights),
    );
    this.tokens = new Int32Array(rows * steps);
    this.targets = new Int32Array(rows * steps);
    this.targetWeights = new Float32Array(rows * steps);
    /** The inputs of the layers and of the projection, after dropout. @type {Float32Array[]} */
    this.inputs = [...this.layers.keys(), this.layers.length].map((i) => arrays[`input_${i}`]);
    this.noMasks = { words: undefined, inputs: [], recurrent: this.layers.map(() => []) };
  }

  /** @param {Weights} weights Copied. */
  setWeights(weights) {
    for (const [name, values] of Object.entries(this.weights)) values.set(weights[name]);
  }

  /**
   * Read a batch.
   *
   * @param {import("./batches.js").Batch} batch
   * @param {Masks} masks Of dropout; `this.noMasks` for none.
   * @returns {{loss: number, right: number, count: number}} Sum of the losses in nats, number of words that were
   *   predicted correctly, and number of words to predict.
   */
  forward(batch, masks = this.noMasks) {
    const { arrays } = this.kernels;
    this.masks = masks;
    this.takeBatch(batch);
    for (const layer of this.layers) layer.carryState((row) => this.tokens[row] === BOS_EOS);
    this.embed();
    this.layers.forEach((layer, i) => {
      this.drop(i, i ? this.layers[i - 1].output : this.inputs[0], this.inputs[i]);
      layer.forward(this.inputs[i], masks.recurrent[i]);
    });
    const last = this.layers.length;
    this.drop(last, this.layers[last - 1].output, this.inputs[last]);
    this.project(this.inputs[last], arrays.vectors);
    return this.compare();
  }

  /** Put the words of a batch in order of time. @param {import("./batches.js").Batch} batch */
  takeBatch({ inputs, targets, weights }) {
    for (let step = 0; step < this.steps; step++)
      for (let row = 0; row < this.rows; row++) {
        const [to, from] = [step * this.rows + row, row * this.steps + step];
        this.tokens[to] = inputs[from];
        this.targets[to] = targets[from];
        this.targetWeights[to] = weights[from];
      }
  }

  embed() {
    const { embedding_dim: width } = this.config;
    const table = this.weights["token_embedding/table"];
    const [words] = this.inputs;
    this.tokens.forEach((token, i) => {
      words.set(table.subarray(token * width, (token + 1) * width), i * width);
      const factor = this.masks.words?.[token] ?? 1;
      if (factor !== 1) for (let j = i * width; j < (i + 1) * width; j++) words[j] *= factor;
    });
  }

  /** Apply dropout to what a layer reads. @param {number} layer @param {Float32Array} from @param {Float32Array} to */
  drop(layer, from, to) {
    const mask = this.masks.inputs[layer];
    if (mask) multiplyElements(from, mask, to);
    else if (from !== to) to.set(from);
  }

  /** @param {Float32Array} input @param {Float32Array} vectors */
  project(input, vectors) {
    const { embedding_dim: width, units } = this.config;
    const count = this.rows * this.steps;
    const bias = this.weights["projection/bias"];
    for (let start = 0; start < vectors.length; start += width) vectors.set(bias, start);
    const kernel = this.weights["projection/kernel"];
    this.kernels.multiply(input, kernel, vectors, count, units[units.length - 1], width, {
      adds: true,
    });
  }

  /** Compute the logits and compare them with the targets; the gradients of the loss overwrite the logits. */
  compare() {
    const { vocabulary_size: words, embedding_dim: width } = this.config;
    const { vectors, logits, transposed_table: transposed } = this.kernels.arrays;
    this.kernels.transpose(this.wordTable(), transposed, words, width);
    this.kernels.multiply(vectors, transposed, logits, this.rows * this.steps, width, words);
    const count = this.targetWeights.reduce((sum, weight) => sum + weight, 0);
    const share = 1 / Math.max(count, 1);
    const result = { loss: 0, right: 0, count };
    this.targets.forEach((target, i) => {
      const row = logits.subarray(i * words, (i + 1) * words);
      if (this.targetWeights[i]) this.compareWord(row, target, share, result);
      else row.fill(0);
    });
    return result;
  }

  /**
   * Turn the logits of a word into gradients of the mean loss.
   *
   * @param {Float32Array} row
   * @param {number} target
   * @param {number} share The weight of the word in the mean.
   * @param {{loss: number, right: number}} result
   */
  compareWord(row, target, share, result) {
    const bias = this.weights["token_embedding/bias"];
    let best = 0;
    for (let i = 0; i < row.length; i++) {
      row[i] += bias[i];
      if (row[i] > row[best]) best = i;
    }
    const largest = row[best];
    const distance = largest - row[target];
    let total = 0;
    for (let i = 0; i < row.length; i++) {
      row[i] = Math.exp(row[i] - largest);
      total += row[i];
    }
    const factor = share / total;
    for (let i = 0; i < row.length; i++) row[i] *= factor;
    row[target] -= share;
    result.loss += Math.log(total) + distance;
    result.right += best === target ? 1 : 0;
  }

  /** The embeddings of the words, without those of artists. */
  wordTable() {
    const { vocabulary_size: words, embedding_dim: width } = this.config;
    return this.weights["token_embedding/table"].subarray(0, words * width);
  }

  /** Compute the gradients of the batch that `forward` has read. */
  backward() {
    const { kernels, rows, steps, layers, inputs } = this;
    const { vocabulary_size: words, embedding_dim: width, units } = this.config;
    const { vectors, logits, by_vectors, scratch, transposed_table } = kernels.arrays;
    const count = rows * steps;
    kernels.multiply(logits, this.wordTable(), by_vectors, count, words, width);
    kernels.transpose(vectors, scratch, count, width);
    kernels.multiply(scratch, logits, transposed_table, width, count, words);
    this.byWeights["token_embedding/table"].fill(0);
    kernels.transpose(transposed_table, this.byWeights["token_embedding/table"], width, words);
    sumRows(logits, this.byWeights["token_embedding/bias"]);

    const last = layers.length;
    const size = units[last - 1];
    const { transposed_projection: transposed } = kernels.arrays;
    kernels.transpose(inputs[last], scratch, count, size);
    kernels.multiply(scratch, by_vectors, this.byWeights["projection/kernel"], size, count, width);
    sumRows(by_vectors, this.byWeights["projection/bias"]);
    kernels.transpose(this.weights["projection/kernel"], transposed, size, width);
    kernels.multiply(
      by_vectors,
      transposed,
      kernels.arrays[`by_input_${last}`],
      count,
      width,
      size,
    );
    for (let i = last - 1; i >= 0; i--) this.backwardLayer(i);
    this.backwardEmbeddings();
  }

  /** @param {number} i */
  backwardLayer(i) {
    const { arrays } = this.kernels;
    const [byOutput, byInput] = [arrays[`by_input_${i + 1}`], arrays[`by_input_${i}`]];
    this.drop(i + 1, byOutput, byOutput);
    this.layers[i].transposeWeights();
    this.layers[i].backward(this.inputs[i], byOutput, byInput, arrays.scratch);
  }

  /** Add the gradients of the embeddings that were read. */
  backwardEmbeddings() {
    const { embedding_dim: width } = this.config;
    const byWords = this.kernels.arrays.by_input_0;
    const byTable = this.byWeights["token_embedding/table"];
    this.drop(0, byWords, byWords);
    this.tokens.forEach((token, i) => {
      const factor = this.masks.words?.[token] ?? 1;
      for (let j = 0; j < width; j++) byTable[token * width + j] += factor * byWords[i * width + j];
    });
  }
}

/**
 * The factors of dropout in one step: 0, or more than 1 for what is kept.
 *
 * @typedef {object} Masks
 * @property {Float32Array} [words] A number for each token.
 * @property {Float32Array[]} inputs For each layer and for the projection, (rows, numbers); none without dropout.
 * @property {Float32Array[][]} recurrent See LSTMLayer.
 */

/** Draws the dropout masks of each step, the same as in Keras. */
export class Dropout {
  /** @param {NetworkConfig} config @param {number} seed Of the run. @param {number} rows Of a batch. */
  constructor(config, seed, rows) {
    this.config = config;
    this.seeds = layerSeeds(config, seed);
    this.rows = rows;
  }

  /** @param {number} step From 0. @returns {Masks} */
  masks(step) {
    const { dropout, recurrent_dropout, word_dropout, units, embedding_dim } = this.config;
    const { vocabulary_size, num_artist_tokens } = this.config;
    const { words, lstms, dropouts } = this.seeds;
    const tokens = vocabulary_size + num_artist_tokens;
    return {
      words: word_dropout ? mask(words, step, tokens, word_dropout) : undefined,
      inputs: dropouts.map((seed, i) =>
        mask(seed, step, this.rows * [embedding_dim, ...units][i], dropout),
      ),
      recurrent: units.map((size, i) =>
        Array.from({ length: recurrent_dropout ? GATES : 0 }, (_, gate) =>
          mask(lstms[i].dropout, GATES * step + gate, this.rows * size, recurrent_dropout),
        ),
      ),
    };
  }
}

/** @param {number} seed @param {number} count @param {number} length @param {number} rate */
function mask(seed, count, length, rate) {
  const [limit, kept] = [Math.fround(rate), 1 / (1 - rate)];
  return uniform(seed, count, length).map((number) => (number >= limit ? kept : 0));
}

/** @param {NetworkConfig} config @param {{rows: number, steps: number}} shape */
function layerShapes({ units, embedding_dim }, shape) {
  return units.map((size, i) => {
    return { name: `lstm_${i}`, inputs: units[i - 1] ?? embedding_dim, units: size, ...shape };
  });
}

/** The lengths of all arrays. @param {NetworkConfig} config @param {{rows: number, steps: number}} shape */
function lengths(config, { rows, steps }) {
  const { vocabulary_size: words, embedding_dim: width, units } = config;
  const parameters = Object.values(weightShapes(config)).reduce((sum, s) => sum + sizeOf(s), 0);
  const count = rows * steps;
  const widths = [width, ...units];
  const largest = Math.max(...widths);
  return {
    parameters,
    gradients: parameters,
    vectors: count * width,
    by_vectors: count * width,
    logits: count * words,
    transposed_table: words * width,
    transposed_projection: units[units.length - 1] * width,
    scratch: 2 * count * largest,
    panel: panelLength(Math.max(words, count, GATES * largest)),
    ...Object.fromEntries(widths.map((size, i) => [`input_${i}`, count * size])),
    ...Object.fromEntries(widths.map((size, i) => [`by_input_${i}`, count * size])),
    ...Object.assign({}, ...layerShapes(config, { rows, steps }).map(LSTMLayer.lengths)),
  };
}

/** Parts of an array, one after another. @param {Float32Array} array @param {Record<string, number[]>} shapes */
function views(array, shapes) {
  let start = 0;
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const part = array.subarray(start, start + sizeOf(shape));
      start += part.length;
      return [name, part];
    }),
  );
}
