// @ts-check
/** Decode UTF-8, and bytes that are not UTF-8 as Windows-1252. */

import { tables } from "../vendor/song-tables.js";

const strict = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** The characters of the bytes from 0x80 on; control characters where Windows-1252 defines none. */
export const WINDOWS_1252 = [...tables.mojibakeEncodings["sloppy-windows-1252"]];
const PART = 4096; // characters per call of String.fromCodePoint
const CONTINUATION = [0x80, 0xbf];
/** Ranges of first bytes, and of the bytes after them. @type {[number, number, number[][]][]} */
const SEQUENCES = [
  [0xc2, 0xdf, [CONTINUATION]],
  [0xe0, 0xe0, [[0xa0, 0xbf], CONTINUATION]],
  [0xe1, 0xec, [CONTINUATION, CONTINUATION]],
  [0xed, 0xed, [[0x80, 0x9f], CONTINUATION]],
  [0xee, 0xef, [CONTINUATION, CONTINUATION]],
  [0xf0, 0xf0, [[0x90, 0xbf], CONTINUATION, CONTINUATION]],
  [0xf1, 0xf3, [CONTINUATION, CONTINUATION, CONTINUATION]],
  [0xf4, 0xf4, [[0x80, 0x8f], CONTINUATION, CONTINUATION]],
];

/**
 * A decoder for blocks; an incomplete character at the end of a block is decoded with the next block.
 *
 * @returns {(block: Uint8Array, isLast: boolean) => string}
 */
export function decodeUtf8() {
  let held = new Uint8Array();
  return (block, isLast) => {
    const bytes = new Uint8Array(held.length + block.length);
    bytes.set(held);
    bytes.set(block, held.length);
    const end = isLast ? bytes.length : wholeLength(bytes);
    held = bytes.slice(end);
    return decode(bytes.subarray(0, end));
  };
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  try {
    return strict().decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
}

/** @param {Uint8Array} bytes */
function decodeMixed(bytes) {
  const codes = [];
  for (let i = 0; i < bytes.length; ) {
    const size = sequenceLength(bytes, i);
    codes.push(
      size
        ? codeOf(bytes.subarray(i, i + size))
        : Number(WINDOWS_1252[bytes[i] - 0x80].codePointAt(0)),
    );
    i += size || 1;
  }
  const parts = [];
  for (let i = 0; i < codes.length; i += PART)
    parts.push(String.fromCodePoint(...codes.slice(i, i + PART)));
  return parts.join("");
}

/** The length of the valid sequence at a position, or 0. @param {Uint8Array} bytes @param {number} start */
function sequenceLength(bytes, start) {
  const first = bytes[start];
  if (first < 0x80) return 1;
  const [, , rest] = SEQUENCES.find(([low, high]) => first >= low && first <= high) ?? [];
  const isValid = rest?.every(([low, high], i) => {
    const byte = bytes[start + 1 + i];
    return byte >= low && byte <= high;
  });
  return isValid ? rest.length + 1 : 0;
}

/** @param {Uint8Array} sequence */
function codeOf([first, ...rest]) {
  if (!rest.length) return first;
  const start = first & (0x3f >> rest.length);
  return rest.reduce((code, byte) => (code << 6) | (byte & 0x3f), start);
}

/** The number of bytes before an incomplete sequence at the end. @param {Uint8Array} bytes */
function wholeLength(bytes) {
  for (let start = Math.max(bytes.length - 3, 0); start < bytes.length; start++) {
    const [, , rest] =
      SEQUENCES.find(([low, high]) => bytes[start] >= low && bytes[start] <= high) ?? [];
    const there = [...bytes.subarray(start + 1)];
    const isCutOff =
      rest &&
      there.length < rest.length &&
      there.every((byte, i) => byte >= rest[i][0] && byte <= rest[i][1]);
    if (isCutOff) return start;
  }
  return bytes.length;
}
