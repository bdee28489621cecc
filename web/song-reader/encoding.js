// @ts-check
/** Decode text of unknown encoding: the twin of `data/lyrics/encoding.py`, which states the rules. */

import { UserError } from "../shared/user-error.js";
import { tables } from "../vendor/song-tables.js";
import { patternsOf } from "./pattern.js";
import { length } from "./python.js";
import { decodeUtf8 } from "./utf8.js";

const PATTERNS = patternsOf("encoding");
export const BLOCK_BYTES = 1 << 18;
const MAX_LINE_CHARACTERS = 1 << 21;
const TAIL_CHARACTERS = 1 << 10;
const LEGACY_SHARE = 0.2;
const MIN_SCORE = 0.5;
const RARE_WEIGHT = 0.9;

/** Byte order marks. @type {[number[], string][]} */
const MARKS = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe, 0, 0], "utf-32"],
  [[0, 0, 0xfe, 0xff], "utf-32"],
  [[0xff, 0xfe], "utf-16-le"],
  [[0xfe, 0xff], "utf-16-be"],
];
/** The encodings of the browser, by Python's names. */
const BROWSER_NAMES = {
  "utf-16-le": "utf-16le",
  "utf-16-be": "utf-16be",
  euc_jp: "euc-jp",
  iso2022_jp: "iso-2022-jp",
};
const NAMES = {
  "utf-8": "UTF-8",
  "utf-16-le": "UTF-16",
  "utf-16-be": "UTF-16",
  "windows-1252": "Windows-1252",
  cp850: "DOS (850)",
  mac_roman: "Mac Roman",
  cp1251: "Windows-1251",
  koi8_r: "KOI8-R",
  euc_jp: "EUC-JP",
};
/** Characters that browsers decode from Japanese encodings, and what Python decodes instead. */
const JAPANESE = new Map([
  ["\uff5e", "\u301c"],
  ["\uff0d", "\u2212"],
  ["\u2225", "\u2016"],
  ["\uffe0", "\u00a2"],
  ["\uffe1", "\u00a3"],
  ["\uffe2", "\u00ac"],
]);
const WESTERN = ["cp1252", "mac_roman", "cp850"];
const WESTERN_LETTERS = new Set("\u2019\u2018\u201c\u201d\u2013\u2026éèàçêñóíáüöäß");
const RARE_WESTERN_LETTERS = new Set("âãåæëîïìòôõøùúûýœ");
const CYRILLIC = ["cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic"];
const CYRILLIC_LETTERS = new Set(
  "\u043e\u0435\u0430\u0438\u043d\u0442\u0441\u0440\u0432\u043b\u043a\u043c\u0434\u043f\u0443\u044f",
);
const BEYOND_ASCII = /[^\0-\x7f]/gu;
const ESCAPE_TO_JAPANESE = "\x1b$B";

/** Guess the encoding of a text from its first bytes. @param {Uint8Array} head @returns {string} "" if unknown. */
export function detectEncoding(head) {
  const mark = MARKS.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
  if (mark) return mark[1];
  const zeros = [0, 1].map((start) => head.filter((byte, i) => i % 2 === start && !byte).length);
  const most = Math.max(...zeros);
  if (most > head.length * 0.3 && Math.min(...zeros) < most / 10)
    return zeros[0] > zeros[1] ? "utf-16-be" : "utf-16-le";
  if (latin1(head).includes(ESCAPE_TO_JAPANESE)) return "iso2022_jp";
  if (isUtf8(head)) return "utf-8";
  const high = head.filter((byte) => byte > 127).length;
  if (high < LEGACY_SHARE * head.length) return western(head);
  return cyrillic(head) ?? japanese(head) ?? "";
}

/** @param {Uint8Array} bytes */
const latin1 = (bytes) => decode(bytes, "windows-1252");

/** The encoding of text that consists mainly of ASCII characters. @param {Uint8Array} head */
function western(head) {
  const scores = WESTERN.map((name) => {
    const rare = share(head, name, RARE_WESTERN_LETTERS);
    return share(head, name, WESTERN_LETTERS) + RARE_WEIGHT * rare;
  });
  const best = Math.max(...scores);
  const isClear = best > MIN_SCORE && MIN_SCORE > scores[0];
  return isClear ? WESTERN[scores.indexOf(best)] : "windows-1252";
}

/** The share of the characters beyond ASCII that are among some letters. @param {Uint8Array} head @param {string} name @param {Set<string>} letters */
function share(head, name, letters) {
  const others = decode(head, name).match(BEYOND_ASCII) ?? [];
  const found = others.filter((letter) => letters.has(letter.toLowerCase()));
  return found.length / Math.max(others.length, 1);
}

/** @param {Uint8Array} head */
function cyrillic(head) {
  const scores = CYRILLIC.map((name) => {
    const changes = PATTERNS.CHANGED_CASE.count(decode(head, name));
    return share(head, name, CYRILLIC_LETTERS) - (5 * changes) / head.length;
  });
  const best = Math.max(...scores);
  return best > MIN_SCORE ? CYRILLIC[scores.indexOf(best)] : undefined;
}

/** @param {Uint8Array} head */
function japanese(head) {
  const text = decode(head, "euc_jp");
  const others = text.match(BEYOND_ASCII)?.length ?? 0;
  const isWhole = lost(text) <= length(text) / 100;
  return PATTERNS.KANA.count(text) > others * 0.3 && isWhole ? "euc_jp" : undefined;
}

/** The number of characters that could not be decoded, except the last one. @param {string} text */
const lost = (text) => text.slice(0, -1).split("\ufffd").length - 1;

/** Whether most bytes above 127 are UTF-8. @param {Uint8Array} head */
function isUtf8(head) {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(head);
  const wrong = lost(text);
  return !wrong || wrong < (text.match(BEYOND_ASCII)?.length ?? 0) / 2;
}

/** @param {string} encoding */
export const encodingName = (encoding) => NAMES[encoding] ?? encoding;

/** Whether the first bytes of a file look like text. @param {Uint8Array} head */
export function isText(head) {
  if (/^(?:utf-16|utf-32|iso2022)/.test(detectEncoding(head))) return true;
  const end = head.findLastIndex((byte) => byte) + 1;
  const written = end ? head.subarray(0, end) : head;
  const control = written.filter((byte) => byte < 9 || (byte > 13 && byte < 27)).length;
  return control <= written.length / 50;
}

/**
 * Decode a file block by block, with "\n" for every kind of line end.
 *
 * @param {string} name Of the file, for messages.
 * @param {Uint8Array} bytes
 * @param {string} encoding
 * @throws {UserError} The browser does not know the encoding.
 */
export function* textBlocks(name, bytes, encoding) {
  const decoder = decoderOf(name, encoding);
  let held = ""; // "\r" at the end of a block; the next block may start with the "\n" that follows it
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const text = held + decoder(bytes.subarray(start, start + BLOCK_BYTES), false);
    held = text.match(/\r*$/)?.[0] ?? "";
    yield clean(text.slice(0, text.length - held.length));
  }
  yield clean(held + decoder(new Uint8Array(), true));
}

/** @param {string} text */
const clean = (text) =>
  PATTERNS.INVISIBLE.sub(
    PATTERNS.NEWLINES.sub(text, () => "\n"),
    () => "",
  );

/** @param {string} name @param {string} encoding @returns {(block: Uint8Array, isLast: boolean) => string} */
function decoderOf(name, encoding) {
  if (encoding === "utf-8" || encoding === "windows-1252") return decodeUtf8();
  if (tables.encodings[encoding]) return (block) => decode(block, encoding);
  const label = BROWSER_NAMES[encoding];
  if (!label) throw unknownEncoding(name);
  const isJapanese = encoding.endsWith("_jp"); // damaged text is an error, because Python reads it differently
  const decoder = new TextDecoder(label, { fatal: isJapanese });
  return (block, isLast) => {
    try {
      return asInPython(decoder.decode(block, { stream: !isLast }), encoding);
    } catch {
      throw unknownEncoding(name);
    }
  };
}

/** @param {string} name */
const unknownEncoding = (name) =>
  new UserError(`${name}: the encoding of this text is not recognized; save it as UTF-8.`);

/** Decode all bytes at once. @param {Uint8Array} bytes @param {string} encoding */
function decode(bytes, encoding) {
  const high = tables.encodings[encoding];
  if (!high)
    return asInPython(new TextDecoder(BROWSER_NAMES[encoding] ?? encoding).decode(bytes), encoding);
  return Array.from(bytes, (byte) =>
    byte < 128 ? String.fromCharCode(byte) : high[byte - 128],
  ).join("");
}

/** @param {string} text @param {string} encoding */
const asInPython = (text, encoding) =>
  encoding.endsWith("_jp")
    ? text.replace(/[\uff5e\uff0d\u2225\uffe0-\uffe2]/g, (each) => JAPANESE.get(each) ?? each)
    : text;

/** Lines, each with its "\n"; extremely long ones lose their middle. @param {Iterable<string>} blocks */
export function* splitLines(blocks) {
  let rest = "";
  for (const block of blocks) {
    const lines = (rest + block).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield `${line}\n`;
    if (rest.length > MAX_LINE_CHARACTERS + TAIL_CHARACTERS)
      rest = rest.slice(0, MAX_LINE_CHARACTERS) + rest.slice(-TAIL_CHARACTERS);
  }
  if (rest) yield rest;
}
