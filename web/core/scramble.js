// @ts-check
/**
 * Replace the blank pixels of a digit.
 *
 * @typedef {object} Source Where new pixels come from.
 * @property {import("./prng.js").Random} random
 * @property {ArrayLike<number>} quantiles 256 pixel values of digits, from 0 to 255.
 * @property {Float32Array} other Another digit.
 */

/**
 * New values of pixel i, from 0 to 1. Each uses one random number, so that all fillings replace the same pixels.
 *
 * @type {Record<string, (source: Source, i: number) => number>}
 */
const FILLINGS = {
  noise: ({ random }) => random.uniform(),
  palette: ({ random, quantiles }) => quantiles[random.integer() >>> 24] / 255,
  swap: ({ random, other }, i) => {
    random.integer();
    return other[i];
  },
};

/**
 * Replace blank pixels at random.
 *
 * @param {Float32Array} picture 784 pixels from 0 (paper) to 1 (ink).
 * @param {string} filling "noise", "palette" (pixel values of digits), or "swap" (pixels of another digit).
 * @param {number} amount The probability that a blank pixel is replaced. A larger amount replaces the same pixels
 *     and more.
 * @param {Source} source
 */
export function scramble(picture, filling, amount, source) {
  return picture.map((value, i) => {
    const isKept = source.random.uniform() >= amount;
    const replacement = FILLINGS[filling](source, i);
    return value > 0 || isKept ? value : replacement;
  });
}
