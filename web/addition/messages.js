// @ts-check
/** What the page says about sums, errors and training. */

import { formatCount, formatFixed, formatShort, quote } from "../shared/format.js";

const MAX_DECIMALS = 4; // of an answer; 32-bit numbers hold seven digits

/**
 * A number that a visitor typed, or a sentence about what is wrong with it.
 *
 * @param {string} typed
 * @returns {number | string}
 */
export function parseNumber(typed) {
  const text = typed
    .trim()
    .replace("−", "-")
    .replace(/,(?=\d{3}(\D|$))/g, "")
    .replace(",", ".");
  if (text === "") return "Type a number into each field.";
  const value = Number(text);
  return Number.isFinite(value) ? value : `${quote(typed)} is not a number. Try 2 or 12.`;
}

/**
 * How many decimals a sum has.
 *
 * @param {number[]} pair
 */
export function decimalsOf(pair) {
  const isExact = (decimals) => pair.every((value) => Number(value.toFixed(decimals)) === value);
  let decimals = 0;
  while (decimals < MAX_DECIMALS && !isExact(decimals)) decimals++;
  return decimals;
}

/**
 * A network's answer, rounded to the decimals of the question, and whether it is right.
 *
 * @param {number[]} pair The two numbers.
 * @param {number} sum What the network computes.
 */
export function roundedAnswer([a, b], sum) {
  const decimals = decimalsOf([a, b]);
  const text = formatFixed(sum, decimals);
  return { text, isRight: text === formatFixed(a + b, decimals) };
}

/**
 * Whether an answer is right, and how far it is off.
 *
 * @param {number[]} pair The two numbers.
 * @param {number} sum What the network answers.
 * @param {number} maxSum The largest sum it was trained for.
 */
export function verdict([a, b], sum, maxSum) {
  const truth = a + b;
  const decimals = decimalsOf([a, b]);
  const { text, isRight } = roundedAnswer([a, b], sum);
  const off = `${formatShort(Math.abs(sum - truth))} too ${sum > truth ? "high" : "low"}`;
  const seen = decimals ? " It has only ever seen whole numbers." : "";
  if (a < 0 || b < 0 || truth > maxSum) {
    return (
      `This is outside what it learned (sums from 0 to ${formatCount(maxSum)}). It says ` +
      `${formatShort(sum)}: ${off}. It learned to fit the sums in that range, not how to add.`
    );
  }
  if (isRight) return `Right. It says ${formatFixed(sum, 4)}, which rounds to ${text}.${seen}`;
  return `Wrong: it is ${formatFixed(truth, decimals)}. It says ${formatShort(sum)}, ${off}.${seen}`;
}

/**
 * The error surface in words.
 *
 * @param {number} low The smallest error.
 * @param {number} high The largest error.
 */
export function describeErrors(low, high) {
  const range = `${formatShort(low)} to ${formatShort(high)}`;
  if (high < 0.5 && low > -0.5) return `Right everywhere: the error ranges from ${range}.`;
  return `The error at every pair, from ${range}: a hill where the answer is too large, a valley where it is too small.`;
}

/**
 * How many pairs of the error surface are right.
 *
 * @param {{errors: Float32Array}} surface
 */
export function describeAccuracy({ errors }) {
  const correct = errors.filter((error) => Math.abs(error) < 0.5).length;
  if (correct === errors.length) return "every pair shown is right.";
  return `${Math.floor((100 * correct) / errors.length)}% of the pairs shown are right.`;
}

/**
 * The result of the solver.
 *
 * @param {{starts: number, milliseconds: number, surface: {errors: Float32Array}}} solution
 */
export function describeSolution({ starts, milliseconds, surface }) {
  const time = Math.max(1, Math.round(milliseconds));
  const attempts = starts > 1 ? `after ${starts} attempts` : "on the first attempt";
  return `Solved in ${time} ms, ${attempts}: ${describeAccuracy(surface)}`;
}

/**
 * A network that came with the link or was here before the page was reloaded.
 *
 * @param {boolean} isSolved Whether the solver made it.
 * @param {{errors: Float32Array}} surface
 */
export const describeRestored = (isSolved, surface) =>
  `The network that was ${isSolved ? "solved" : "trained"} here is back: ${describeAccuracy(surface)}`;

/**
 * The progress of a training.
 *
 * @param {{losses: number[], finished: boolean, diverged: boolean, surface: {errors: Float32Array}}} training
 */
export function describeTraining({ losses, finished, diverged, surface }) {
  if (diverged) {
    return (
      `Training diverged in epoch ${losses.length + 1}: the loss became infinite. The best weights before that ` +
      "are shown. Start again, perhaps with another seed, or solve it."
    );
  }
  if (!losses.length) return "A new network, with random weights.";
  if (finished)
    return `Training stopped after ${losses.length} epochs. With its best weights, ${describeAccuracy(surface)}`;
  return `Epoch ${losses.length}, held-out loss ${formatShort(losses.at(-1))}.`;
}
