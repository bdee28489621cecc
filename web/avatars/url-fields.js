/** The fields of a link to the faces page, and the attributes in them. */

import { choice, number, readHash, runName } from "../shared/url-state.js";
import { GROUNDS } from "./picture.js";

export const COUNT = 16; // faces

/** Fields for shared/url-state.js. */
export const FIELDS = {
  run: runName("faces-128"),
  seed: number(1, 0, 2 ** 32 - 1),
  wild: number(100, 0, 100), // older links, which lack this field, have faces with any attributes
  want: choice("", /^[\d.-]{0,200}$/), // a variant per attribute, or - for random
  own: choice("", /^[\d._]{0,2000}$/), // changes to single faces, as face.attribute.variant
  code: choice("", /^[\w -]{0,40}$/), // of the chosen face, for short links; full links do not need it
  ground: choice("white", new RegExp(`^(${Object.keys(GROUNDS).join("|")})$`)),
  shape: choice("square", /^(square|round)$/),
  size: choice("512", /^(128|256|512|1024)$/),
  face: number(0, 0, COUNT - 1),
  other: number(6, 0, COUNT - 1),
  mix: number(0, 0, 100),
  epoch: number(0, 0, 9999),
  ellipse: number(0, 0, 9999),
};

const NEW = { wild: 0, ground: "sand" }; // for a visit without a link; links without these fields are older

/** The state that an address holds. A mixture of a face with itself is ended. @param {string} hash */
export function readState(hash) {
  const { state, known } = readHash(FIELDS, hash);
  if (!known) Object.assign(state, NEW);
  return state.other === state.face ? { ...state, ...unmixed(state.face) } : state;
}

/** Fields that end a mixture and make `other` differ from `face`. @param {number} face @param {number} other */
export const unmixed = (face, other = face) => ({
  mix: 0,
  other: other === face ? (face + 1) % COUNT : other,
});

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
