// @ts-check
/** Texts in a PNG file that record where it comes from. */

import { crc32 } from "../shared/crc32.js";

const HEADER_BYTES = 33; // the signature and the first chunk, IHDR

/**
 * Add texts to a PNG file.
 *
 * @param {Uint8Array} png
 * @param {Record<string, string>} texts By keyword; both in ASCII.
 * @returns {Uint8Array}
 */
export function addTexts(png, texts) {
  const chunks = Object.entries(texts).map(([keyword, text]) => makeChunk(`${keyword}\0${text}`));
  return concatenate([png.subarray(0, HEADER_BYTES), ...chunks, png.subarray(HEADER_BYTES)]);
}

/** A chunk of the type tEXt. @param {string} content */
function makeChunk(content) {
  const typed = new TextEncoder().encode(`tEXt${content}`);
  const chunk = new Uint8Array(typed.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, typed.length - 4); // without the type
  chunk.set(typed, 4);
  view.setUint32(typed.length + 4, crc32(typed));
  return chunk;
}

/** @param {Uint8Array[]} parts */
function concatenate(parts) {
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}
