/**
 * An addition network that learns here, by TensorFlow.js: the recipe of train/addition/keras_fit.py, with the lessons, the start and
 * the orders that Python draws from the same seed. `tests/golden/training.json` holds draws, steps and losses to it.
 */

import { predict } from "./addition.js";
import { LESSONS, ORDER, START, uniforms } from "./prng.js";

const PAIRS = 10_000,
  HELD_OUT = 2_000,
  BATCH = 32,
  PATIENCE = 5,
  MOST_EPOCHS = 1000,
  RATE = 1e-3;

export class Trainer {
  /** @param {object} tf vendor/training.js */
  constructor(tf, { hidden, biases, maxSum, seed }) {
    this.lessons = lessons(maxSum, seed);
    this.learner = new Learner(tf, start(hidden, seed), biases, RATE);
    this.best = { loss: Infinity, weights: this.learner.weights() };
    Object.assign(this, { seed, losses: [], wait: 0, finished: false, lost: false });
  }

  /** Goes through the lessons once; yields after every step. */
  *epoch() {
    const rowsOfEpoch = order(this.seed, this.losses.length);
    for (let step = 0; step < rowsOfEpoch.length; step += BATCH) {
      const rows = rowsOfEpoch.slice(step, step + BATCH);
      this.learner.step(rows.flatMap((row) => [this.lessons[2 * row], this.lessons[2 * row + 1]]));
      yield;
    }
    this.watch();
  }

  /** Early stopping; a network whose loss is no number any more is lost, and stops too. */
  watch() {
    const pairs = this.lessons.subarray(2 * (PAIRS - HELD_OUT)),
      weights = this.learner.weights();
    const { sums } = predict(weights, pairs);
    const loss =
      sums.reduce((total, sum, i) => total + (sum - pairs[2 * i] - pairs[2 * i + 1]) ** 2, 0) /
      HELD_OUT;
    this.lost = this.finished = !Number.isFinite(loss);
    if (this.lost) return;
    this.losses.push(loss);
    this.wait = loss < this.best.loss ? 0 : this.wait + 1;
    if (!this.wait) this.best = { loss, weights };
    this.finished = this.wait >= PATIENCE || this.losses.length >= MOST_EPOCHS;
  }

  /** The weights as they are, or the best of them when training has ended. */
  weights() {
    return this.finished ? this.best.weights : this.learner.weights();
  }

  dispose() {
    this.learner.dispose();
  }
}

/** The weights of one network and Adam's memory of them, as tensors. */
export class Learner {
  constructor(tf, { first, bias, last, offset }, biases, rate) {
    this.tf = tf;
    this.size = last.length;
    const variable = (values, shape, learns = true) =>
      tf.tidy(() => tf.variable(tf.tensor(values, shape), learns));
    this.first = variable(first, [2, this.size]);
    this.bias = variable(bias, [this.size], biases);
    this.last = variable(last, [this.size, 1]);
    this.offset = variable([offset], [1], biases);
    this.learning = [this.first, this.last, ...(biases ? [this.bias, this.offset] : [])];
    this.adam = tf.train.adam(rate);
  }

  /** One step of Adam on the mean squared error of a batch of pairs, flat. */
  step(pairs) {
    const { tf } = this,
      count = pairs.length / 2;
    tf.tidy(() => {
      const inputs = tf.tensor(pairs, [count, 2]);
      const target = tf.sum(inputs, 1, true);
      this.adam.minimize(
        () => {
          const nodes = tf.sigmoid(tf.add(tf.matMul(inputs, this.first), this.bias));
          const sums = tf.add(tf.matMul(nodes, this.last), this.offset);
          return tf.mul(tf.sum(tf.square(tf.sub(sums, target))), tf.scalar(1 / count));
        },
        false,
        this.learning,
      );
    });
  }

  /** The weights as `addition.js` wants them. */
  weights() {
    const parts = [this.first, this.bias, this.last, this.offset].map((part) =>
      part.dataSync().slice(),
    );
    const [first, bias, last, [offset]] = parts;
    return { first, bias, last, offset };
  }

  dispose() {
    this.tf.dispose([this.first, this.bias, this.last, this.offset]);
    this.adam.dispose();
  }
}

/** The pairs of a seed, flat. Twins of this and what follows: data/addition.py, and `begin` in train/addition/spec.py. */
export function lessons(maxSum, seed) {
  const half = Math.floor(maxSum / 2);
  return Float32Array.from(uniforms(seed, LESSONS, 2 * PAIRS), (value) => Math.floor(value * half));
}

/** Keras' usual start (Glorot & Bengio 2010): uniform, as wide as the sizes of both sides allow; no bias. */
export function start(hidden, seed) {
  const draws = uniforms(seed, START, 3 * hidden).map((value) => 2 * value - 1);
  const wide = (values, both) => Float32Array.from(values, (value) => value * Math.sqrt(6 / both));
  return {
    first: wide(draws.slice(0, 2 * hidden), 2 + hidden),
    bias: new Float32Array(hidden),
    last: wide(draws.slice(2 * hidden), hidden + 1),
    offset: 0,
  };
}

/** The order in which an epoch goes through the lessons that are not held out. */
export function order(seed, epoch) {
  const keys = uniforms(seed, ORDER + epoch, PAIRS - HELD_OUT);
  return Array.from(keys.keys()).sort((one, other) => keys[one] - keys[other]);
}
