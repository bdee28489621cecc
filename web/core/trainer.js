// @ts-check
/**
 * Train an addition network in the browser with TensorFlow.js, exactly as train/addition/keras_fit.py does.
 *
 * The same seed gives the same pairs, weights and permutations as in Python (data/addition.py and `initial_weights` in
 * train/addition/spec.py); tests/golden/training.json checks draws, steps and losses.
 *
 * @typedef {import("./addition.js").Weights} Weights
 * @typedef {import("./addition.js").AdderSpec} AdderSpec
 * @typedef {any} TensorFlow The module tfjs-bundle/training.js.
 */

import { PAIRS_STREAM, PERMUTATION_STREAM, predict, WEIGHTS_STREAM } from "./addition.js";
import { uniforms } from "./prng.js";

const NUM_PAIRS = 10_000;
const NUM_HELD_OUT = 2_000;
const BATCH_SIZE = 32;
const PATIENCE = 5;
const MAX_EPOCHS = 1000;
const LEARNING_RATE = 1e-3;

/** One training with early stopping. */
export class Trainer {
  /**
   * @param {TensorFlow} tf
   * @param {AdderSpec} spec
   */
  constructor(tf, { hidden, biases, maxSum, seed }) {
    this.seed = seed;
    this.pairs = trainingPairs(maxSum, seed);
    this.network = new TrainableNetwork(tf, initialWeights(hidden, seed), biases, LEARNING_RATE);
    this.best = { loss: Number.POSITIVE_INFINITY, weights: this.network.weights() };
    /** Held-out loss of each epoch. @type {number[]} */
    this.losses = [];
    this.wait = 0;
    this.finished = false;
    this.diverged = false;
  }

  /** Train for one epoch; yields after every step. */
  *epoch() {
    const permutation = epochPermutation(this.seed, this.losses.length);
    for (let start = 0; start < permutation.length; start += BATCH_SIZE) {
      const batch = permutation.slice(start, start + BATCH_SIZE);
      const numbers = batch.flatMap((row) => [this.pairs[2 * row], this.pairs[2 * row + 1]]);
      this.network.step(numbers);
      yield;
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

  dispose() {
    this.network.dispose();
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

/** A network whose weights are tensors, with an Adam optimizer. */
export class TrainableNetwork {
  /**
   * @param {TensorFlow} tf
   * @param {Weights} weights Initial weights.
   * @param {boolean} biases Whether the biases are trained.
   * @param {number} learningRate
   */
  constructor(tf, { first, bias, last, offset }, biases, learningRate) {
    const size = last.length;
    const variable = (values, shape, isTrainable) =>
      tf.tidy(() => tf.variable(tf.tensor(values, shape), isTrainable));
    this.tf = tf;
    this.first = variable(first, [2, size], true);
    this.bias = variable(bias, [size], biases);
    this.last = variable(last, [size, 1], true);
    this.offset = variable([offset], [1], biases);
    this.trainable = [this.first, this.last];
    if (biases) this.trainable.push(this.bias, this.offset);
    this.optimizer = tf.train.adam(learningRate);
  }

  /**
   * Take one step of Adam on the mean squared error of a batch.
   *
   * @param {number[]} pairs Flat.
   */
  step(pairs) {
    const { tf } = this;
    const count = pairs.length / 2;
    tf.tidy(() => {
      const inputs = tf.tensor(pairs, [count, 2]);
      const target = tf.sum(inputs, 1, true);
      const loss = () => {
        const nodes = tf.sigmoid(tf.add(tf.matMul(inputs, this.first), this.bias));
        const sums = tf.add(tf.matMul(nodes, this.last), this.offset);
        return tf.mul(tf.sum(tf.square(tf.sub(sums, target))), tf.scalar(1 / count));
      };
      this.optimizer.minimize(loss, false, this.trainable);
    });
  }

  /** @returns {Weights} A copy of the current weights. */
  weights() {
    const values = (tensor) => tensor.dataSync().slice();
    return {
      first: values(this.first),
      bias: values(this.bias),
      last: values(this.last),
      offset: values(this.offset)[0],
    };
  }

  dispose() {
    this.tf.dispose([this.first, this.bias, this.last, this.offset]);
    this.optimizer.dispose();
  }
}

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
 * @returns {number[]} A permutation of the pairs that are not held out.
 */
export function epochPermutation(seed, epoch) {
  const keys = uniforms(seed, PERMUTATION_STREAM + epoch, NUM_PAIRS - NUM_HELD_OUT);
  return Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]);
}
