// @ts-check
/**
 * Train an addition network in the browser, exactly as train/addition/keras_fit.py does.
 *
 * A network has 6 to 65 weights. For so few, plain JavaScript is ten times as fast as TensorFlow.js. The same seed gives the
 * same pairs, weights and permutations as in Python (data/addition.py and `initial_weights` in train/addition/spec.py);
 * tests/golden/training.json checks random numbers, steps and losses.
 *
 * @typedef {import("./addition.js").Weights} Weights
 * @typedef {import("./addition.js").AdderSpec} AdderSpec
 */

import { PAIRS_STREAM, PERMUTATION_STREAM, predict, WEIGHTS_STREAM } from "./addition.js";
import { uniforms } from "./prng.js";

const NUM_PAIRS = 10_000;
const NUM_HELD_OUT = 2_000;
const ROWS = 2 ** 13; // at least the number of pairs that are not held out
const BATCH_SIZE = 32;
const PATIENCE = 5;
const MAX_EPOCHS = 1000;
const LEARNING_RATE = 1e-3;

// The defaults of keras.optimizers.Adam.
const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

/** A training run with early stopping. */
export class Trainer {
  /** @param {AdderSpec} spec */
  constructor({ hidden, biases, maxSum, seed }) {
    this.seed = seed;
    this.pairs = trainingPairs(maxSum, seed);
    this.network = new TrainableNetwork(initialWeights(hidden, seed), biases, LEARNING_RATE);
    this.best = { loss: Number.POSITIVE_INFINITY, weights: this.network.weights() };
    /** Held-out loss of each epoch. @type {number[]} */
    this.losses = [];
    this.wait = 0;
    this.finished = false;
    this.diverged = false;
  }

  /** Train for one epoch. */
  epoch() {
    const permutation = epochPermutation(this.seed, this.losses.length);
    const numbers = new Float32Array(2 * BATCH_SIZE);
    for (let start = 0; start < permutation.length; start += BATCH_SIZE) {
      for (let i = 0; i < 2 * BATCH_SIZE; i++)
        numbers[i] = this.pairs[2 * permutation[start + (i >> 1)] + (i & 1)];
      this.network.step(numbers);
    }
    this.checkEarlyStopping();
  }

  /** Measure the held-out loss; stop if it has not improved for a while, or is no longer finite. */
  checkEarlyStopping() {
    const weights = this.network.weights();
    const loss = meanSquaredError(weights, this.pairs.subarray(2 * (NUM_PAIRS - NUM_HELD_OUT)));
    if (!Number.isFinite(loss)) {
      this.diverged = true;
      this.finished = true;
      return;
    }
    this.losses.push(loss);
    if (loss < this.best.loss) {
      this.best = { loss, weights };
      this.wait = 0;
    } else {
      this.wait++;
    }
    this.finished = this.wait >= PATIENCE || this.losses.length >= MAX_EPOCHS;
  }

  /** The current weights, or the best ones once training has ended. @returns {Weights} */
  weights() {
    return this.finished ? this.best.weights : this.network.weights();
  }
}

/**
 * @param {Weights} weights
 * @param {Float32Array} pairs Flat (2n).
 */
function meanSquaredError(weights, pairs) {
  const { sums } = predict(weights, pairs);
  let total = 0;
  sums.forEach((sum, i) => {
    total += (sum - pairs[2 * i] - pairs[2 * i + 1]) ** 2;
  });
  return total / sums.length;
}

/** A network with an Adam optimizer (Kingma and Ba, 2015, arXiv:1412.6980) in the form that Keras uses. */
export class TrainableNetwork {
  /**
   * @param {Weights} weights Initial weights.
   * @param {boolean} biases Whether the biases are trained.
   * @param {number} learningRate
   */
  constructor({ first, bias, last, offset }, biases, learningRate) {
    this.size = last.length;
    this.learningRate = learningRate;
    this.steps = 0;
    const [first32, bias32, last32] = [first, bias, last].map((values) =>
      Float32Array.from(values),
    );
    this.parameters = {
      first: first32,
      bias: bias32,
      last: last32,
      offset: Float32Array.of(offset),
    };
    this.gradients = mapValues(this.parameters, ({ length }) => new Float64Array(length));
    this.means = mapValues(this.parameters, ({ length }) => new Float32Array(length));
    this.squares = mapValues(this.parameters, ({ length }) => new Float32Array(length));
    this.trained = biases ? Object.keys(this.parameters) : ["first", "last"];
  }

  /**
   * Take one step of Adam on the mean squared error of a batch.
   *
   * @param {ArrayLike<number>} pairs Flat.
   */
  step(pairs) {
    for (const gradient of Object.values(this.gradients)) gradient.fill(0);
    for (let i = 0; i < pairs.length; i += 2)
      this.addGradients(pairs[i], pairs[i + 1], pairs.length / 2);
    this.steps++;
    const correction = Math.sqrt(1 - BETA_2 ** this.steps) / (1 - BETA_1 ** this.steps);
    for (const name of this.trained) this.update(name, this.learningRate * correction);
  }

  /**
   * Add the gradients of one pair's share of the mean squared error.
   *
   * @param {number} a
   * @param {number} b
   * @param {number} count Pairs in the batch.
   */
  addGradients(a, b, count) {
    const { size, gradients } = this;
    const { first, bias, last, offset } = this.parameters;
    const nodes = new Float64Array(size);
    let sum = offset[0];
    for (let j = 0; j < size; j++) {
      nodes[j] = 1 / (1 + Math.exp(-(a * first[j] + b * first[size + j] + bias[j])));
      sum += nodes[j] * last[j];
    }
    const bySum = (2 * (sum - a - b)) / count;
    gradients.offset[0] += bySum;
    for (let j = 0; j < size; j++) {
      const byInput = bySum * last[j] * nodes[j] * (1 - nodes[j]);
      gradients.last[j] += bySum * nodes[j];
      gradients.bias[j] += byInput;
      gradients.first[j] += byInput * a;
      gradients.first[size + j] += byInput * b;
    }
  }

  /** Move some parameters against their gradient. @param {string} name @param {number} rate */
  update(name, rate) {
    const [parameters, gradients] = [this.parameters[name], this.gradients[name]];
    const [means, squares] = [this.means[name], this.squares[name]];
    for (let i = 0; i < parameters.length; i++) {
      means[i] += (gradients[i] - means[i]) * (1 - BETA_1);
      squares[i] += (gradients[i] ** 2 - squares[i]) * (1 - BETA_2);
      parameters[i] -= (rate * means[i]) / (Math.sqrt(squares[i]) + EPSILON);
    }
  }

  /** @returns {Weights} A copy of the current weights. */
  weights() {
    const { first, bias, last, offset } = this.parameters;
    return { first: first.slice(), bias: bias.slice(), last: last.slice(), offset: offset[0] };
  }
}

/**
 * An object with the same keys, and the results of `change` as values.
 *
 * @template T, U
 * @param {Record<string, T>} object
 * @param {(value: T) => U} change
 * @returns {Record<string, U>}
 */
const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/**
 * The training data of a seed.
 *
 * @param {number} maxSum
 * @param {number} seed
 * @returns {Float32Array} 10,000 pairs, flat; the last 2,000 are held out.
 */
export function trainingPairs(maxSum, seed) {
  const half = Math.floor(maxSum / 2);
  const draws = uniforms(seed, PAIRS_STREAM, 2 * NUM_PAIRS);
  return Float32Array.from(draws, (value) => Math.floor(value * half));
}

/**
 * The weights that training starts from: Glorot uniform, Keras' default (Glorot and Bengio, 2010), with biases of 0.
 *
 * @param {number} hidden
 * @param {number} seed
 * @returns {Weights}
 */
export function initialWeights(hidden, seed) {
  const draws = uniforms(seed, WEIGHTS_STREAM, 3 * hidden).map((value) => 2 * value - 1);
  const glorot = (values, fans) =>
    Float32Array.from(values, (value) => value * Math.sqrt(6 / fans));
  return {
    first: glorot(draws.slice(0, 2 * hidden), 2 + hidden),
    bias: new Float32Array(hidden),
    last: glorot(draws.slice(2 * hidden), hidden + 1),
    offset: 0,
  };
}

/**
 * The order of the training pairs in one epoch.
 *
 * @param {number} seed
 * @param {number} epoch From 0.
 * @returns {Uint32Array} A permutation of the pairs that are not held out.
 */
export function epochPermutation(seed, epoch) {
  // Numbers are sorted much faster without a comparison function, so each combines a key and its row.
  const keys = uniforms(seed, PERMUTATION_STREAM + epoch, NUM_PAIRS - NUM_HELD_OUT);
  const sorted = keys.map((key, row) => key * 2 ** 32 * ROWS + row).sort();
  return Uint32Array.from(sorted, (number) => number % ROWS);
}
