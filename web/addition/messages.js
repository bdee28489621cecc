/** What the page says about sums, errors and training. */

import { formatCount, formatShort } from "../shared/format.js";

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
  return Number.isFinite(value) ? value : `“${typed}” is not a number. Try 2 or 12.`;
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
  const error = sum - truth;
  const off = `${formatShort(Math.abs(error))} too ${error > 0 ? "much" : "little"}`;
  if (a < 0 || b < 0 || truth > maxSum) {
    return (
      `This is outside what it learned (sums from 0 to ${formatCount(maxSum)}). It says ` +
      `${formatShort(sum)}: ${off}. It learned to fit the sums in that range, not how to add.`
    );
  }
  if (!Number.isInteger(a) || !Number.isInteger(b))
    return `It has only ever seen whole numbers. It says ${formatShort(sum)}: ${off}.`;
  if (Math.round(sum) === truth)
    return `Right. It says ${sum.toFixed(4)}, which rounds to ${formatCount(truth)}.`;
  return `Wrong: it is ${formatCount(truth)}. It says ${formatShort(sum)}, ${off}.`;
}

/**
 * The error surface in words.
 *
 * @param {number} low The smallest error.
 * @param {number} high The largest error.
 */
export function describeErrors(low, high) {
  const range = `${formatShort(low)} to ${formatShort(high)}`;
  const found =
    high < 0.5 && low > -0.5
      ? `Right everywhere: the error ranges from ${range}.`
      : `The error at every pair, from ${range}: a hill where the answer is too large, a valley where it is too small.`;
  return `${found} Drag the surface or use the arrow keys to turn it.`;
}

/**
 * How many pairs of the error surface are right.
 *
 * @param {{errors: Float32Array}} surface
 */
export function describeAccuracy({ errors }) {
  const correct = errors.filter((error) => Math.abs(error) < 0.5).length;
  if (correct === errors.length) return "every pair shown is right.";
  return `${Math.floor((100 * correct) / errors.length)} % of the pairs shown are right.`;
}

/**
 * The result of the solver.
 *
 * @param {{starts: number, milliseconds: number, surface: {errors: Float32Array}}} solution
 */
export function describeSolution({ starts, milliseconds, surface }) {
  const time = Math.max(1, Math.round(milliseconds));
  const attempts = starts > 1 ? `after ${starts} attempts` : "at the first attempt";
  return `Solved in ${time} ms, ${attempts}: ${describeAccuracy(surface)}`;
}

/**
 * How far a training is.
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
