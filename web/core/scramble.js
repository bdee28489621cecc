/** A digit whose background is scrambled: its pixels without ink are replaced, more of them the larger the amount. */

/** What comes into the background: gives the new value of pixel i, from 0 to 1. */
const WAYS = {
  noise: ({ random }) => random.uniform(),
  palette: ({ random, palette }) => palette[random.integer() >>> 24] / 255,
  swap: ({ random, other }, i) => (random.integer(), other[i]),
};

/**
 * @param {Float32Array} picture 784 numbers from 0 (paper) to 1 (ink)
 * @param {"noise" | "palette" | "swap"} way
 * @param {number} amount the chance of each background pixel to be replaced; a larger one replaces them, too
 * @param {{random: Random, palette: number[], other: Float32Array}} source of the new values
 */
export function scramble(picture, way, amount, source) {
  return picture.map((value, i) => {
    const kept = source.random.uniform() >= amount,
      fresh = WAYS[way](source, i);
    return value > 0 || kept ? value : fresh;
  });
}
