// @ts-check
/**
 * Repair text that was decoded with the wrong encoding: the twin of `ftfy.fix_encoding`.
 *
 * Bytes are strings of characters below 256 here.
 */

import { tables } from "../vendor/song-tables.js";
import { patternsOf } from "./pattern.js";
import { WINDOWS_1252 } from "./utf8.js";

const { BADNESS, UTF8_DETECTOR, ALTERED_UTF8, LOSSY_UTF8, A_GRAVE_WORD } = patternsOf("mojibake");
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ASCII = /^[\x00-\x7f]*$/;
const C1_CONTROLS = /[\x80-\x9f]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NUL = /\xc0\x80/g;
const SURROGATES = /\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])/g;
const LOST = "\xef\xbf\xbd"; // U+FFFD in UTF-8
const SUBSTITUTE = 0x1a;
const MAC_ROMAN = "macroman";

/** Single-byte encodings, each with the byte of every character beyond ASCII. */
const ENCODINGS = Object.entries(tables.mojibakeEncodings).map(([name, characters]) => ({
  name,
  bytes: new Map([...characters].map((each, i) => [each, i < 128 ? i + 128 : SUBSTITUTE])),
}));
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param {string} text */
export function fixEncoding(text) {
  const fixed = fixOnce(text);
  return fixed === text ? text : fixEncoding(fixed);
}

/** @param {string} text */
function fixOnce(text) {
  if (ASCII.test(text) || !BADNESS.search(text)) return text;
  for (const { name, bytes } of ENCODINGS) {
    const fixed = canEncode(text, bytes) ? decode(repair(encode(text, bytes), name)) : undefined;
    if (fixed !== undefined) return fixed;
  }
  const inside = fixInside(text);
  return inside === text ? fixControls(text) : inside;
}

/** @param {string} text @param {Map<string, number>} bytes */
function canEncode(text, bytes) {
  for (const character of text) {
    const isPlain = character < "\x80" && character !== "\x1a";
    if (!isPlain && !bytes.has(character)) return false;
  }
  return true;
}

/** @param {string} text @param {Map<string, number>} bytes */
const encode = (text, bytes) =>
  Array.from(text, (each) =>
    each < "\x80" && each !== "\x1a" ? each : String.fromCharCode(Number(bytes.get(each))),
  ).join("");

/** Restore bytes that were changed or lost. @param {string} bytes @param {string} encoding */
function repair(bytes, encoding) {
  const restored =
    encoding !== MAC_ROMAN && ALTERED_UTF8.search(bytes) ? restoreNoBreakSpaces(bytes) : bytes;
  return encoding.startsWith("sloppy") ? LOSSY_UTF8.sub(restored, () => LOST) : restored;
}

/** @param {string} bytes */
const restoreNoBreakSpaces = (bytes) =>
  ALTERED_UTF8.sub(
    A_GRAVE_WORD.sub(bytes, () => "\xc3\xa0 "),
    (sequence) => sequence.replaceAll(" ", "\xa0"),
  );

/** Decode UTF-8, including Java's modified UTF-8; undefined for other bytes. @param {string} bytes */
function decode(bytes) {
  const standard = bytes.replace(NUL, "\0").replace(SURROGATES, (_, ...parts) => joined(parts));
  try {
    return utf8.decode(Uint8Array.from(standard, (byte) => byte.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The UTF-8 of a character that was encoded as two surrogates. @param {string[]} parts */
function joined(parts) {
  const [a, b, c, d] = parts.slice(0, 4).map((part) => part.charCodeAt(0));
  const code = 0x10000 + ((a & 0x0f) << 16) + ((b & 0x3f) << 10) + ((c & 0x0f) << 6) + (d & 0x3f);
  const encoded = new TextEncoder().encode(String.fromCodePoint(code));
  return String.fromCharCode(...encoded);
}

/** Fix the sequences that look like mojibake, each by itself. @param {string} text */
const fixInside = (text) =>
  UTF8_DETECTOR.sub(text, (part) =>
    part.length < text.length && BADNESS.search(part) ? fixEncoding(part) : part,
  );

/** Replace C1 control characters by the characters of Windows-1252 with the same codes. @param {string} text */
const fixControls = (text) =>
  text.replace(C1_CONTROLS, (control) => WINDOWS_1252[control.charCodeAt(0) - 128]);
