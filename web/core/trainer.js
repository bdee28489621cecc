/**
 * An addition network that learns here, by TensorFlow.js: the recipe of train/plain.py, with lessons, start and orders
 * drawn from a seed. `tests/golden/training.json` holds its steps to those of Keras.
 */

import { predict } from "./addition.js";
import { Random } from "./random.js";

const PAIRS = 10_000, HELD_OUT = 2_000, BATCH = 32, PATIENCE = 5, MOST_EPOCHS = 1000, RATE = 1e-3;

export class Trainer {
  /** @param {object} tf vendor/training.js */
  constructor(tf, { hidden, biases, maxSum, seed }) {
    this.random = new Random(seed);
    this.lessons = Float32Array.from({ length: 2 * PAIRS }, () => Math.floor(this.random.uniform() * Math.floor(maxSum / 2)));
    this.order = Array.from({ length: PAIRS - HELD_OUT }, (_, i) => i);
    this.learner = new Learner(tf, glorot(hidden, this.random), biases, RATE);
    this.best = { loss: Infinity, weights: this.learner.weights() };
    Object.assign(this, { losses: [], wait: 0, finished: false });
  }

  /** Goes through the lessons once; yields after every step. */
  *epoch() {
    this.shuffle();
    for (let step = 0; step < this.order.length; step += BATCH) {
      const rows = this.order.slice(step, step + BATCH);
      this.learner.step(rows.flatMap((row) => [this.lessons[2 * row], this.lessons[2 * row + 1]]));
      yield;
    }
    this.watch();
  }

  /** Fisher and Yates' shuffle, as Durstenfeld 1964 (Algorithm 235) has it. */
  shuffle() {
    for (let i = this.order.length - 1; i > 0; i--) {
      const j = Math.floor(this.random.uniform() * (i + 1));
      [this.order[i], this.order[j]] = [this.order[j], this.order[i]];
    }
  }

  watch() {
    const pairs = this.lessons.subarray(2 * (PAIRS - HELD_OUT)), weights = this.learner.weights();
    const { sums } = predict(weights, pairs);
    const loss = sums.reduce((total, sum, i) => total + (sum - pairs[2 * i] - pairs[2 * i + 1]) ** 2, 0) / HELD_OUT;
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
    const variable = (values, shape, trainable = true) => tf.tidy(() => tf.variable(tf.tensor(values, shape), trainable));
    this.first = variable(first, [2, this.size]);
    this.bias = variable(bias, [this.size], biases);
    this.last = variable(last, [this.size, 1]);
    this.offset = variable([offset], [1], biases);
    this.learning = [this.first, this.last, ...(biases ? [this.bias, this.offset] : [])];
    this.adam = tf.train.adam(rate);
  }

  /** One step of Adam on the mean squared error of a batch of pairs, flat. */
  step(pairs) {
    const { tf } = this, count = pairs.length / 2;
    tf.tidy(() => {
      const inputs = tf.tensor(pairs, [count, 2]);
      const target = tf.tensor(Array.from({ length: count }, (_, i) => pairs[2 * i] + pairs[2 * i + 1]), [count, 1]);
      this.adam.minimize(() => {
        const nodes = tf.sigmoid(tf.add(tf.matMul(inputs, this.first), this.bias));
        const sums = tf.add(tf.matMul(nodes, this.last), this.offset);
        return tf.mul(tf.sum(tf.square(tf.sub(sums, target))), tf.scalar(1 / count));
      }, false, this.learning);
    });
  }

  /** The weights as `addition.js` wants them. */
  weights() {
    const [first, bias, last, [offset]] = [this.first, this.bias, this.last, this.offset].map((part) => part.dataSync().slice());
    return { first, bias, last, offset };
  }

  dispose() {
    this.tf.dispose([this.first, this.bias, this.last, this.offset]);
    this.adam.dispose();
  }
}

/** Keras' usual start (Glorot & Bengio 2010): uniform, as wide as the sizes of both sides allow; no bias. */
function glorot(hidden, random) {
  const draw = (count, ins, outs) => Float32Array.from({ length: count },
    () => (2 * random.uniform() - 1) * Math.sqrt(6 / (ins + outs)));
  return { first: draw(2 * hidden, 2, hidden), bias: new Float32Array(hidden), last: draw(hidden, hidden, 1), offset: 0 };
}
