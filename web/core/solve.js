/**
 * An addition network made perfect. The twin of train/addition/solve.py, where each step is explained;
 * `tests/golden/addition.json` holds the two together.
 */

import { everySum, judge, predict } from "./addition.js";
import { leastSquares, levenbergMarquardt } from "./levenberg-marquardt.js";
import { START, uniforms } from "./prng.js";

const POINTS = 64,
  STEPS = 60,
  RIDGE = 1e-6,
  CHANCE = 0.3,
  NEARLY = 0.2;
const STARTS = Array.from({ length: 22 }, (_, k) => 4 * 2 ** (-k / 2));
const BEND = Math.log(2 + Math.sqrt(3));

/** @returns {{weights: object, starts: number, right: number, largest: number}} weights as in `addition.js` */
export function solve(network) {
  const pairs = everySum(network.maxSum);
  let best = { right: -1 },
    starts = 0;
  for (const weights of candidates(network)) {
    const judged = judge(predict(weights, pairs).sums, pairs);
    starts++;
    const better =
      judged.right > best.right || (judged.right === best.right && judged.largest < best.largest);
    if (better) best = { weights, ...judged };
    if (judged.largest < NEARLY) break;
  }
  return { ...best, starts };
}

function* candidates(network) {
  const { hidden, biases } = network;
  for (const start of STARTS) yield descend(network, start);
  if (biases || hidden > 1) yield onGrid(hidden, biases);
}

/** The weights that one start leads to. */
export function descend({ hidden, biases, maxSum, seed }, start) {
  const x = Float64Array.from({ length: POINTS }, (_, i) =>
    Math.cos(Math.PI * (1 - i / (POINTS - 1))),
  );
  const target = x.map((value) => (value + 1) / 2);
  const problem = { hidden, biases, target, x: biases ? x : target };
  const sizes = uniforms(seed, START, hidden).map((chance) => start * (1 - CHANCE * chance));
  const parameters = levenbergMarquardt(
    (trial) => ask(problem, trial),
    begin(problem, sizes),
    STEPS,
  );
  return fold(parameters, problem, maxSum);
}

/** Weights that add exactly in float32, for sums up to 65,536. */
function onGrid(hidden, biases) {
  const first = new Float32Array(2 * hidden),
    last = new Float32Array(hidden);
  first[hidden - 1] = first[2 * hidden - 1] = -(2 ** -23);
  last[hidden - 1] = -(2 ** 25);
  if (!biases) last[0] = 2 ** 25;
  return { first, bias: new Float32Array(hidden), last, offset: biases ? 2 ** 24 : 0 };
}

function split(parameters, { hidden, biases }) {
  if (!biases)
    return [parameters.slice(0, hidden), new Float64Array(hidden), parameters.slice(hidden), 0];
  return [
    [0, hidden],
    [hidden, 2 * hidden],
    [2 * hidden, -1],
  ]
    .map((ends) => parameters.slice(...ends))
    .concat(parameters.at(-1));
}

const sigmoid = (z) => 1 / (1 + Math.exp(-z));

function ask(problem, parameters) {
  const { hidden, biases, x, target } = problem,
    [first, bias, last, offset] = split(parameters, problem);
  const residuals = [],
    slopes = [];
  x.forEach((value, i) => {
    const nodes = first.map((weight, j) => sigmoid(value * weight + bias[j]));
    const slope = nodes.map((node, j) => node * (1 - node) * last[j]);
    residuals.push(nodes.reduce((sum, node, j) => sum + node * last[j], offset) - target[i]);
    slopes.push(
      Float64Array.of(
        ...slope.map((s) => s * value),
        ...(biases ? slope : []),
        ...nodes,
        ...(biases ? [1] : []),
      ),
    );
  });
  const place = biases ? 2 * hidden : hidden;
  for (let j = 0; j < hidden; j++) {
    residuals.push(RIDGE * last[j]);
    slopes.push(new Float64Array(parameters.length).fill(RIDGE, place + j, place + j + 1));
  }
  return { residuals, slopes };
}

function begin({ hidden, biases, x, target }, sizes) {
  const pairs = Math.ceil(hidden / 2),
    nodes = Array.from({ length: hidden }, (_, j) => j);
  const first = nodes.map(
    (j) => (sizes[j] * (j % 2 ? -1 : 1) * (1 + (j >> 1))) / Math.max(hidden / 2, 1),
  );
  const spread = (j) => (pairs > 1 ? (2 * (j >> 1)) / (pairs - 1) - 1 : -1);
  const bias = nodes.map((j) => (biases && hidden > 1 ? BEND * spread(j) : 0));
  const features = Array.from(x, (value) => [
    ...first.map((weight, j) => sigmoid(value * weight + bias[j])),
    ...(biases ? [1] : []),
  ]);
  const ridge = nodes.map((j) => features[0].map((_, k) => (j === k ? RIDGE : 0)));
  const last = leastSquares([...features, ...ridge], [...target, ...nodes.map(() => 0)]);
  return Float64Array.of(...first, ...(biases ? bias : []), ...last);
}

function fold(parameters, problem, maxSum) {
  let [first, bias, last, offset] = split(parameters, problem);
  if (problem.biases) {
    bias = bias.map((value, j) => value - first[j]);
    first = first.map((value) => 2 * value);
  }
  const scaled = first.map((value) => value / maxSum);
  return {
    first: Float32Array.of(...scaled, ...scaled),
    bias: Float32Array.from(bias),
    last: Float32Array.from(last, (value) => value * maxSum),
    offset: Math.fround(offset * maxSum),
  };
}
