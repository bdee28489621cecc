// @ts-check
/**
 * Find weights that add perfectly. Twin: train/addition/solve.py, which explains each step; tests/golden/addition.json
 * keeps both sides identical.
 *
 * @typedef {import("./addition.js").Weights} Weights
 * @typedef {import("./addition.js").AdderSpec} AdderSpec
 *
 * @typedef {object} Problem A straight line to approximate with sigmoids.
 * @property {number} hidden
 * @property {boolean} biases
 * @property {Float64Array} x Scaled inputs.
 * @property {Float64Array} target Scaled sums.
 */

import { evaluate, everySum, predict, WEIGHTS_STREAM } from "./addition.js";
import { leastSquares, levenbergMarquardt } from "./levenberg-marquardt.js";
import { uniforms } from "./prng.js";

const NUM_POINTS = 64;
const MAX_STEPS = 60;
const RIDGE = 1e-6;
const JITTER = 0.3;
const TOLERANCE = 0.2;
const INITIAL_SCALES = Array.from({ length: 22 }, (_, k) => 4 * 2 ** (-k / 2));
const INFLECTION = Math.log(2 + Math.sqrt(3));

/**
 * Find the weights of a network.
 *
 * @param {AdderSpec} spec
 * @returns {{weights: Weights, starts: number, accuracy: number, maxError: number}} The best candidate and the number of
 *     candidates tried.
 */
export function solve(spec) {
  const pairs = everySum(spec.maxSum);
  let best = { weights: null, accuracy: -1, maxError: Number.POSITIVE_INFINITY };
  let starts = 0;
  for (const weights of candidates(spec)) {
    const { accuracy, maxError } = evaluate(predict(weights, pairs).sums, pairs);
    starts++;
    const isBetter =
      accuracy > best.accuracy || (accuracy === best.accuracy && maxError < best.maxError);
    if (isBetter) best = { weights, accuracy, maxError };
    if (maxError < TOLERANCE) break;
  }
  return { ...best, starts };
}

/**
 * @param {AdderSpec} spec
 * @returns {Generator<Weights>}
 */
function* candidates(spec) {
  for (const scale of INITIAL_SCALES) yield descend(spec, scale);
  if (spec.biases || spec.hidden > 1) yield onGrid(spec.hidden, spec.biases);
}

/**
 * Minimize the error of a network from one starting point.
 *
 * @param {AdderSpec} spec
 * @param {number} scale Initial size of its largest first weight.
 * @returns {Weights}
 */
export function descend({ hidden, biases, maxSum, seed }, scale) {
  const chebyshev = Float64Array.from({ length: NUM_POINTS }, (_, i) =>
    Math.cos(Math.PI * (1 - i / (NUM_POINTS - 1))),
  );
  const target = chebyshev.map((value) => (value + 1) / 2);
  const problem = { hidden, biases, target, x: biases ? chebyshev : target };
  const scales = uniforms(seed, WEIGHTS_STREAM, hidden).map((u) => scale * (1 - JITTER * u));
  const parameters = levenbergMarquardt(
    (trial) => linearize(problem, trial),
    initialParameters(problem, scales),
    MAX_STEPS,
  );
  return unscale(parameters, problem, maxSum);
}

/**
 * Weights that add exactly in float32, for sums up to 65,536.
 *
 * @param {number} hidden At least 2 without biases.
 * @param {boolean} biases
 * @returns {Weights}
 */
function onGrid(hidden, biases) {
  const first = new Float32Array(2 * hidden);
  const last = new Float32Array(hidden);
  first[hidden - 1] = -(2 ** -23);
  first[2 * hidden - 1] = -(2 ** -23);
  last[hidden - 1] = -(2 ** 25);
  if (!biases) last[0] = 2 ** 25;
  return { first, bias: new Float32Array(hidden), last, offset: biases ? 2 ** 24 : 0 };
}

/**
 * Split a parameter vector; missing biases become 0.
 *
 * @param {Float64Array} parameters
 * @param {Problem} problem
 */
function split(parameters, { hidden, biases }) {
  if (!biases) {
    return {
      first: parameters.slice(0, hidden),
      bias: new Float64Array(hidden),
      last: parameters.slice(hidden),
      offset: 0,
    };
  }
  return {
    first: parameters.slice(0, hidden),
    bias: parameters.slice(hidden, 2 * hidden),
    last: parameters.slice(2 * hidden, -1),
    offset: parameters[3 * hidden],
  };
}

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/**
 * The errors at the points, then RIDGE times the last weights, with their Jacobian.
 *
 * @param {Problem} problem
 * @param {Float64Array} parameters
 */
function linearize(problem, parameters) {
  const { hidden, biases, x, target } = problem;
  const { first, bias, last, offset } = split(parameters, problem);
  const residuals = [];
  const jacobian = [];
  x.forEach((value, i) => {
    const nodes = first.map((weight, j) => sigmoid(value * weight + bias[j]));
    const byBias = nodes.map((node, j) => node * (1 - node) * last[j]);
    const byFirst = byBias.map((derivative) => derivative * value);
    residuals.push(nodes.reduce((sum, node, j) => sum + node * last[j], offset) - target[i]);
    jacobian.push(
      biases
        ? Float64Array.of(...byFirst, ...byBias, ...nodes, 1)
        : Float64Array.of(...byFirst, ...nodes),
    );
  });
  const lastColumn = biases ? 2 * hidden : hidden;
  for (let j = 0; j < hidden; j++) {
    const row = new Float64Array(parameters.length);
    row[lastColumn + j] = RIDGE;
    residuals.push(RIDGE * last[j]);
    jacobian.push(row);
  }
  return { residuals, jacobian };
}

/**
 * The parameters from which the descent starts.
 *
 * @param {Problem} problem
 * @param {Float64Array} scales A factor for the first weight of each node.
 */
function initialParameters({ hidden, biases, x, target }, scales) {
  const nodePairs = Math.ceil(hidden / 2);
  const nodes = Array.from({ length: hidden }, (_, j) => j);
  const first = nodes.map(
    (j) => (scales[j] * (j % 2 ? -1 : 1) * (1 + (j >> 1))) / Math.max(hidden / 2, 1),
  );
  const spread = (j) => (nodePairs > 1 ? (2 * (j >> 1)) / (nodePairs - 1) - 1 : -1);
  const bias = nodes.map((j) => (biases && hidden > 1 ? INFLECTION * spread(j) : 0));
  const features = Array.from(x, (value) => {
    const row = first.map((weight, j) => sigmoid(value * weight + bias[j]));
    return biases ? [...row, 1] : row;
  });
  const ridge = nodes.map((j) => features[0].map((_, k) => (j === k ? RIDGE : 0)));
  const last = leastSquares([...features, ...ridge], [...target, ...nodes.map(() => 0)]);
  return biases ? Float64Array.of(...first, ...bias, ...last) : Float64Array.of(...first, ...last);
}

/**
 * Convert the parameters for scaled numbers to weights for whole numbers.
 *
 * @param {Float64Array} parameters
 * @param {Problem} problem
 * @param {number} maxSum
 * @returns {Weights}
 */
function unscale(parameters, problem, maxSum) {
  const { first, bias, last, offset } = split(parameters, problem);
  const factor = problem.biases ? 2 : 1;
  const scaled = first.map((value) => (factor * value) / maxSum);
  const shifted = problem.biases ? bias.map((value, j) => value - first[j]) : bias;
  return {
    first: Float32Array.of(...scaled, ...scaled),
    bias: Float32Array.from(shifted),
    last: Float32Array.from(last, (value) => value * maxSum),
    offset: Math.fround(offset * maxSum),
  };
}
