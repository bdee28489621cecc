// @ts-check
/**
 * An `LSTMLanguageModel` with plain weights that writes songs for core/decoder.js, during training and after.
 *
 * `step_for_export` in models/lyrics.py does the same.
 *
 * @typedef {import("./weights.js").NetworkConfig} NetworkConfig
 * @typedef {import("./weights.js").Weights} Weights
 */

import { PAD } from "../core/vocabulary.js";
import { Kernels, panelLength } from "./kernels.js";
import { sizeOf, weightShapes } from "./weights.js";

const GATES = 4;

/** A song that is being read: h and c of each layer, and the logits of the next token. */
/** @typedef {{state: Float32Array[], logits: Float32Array}} Reading */

export class InferenceNetwork {
  /**
   * @param {WebAssembly.Module} module vendor/kernels.wasm
   * @param {NetworkConfig} config
   * @param {number} rows The most songs that are read side by side.
   */
  static async load(module, config, rows) {
    return new InferenceNetwork(await Kernels.load(module, lengths(config, rows)), config);
  }

  /** @param {Kernels} kernels @param {NetworkConfig} config */
  constructor(kernels, config) {
    this.kernels = kernels;
    this.config = config;
    this.weights = kernels.arrays;
    /** @type {Reading[]} */
    this.songs = [];
  }

  /** @param {Weights} weights Copied. */
  setWeights(weights) {
    for (const name of Object.keys(weightShapes(this.config)))
      this.weights[name].set(weights[name]);
    const { vocabulary_size: words, embedding_dim: width } = this.config;
    const table = this.weights["token_embedding/table"].subarray(0, words * width);
    this.kernels.transpose(table, this.kernels.arrays.columns, words, width);
  }

  /** Start over with one song, of which nothing has been read. Titles are not supported. */
  start() {
    const { units, vocabulary_size: words } = this.config;
    const state = units.flatMap((size) => [new Float32Array(size), new Float32Array(size)]);
    this.songs = [{ state, logits: new Float32Array(words) }];
  }

  /**
   * Read one token of each song; a song whose token is PAD is left as it is.
   *
   * @param {number[]} tokens
   * @returns {Float32Array[]} The logits of each song's next token.
   */
  step(tokens) {
    const reading = [...this.songs.keys()].filter((song) => tokens[song] !== PAD);
    const states = this.read(
      reading.map((song) => tokens[song]),
      reading.map((song) => this.songs[song].state),
    );
    const { logits } = this.kernels.arrays;
    const { vocabulary_size: words } = this.config;
    reading.forEach((song, row) => {
      const scores = logits.slice(row * words, (row + 1) * words);
      this.songs[song] = { state: states[row], logits: scores };
    });
    return this.songs.map(({ logits: scores }) => scores);
  }

  /** Continue with `count` copies of one song. @param {number} song @param {number} count */
  fork(song, count) {
    this.songs = Array(count).fill(this.songs[song]);
    return this.songs.map(({ logits }) => logits);
  }

  /**
   * Compute the logits after tokens.
   *
   * @param {number[]} tokens
   * @param {Float32Array[][]} states Of each song; not modified.
   * @returns {Float32Array[][]} The next states.
   */
  read(tokens, states) {
    const { kernels, weights, config } = this;
    const { vocabulary_size: words, embedding_dim: width, units } = config;
    const { input, vectors, logits, columns } = kernels.arrays;
    const table = weights["token_embedding/table"];
    tokens.forEach((token, row) => {
      input.set(table.subarray(token * width, (token + 1) * width), row * width);
    });
    const next = states.map(() => /** @type {Float32Array[]} */ ([]));
    units.forEach((_, layer) => {
      const parts = this.readLayer(
        layer,
        states.map((state) => state.slice(2 * layer, 2 * layer + 2)),
      );
      for (const [row, part] of parts.entries()) next[row].push(...part);
    });
    const [last, count] = [units[units.length - 1], tokens.length];
    repeat(weights["projection/bias"], vectors, count);
    kernels.multiply(input, weights["projection/kernel"], vectors, count, last, width, {
      adds: true,
    });
    repeat(weights["token_embedding/bias"], logits, count);
    kernels.multiply(vectors, columns, logits, count, width, words, { adds: true });
    return next;
  }

  /** Read `input`, and write the layer's output there. @param {number} layer @param {Float32Array[][]} states h and c of each song. */
  readLayer(layer, states) {
    const { kernels, weights, config } = this;
    const size = config.units[layer];
    const inputs = config.units[layer - 1] ?? config.embedding_dim;
    const { input, gates, h } = kernels.arrays;
    const [kernel, recurrent, bias] = ["kernel", "recurrent_kernel", "bias"].map(
      (name) => weights[`lstm_${layer}/${name}`],
    );
    states.forEach(([before], row) => {
      h.set(before, row * size);
    });
    const rows = states.length;
    repeat(bias, gates, rows);
    kernels.multiply(input, kernel, gates, rows, inputs, GATES * size, { adds: true });
    kernels.multiply(h, recurrent, gates, rows, size, GATES * size, { adds: true });
    return states.map(([, c], row) => {
      const next = activate(gates.subarray(GATES * size * row), c);
      input.set(next[0], row * size);
      return next;
    });
  }
}

/** The next h and c of a song. @param {Float32Array} gates @param {Float32Array} c */
function activate(gates, c) {
  const size = c.length;
  const [nextH, nextC] = [new Float32Array(size), new Float32Array(size)];
  for (let i = 0; i < size; i++) {
    const candidate = Math.tanh(gates[i + 2 * size]);
    nextC[i] = sigmoid(gates[i + size]) * c[i] + sigmoid(gates[i]) * candidate;
    nextH[i] = sigmoid(gates[i + 3 * size]) * Math.tanh(nextC[i]);
  }
  return [nextH, nextC];
}

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** Write a row `count` times. @param {Float32Array} row @param {Float32Array} target @param {number} count */
function repeat(row, target, count) {
  for (let i = 0; i < count; i++) target.set(row, i * row.length);
}

/** The lengths of all arrays. @param {NetworkConfig} config @param {number} rows */
function lengths(config, rows) {
  const { vocabulary_size: words, embedding_dim: width, units } = config;
  const largest = Math.max(width, ...units);
  return {
    ...Object.fromEntries(
      Object.entries(weightShapes(config)).map(([name, shape]) => [name, sizeOf(shape)]),
    ),
    columns: words * width,
    input: rows * largest,
    h: rows * largest,
    gates: rows * GATES * largest,
    vectors: rows * width,
    logits: rows * words,
    panel: panelLength(largest),
  };
}
