// @ts-check
/**
 * The short code of a face's attributes, and the seed of the face that belongs to a name.
 *
 * The twin of `data/avatars/face_code.py`, which describes the format of a code.
 *
 * @typedef {import("./avatars.js").Attribute} Attribute
 */

import { UserError } from "../shared/user-error.js";
import { murmur3Finalizer } from "./prng.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BASE = BigInt(ALPHABET.length);
const VERSION = "1";
const CHECK_DIGITS = 2;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const LONE_SURROGATES = /[\ud800-\udfff]/gu; // with the flag u, the halves of a pair do not count
const SPACES = /[\t-\r \u00a0]+/g;

/** @type {Record<string, string>} */
const LOOKALIKES = { O: "0", I: "1", L: "1" };

/**
 * The code of a face's variants.
 *
 * @param {number[]} labels
 * @param {Attribute[]} attributes
 */
export function encodeFace(labels, attributes) {
  let number = 0n;
  for (const [i, { variants }] of attributes.entries())
    number = number * BigInt(variants.length) + BigInt(labels[i]);
  let digits = "";
  for (let i = 0; i < countDigits(attributes); i++) {
    digits = ALPHABET[Number(number % BASE)] + digits;
    number /= BASE;
  }
  return VERSION + digits + check(digits, attributes);
}

/**
 * The variants that a code stands for. Case, spaces and dashes do not matter.
 *
 * @param {string} code
 * @param {Attribute[]} attributes
 * @throws {UserError} If the code is mistyped, or belongs to another version or network.
 */
export function decodeFace(code, attributes) {
  const text = code
    .replace(/[\s-]/g, "")
    .toUpperCase()
    .replace(/[OIL]/g, (letter) => LOOKALIKES[letter]);
  const digits = text.slice(1, -CHECK_DIGITS);
  if (text[0] !== VERSION && text.length > CHECK_DIGITS)
    throw new UserError(
      `This is not a face code for this version of Gene, whose codes begin with ${VERSION}.`,
    );
  if (
    digits.length !== countDigits(attributes) ||
    [...digits].some((digit) => !ALPHABET.includes(digit)) ||
    text.slice(-CHECK_DIGITS) !== check(digits, attributes)
  )
    throw new UserError("This is not a valid face code for this network: check each character.");
  let number = 0n;
  for (const digit of digits) number = number * BASE + BigInt(ALPHABET.indexOf(digit));
  const labels = [];
  for (const { variants } of [...attributes].reverse()) {
    labels.unshift(Number(number % BigInt(variants.length)));
    number /= BigInt(variants.length);
  }
  return labels;
}

/**
 * Hash a name after normalizing its accents (Unicode NFC) and its spaces.
 *
 * @param {string} name
 */
export function seedOfName(name) {
  const text = name.replace(LONE_SURROGATES, "\ufffd").normalize("NFC");
  return hash(text.replace(SPACES, " ").replace(/^ | $/g, ""));
}

/** FNV-1a of the UTF-8 bytes, 32 bits, and a finalizer. @param {string} text */
function hash(text) {
  let value = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, FNV_PRIME);
  return murmur3Finalizer(value);
}

/** @param {Attribute[]} attributes */
function countDigits(attributes) {
  let combinations = 1n;
  for (const { variants } of attributes) combinations *= BigInt(variants.length);
  let digits = 1;
  while (BASE ** BigInt(digits) < combinations) digits++;
  return digits;
}

/** @param {string} digits @param {Attribute[]} attributes */
function check(digits, attributes) {
  const names = attributes.map(({ name, variants }) => `${name}=${variants.join(",")};`).join("");
  const value = hash(VERSION + digits + names);
  return ALPHABET[value >>> 27] + ALPHABET[(value >>> 22) & 31];
}
