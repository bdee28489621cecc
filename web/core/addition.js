// @ts-check
/**
 * An addition network in plain JavaScript, with the float32 rounding of TensorFlow.js' cpu backend.
 *
 * Twins: `predict_float32` in train/addition/spec.py and the streams in data/addition.py; tests/golden/addition.json
 * keeps both sides identical.
 *
 * @typedef {object} Weights The weights of a network with h hidden nodes.
 * @property {Float32Array} first From the inputs to the nodes: h for the first number, then h for the second.
 * @property {Float32Array} bias Biases of the nodes (h).
 * @property {Float32Array} last From the nodes to the output (h).
 * @property {number} offset Bias of the output.
 *
 * @typedef {object} AdderSpec Describes a network.
 * @property {number} hidden Number of hidden nodes.
 * @property {boolean} biases Whether it has biases.
 * @property {number} maxSum Largest sum of its training data.
 * @property {number} seed Random seed, from 0 to 2^32 - 1.
 */

/** Random streams of one seed. Each epoch has its own permutation stream: PERMUTATION_STREAM + epoch. */
export const PAIRS_STREAM = 0;
export const WEIGHTS_STREAM = 1;
export const PERMUTATION_STREAM = 2;

const { fround } = Math;

/**
 * Compute the sums that a network predicts.
 *
 * @param {Weights} weights
 * @param {Float32Array | number[]} pairs Pairs of numbers, flat (2n).
 * @returns {{nodes: Float32Array, sums: Float32Array}} The activations of the hidden nodes, h for each pair, and the sums (n).
 */
export function predict({ first, bias, last, offset }, pairs) {
  const size = last.length;
  const count = pairs.length / 2;
  const nodes = new Float32Array(count * size);
  const sums = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const product = fround(pairs[2 * i] * first[j] + pairs[2 * i + 1] * first[size + j]);
      const node = fround(1 / (1 + Math.exp(-fround(product + bias[j]))));
      nodes[i * size + j] = node;
      sum += node * last[j];
    }
    sums[i] = fround(sum) + offset;
  }
  return { nodes, sums };
}

/**
 * One pair for each sum from 0 to the maximum. If both inputs of each node have the same weight, these represent all pairs.
 *
 * @param {number} maxSum
 * @returns {Float32Array} Flat.
 */
export function everySum(maxSum) {
  const pairs = new Float32Array(2 * (maxSum + 1));
  for (let sum = 0; sum <= maxSum; sum++) {
    pairs[2 * sum] = Math.floor(sum / 2);
    pairs[2 * sum + 1] = Math.ceil(sum / 2);
  }
  return pairs;
}

/**
 * Compare predicted sums with the true ones.
 *
 * @param {ArrayLike<number>} sums Predicted sums (n).
 * @param {ArrayLike<number>} pairs The pairs, flat (2n).
 * @returns {{accuracy: number, maxError: number}} The share of predictions that round to the true sum, and the largest error.
 */
export function evaluate(sums, pairs) {
  let correct = 0;
  let maxError = 0;
  for (let i = 0; i < sums.length; i++) {
    const error = Math.abs(sums[i] - pairs[2 * i] - pairs[2 * i + 1]);
    if (error < 0.5) correct++;
    maxError = Math.max(maxError, error);
  }
  return { accuracy: correct / sums.length, maxError };
}

/**
 * The points of the error surface along one axis: whole numbers from 0 to half the maximum sum.
 *
 * @param {number} maxSum
 * @param {number} maxPoints
 * @returns {Float32Array}
 */
export function surfacePoints(maxSum, maxPoints = 33) {
  const half = Math.floor(maxSum / 2);
  const count = Math.min(maxPoints, half + 1);
  return Float32Array.from({ length: count }, (_, i) => Math.round((i * half) / (count - 1)));
}

/**
 * Every pair of points.
 *
 * @param {Float32Array} points
 * @returns {Float32Array} Flat; the second number changes fastest.
 */
export function grid(points) {
  const pairs = new Float32Array(2 * points.length ** 2);
  let position = 0;
  for (const a of points) {
    for (const b of points) {
      pairs[position++] = a;
      pairs[position++] = b;
    }
  }
  return pairs;
}
