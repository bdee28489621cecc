// @ts-check
/**
 * The weights of an `LSTMLanguageModel` (models/lyrics.py): their shapes, and their initial values.
 *
 * Networks that take titles as input cannot be trained here.
 *
 * @typedef {import("../core/lstm-step.js").NetworkConfig & Dropouts & {num_artist_tokens: number}} NetworkConfig
 * @typedef {{dropout: number, recurrent_dropout: number, word_dropout: number}} Dropouts
 *
 * @typedef {Record<string, Float32Array>} Weights By name, such as "lstm_0/kernel"; row-major.
 */

import { weightShapes as shapesOf } from "../core/lstm-step.js";
import { normal, PythonRandom, uniform } from "./keras-random.js";

const TABLE_LIMIT = 0.1; // of the initial embeddings

/** The shapes of the weights by name. @param {NetworkConfig} config @returns {Record<string, number[]>} */
export const weightShapes = (config) => Object.fromEntries(shapesOf(config));

/** @param {number[]} shape */
export const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/**
 * The random seeds of a network's layers, drawn in the order in which Keras makes the layers.
 *
 * @param {NetworkConfig} config
 * @param {number} seed Of the run.
 */
export function layerSeeds({ units, dropout }, seed) {
  const random = new PythonRandom(seed);
  const draw = () => random.kerasSeed();
  const words = draw();
  const lstms = units.map(() => ({ kernel: draw(), recurrent: draw(), dropout: draw() }));
  const dropouts = dropout > 0 ? [0, ...units].map(draw) : [];
  const projection = draw();
  return { words, lstms, dropouts, projection, table: draw() };
}

/**
 * The weights that training from scratch starts with: the same as in Keras, up to rounding.
 *
 * @param {NetworkConfig} config
 * @param {ReturnType<typeof layerSeeds>} seeds
 * @returns {Weights}
 */
export function initialWeights(config, seeds) {
  const shapes = weightShapes(config);
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, new Float32Array(sizeOf(shape))]),
  );
  const name = "token_embedding/table";
  weights[name] = scaledUniform(seeds.table, TABLE_LIMIT, shapes[name]);
  config.units.forEach((size, i) => {
    weights[`lstm_${i}/kernel`] = glorotUniform(seeds.lstms[i].kernel, shapes[`lstm_${i}/kernel`]);
    weights[`lstm_${i}/recurrent_kernel`] = orthogonal(seeds.lstms[i].recurrent, size);
    weights[`lstm_${i}/bias`].fill(1, size, 2 * size); // of the forget gates
  });
  weights["projection/kernel"] = glorotUniform(seeds.projection, shapes["projection/kernel"]);
  return weights;
}

/** @param {number} seed @param {number} limit @param {number[]} shape */
function scaledUniform(seed, limit, shape) {
  return uniform(seed, 0, sizeOf(shape)).map((number) => number * 2 * limit - limit);
}

/** Glorot and Bengio (2010). @param {number} seed @param {number[]} shape */
function glorotUniform(seed, shape) {
  return scaledUniform(seed, Math.sqrt(6 / (shape[0] + shape[1])), shape);
}

/**
 * A matrix (size, 4 size) whose rows are orthonormal (Saxe et al., 2014, arXiv:1312.6120). Gram-Schmidt gives the same
 * result, including the signs, as the QR decomposition in Keras.
 *
 * @param {number} seed
 * @param {number} size
 */
function orthogonal(seed, size) {
  const length = 4 * size;
  const numbers = normal(seed, 0, size * length); // (length, size)
  const rows = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length }, (_, i) => numbers[i * size + row]),
  );
  const matrix = new Float32Array(size * length);
  rows.forEach((row, i) => {
    scale(row, 1 / Math.sqrt(product(row, row)));
    for (const later of rows.slice(i + 1)) subtract(later, row, product(later, row));
    matrix.set(row, i * length);
  });
  return matrix;
}

/** @param {Float64Array} a @param {Float64Array} b */
function product(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** @param {Float64Array} row @param {number} factor */
function scale(row, factor) {
  for (let i = 0; i < row.length; i++) row[i] *= factor;
}

/** Subtract a multiple of a row from another. @param {Float64Array} row @param {Float64Array} other @param {number} factor */
function subtract(row, other, factor) {
  for (let i = 0; i < row.length; i++) row[i] -= factor * other[i];
}

/**
 * Copy another network's weights, with the embeddings and output biases of the words that both know, as
 * train/lyrics/warm_start.py does.
 *
 * @param {Weights} weights Modified.
 * @param {string[]} words Of the vocabulary.
 * @param {{weights: Weights, words: string[]}} source A network of the same size.
 */
export function warmStart(weights, words, source) {
  const table = "token_embedding/table";
  const bias = "token_embedding/bias";
  const ids = new Map(source.words.map((word, i) => [word, i]));
  const width = weights["projection/bias"].length;
  words.forEach((word, i) => {
    const id = ids.get(word);
    if (id === undefined) return;
    weights[table].set(source.weights[table].subarray(id * width, (id + 1) * width), i * width);
    weights[bias][i] = source.weights[bias][id];
  });
  for (const [name, values] of Object.entries(weights))
    if (name !== table && name !== bias) values.set(source.weights[name]);
}
