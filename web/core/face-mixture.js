// @ts-check
/**
 * Mixtures of two faces: attributes switch one after another, colors blend.
 *
 * The twin of `data/avatars/mixture.py`.
 *
 * @typedef {import("./avatars.js").Attribute} Attribute
 * @typedef {import("./avatars.js").Face} Face
 */

import { hiddenBy, oneHot } from "./avatars.js";

/**
 * The network's input for a mixture. Noise moves along an arc, so its length hardly changes.
 *
 * @param {Face} one
 * @param {Face} other
 * @param {number} amount From 0 (the first face) to 1 (the second).
 * @param {Attribute[]} attributes
 * @param {string[]} colors Names of the attributes that blend.
 * @returns {import("./avatars.js").Input}
 */
export function mixFaces(one, other, amount, attributes, colors) {
  const angle = (amount * Math.PI) / 2;
  const near = amount === 1 ? 0 : Math.cos(angle);
  const far = amount === 1 ? 1 : Math.sin(angle);
  return {
    noise: one.noise.map((value, i) => near * value + far * other.noise[i]),
    hot: blend(one.labels, other.labels, amount, attributes, colors),
  };
}

/**
 * The variant of each attribute that prevails in a mixture.
 *
 * @param {number[]} one
 * @param {number[]} other
 * @param {number} amount
 * @param {Attribute[]} attributes
 * @param {string[]} colors
 * @returns {number[]}
 */
export function mixedLabels(one, other, amount, attributes, colors) {
  const isSeen = (/** @type {number} */ i) =>
    !hiddenBy(i, one, attributes) || !hiddenBy(i, other, attributes);
  const switching = attributes.flatMap(({ name }, i) =>
    !colors.includes(name) && one[i] !== other[i] && isSeen(i) ? [i] : [],
  );
  return attributes.map(({ name }, i) => {
    const order = switching.indexOf(i);
    const hasSwitched = order >= 0 && amount > (order + 0.5) / switching.length;
    const isOther = colors.includes(name)
      ? shareOf(i, one, other, amount, attributes) > 0.5
      : hasSwitched;
    return isOther ? other[i] : one[i];
  });
}

/**
 * The share of the second face's color in a mixture. An attribute that only one face hides has the color of the other.
 *
 * @param {number} i
 * @param {number[]} one
 * @param {number[]} other
 * @param {number} amount
 * @param {Attribute[]} attributes
 */
function shareOf(i, one, other, amount, attributes) {
  const hiddenInOne = Boolean(hiddenBy(i, one, attributes));
  const hiddenInOther = Boolean(hiddenBy(i, other, attributes));
  return hiddenInOne === hiddenInOther ? amount : Number(hiddenInOne);
}

/**
 * @param {number[]} one
 * @param {number[]} other
 * @param {number} amount
 * @param {Attribute[]} attributes
 * @param {string[]} colors
 */
function blend(one, other, amount, attributes, colors) {
  const mixed = mixedLabels(one, other, amount, attributes, colors);
  const withColorsOf = (/** @type {number[]} */ labels) =>
    oneHot(
      mixed.map((label, i) => (colors.includes(attributes[i].name) ? labels[i] : label)),
      attributes,
    );
  const near = withColorsOf(one);
  const far = withColorsOf(other);
  const shares = attributes.flatMap(({ variants }, i) =>
    variants.map(() => shareOf(i, one, other, amount, attributes)),
  );
  return near.map((value, i) => (1 - shares[i]) * value + shares[i] * far[i]);
}
