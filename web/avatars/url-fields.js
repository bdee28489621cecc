/** What a link to the faces page holds, and the attributes that it names. */

import { choice, number } from "../shared/url-state.js";

export const COUNT = 16; // faces

/** Fields for shared/url-state.js. */
export const FIELDS = {
  run: choice("faces", /^[\w-]{1,40}$/),
  seed: number(1, 0, 2 ** 32 - 1),
  want: choice("", /^[\d.-]{0,200}$/), // a variant per attribute, or - for random
  own: choice("", /^[\d._]{0,2000}$/), // face.attribute.variant of what was changed on one face
  face: number(0, 0, COUNT - 1),
  other: number(6, 0, COUNT - 1),
  mix: number(0, 0, 100),
  epoch: number(0, 0, 9999),
  ellipse: number(0, 0, 9999),
};

/**
 * The variant that all faces should have, for each attribute; null for any.
 *
 * @param {string} want The field of the link.
 * @param {{variants: string[]}[]} attributes
 * @returns {(number | null)[]}
 */
export function parseWanted(want, attributes) {
  const texts = want.split(".");
  return attributes.map(({ variants }, i) => {
    const text = texts[i] ?? "-";
    const variant = Number(text);
    return /^\d+$/.test(text) && variant < variants.length ? variant : null;
  });
}

/** The field of the link for what `parseWanted` returns. */
export const formatWanted = (wanted) => wanted.map((variant) => variant ?? "-").join(".");

/**
 * What was changed on single faces: [face, attribute, variant] each.
 *
 * @param {string} own The field of the link.
 * @param {{variants: string[]}[]} attributes
 * @returns {number[][]}
 */
export const parseOwn = (own, attributes) =>
  own
    .split("_")
    .map((text) => text.split(".").map(Number))
    .filter(
      ([face, attribute, variant]) =>
        face < COUNT && variant < attributes[attribute]?.variants.length,
    );

/** The field of the link for what `parseOwn` returns. */
export const formatOwn = (changes) => changes.map((change) => change.join(".")).join("_");
