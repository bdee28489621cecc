// @ts-check
/**
 * Text to tokens and back.
 *
 * The twin of `data/lyrics/tokenizer.py`, which states the rules; `tests/golden/words.json` checks both.
 */

/** The token of a line break. A stanza break is two of them. */
export const NEWLINE_TEXT = "\n";

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: these are the characters to find
const LINE_END = /\r\n|[\r\x0b\x0c\x85\u2028\u2029]/g;
const INVISIBLE = /[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: these are the characters to find
const APOSTROPHE = /[\u2018\u2019\u201b\u02bc\u00b4`]/g;
const QUOTE = /[\u201c\u201d\u201e\u00ab\u00bb]/g;
const DASH = /-{2,}|[\u2013\u2014\u2015]/g;
const TAG = /\[[^[\]\n]{0,60}\]/g;
const WHITESPACE = /[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/;
const MARK = /\.\.\.|./gsu;

// The same characters as in Python, where comments say what they are.
const AFTER = "\u060c\u061b\u061f\u06d4\u0964\u0965\u104a\u104b";
const EAST_ASIAN_AFTER =
  "\u3001\u3002\uff0c\uff0e\uff01\uff1f\uff1b\uff1a\u300d\u300f\u3011\uff09\u300b\u3009\u30fb\uff5e\u301c";
const EAST_ASIAN_BEFORE = "\u300c\u300e\u3010\uff08\u300a\u3008";
const BEFORE = "\u00bf\u00a1";
const SPACELESS =
  "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f" +
  "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}" +
  "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u1049\u104c-\u109f\u1780-\u17ff";
const COMBINING =
  "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb3-\u0ebc\u0ec8-\u0ece" +
  "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d\u17b4-\u17d3\u17dd";
const EAST_ASIAN = EAST_ASIAN_AFTER + EAST_ASIAN_BEFORE;

const BEFORE_WORDS = new RegExp(`^["(${BEFORE}]*`);
const AFTER_WORDS = new Set(['.,!?;:)"', AFTER].join(""));
const PIECE = new RegExp(
  `[${EAST_ASIAN}]|[${SPACELESS}][${COMBINING}]*|[^${SPACELESS}${EAST_ASIAN}]+`,
  "gu",
);
const HAS_PIECES = new RegExp(`[${SPACELESS}${EAST_ASIAN}]`, "u");
const STARTS_SPACELESS = new RegExp(`^[${SPACELESS}${EAST_ASIAN}]`, "u");
/** A letter or a digit. */
export const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const TURKISH_I = /[\u0130\u0131]/;

/** Punctuation without a space before it. */
const NO_SPACE_BEFORE = new Set([
  ...[".", ",", "!", "?", ";", ":", ")", "..."],
  ...AFTER,
  ...EAST_ASIAN_AFTER,
]);
const NO_SPACE_AFTER = new Set([NEWLINE_TEXT, "(", ...BEFORE, ...EAST_ASIAN_BEFORE]);

/**
 * Split text into tokens.
 *
 * @param {string} text
 * @param {boolean} lowercase False to keep uppercase letters, which no network knows.
 * @returns {string[]}
 */
export function tokenize(text, lowercase = true) {
  const composed = text.normalize("NFC");
  const turkish =
    lowercase && TURKISH_I.test(composed)
      ? composed.replaceAll("I", "\u0131").replaceAll("\u0130", "i")
      : composed;
  const clean = turkish
    .replace(LINE_END, "\n")
    .replace(INVISIBLE, "")
    .replace(APOSTROPHE, "'")
    .replace(QUOTE, '"')
    .replaceAll("\u2026", "...")
    .replace(DASH, " – ");
  const cased = lowercase ? clean.toLowerCase() : clean;
  const tokens = [];
  let breaks = 0;
  for (const line of cased.split("\n")) {
    const withoutTags = line.replace(TAG, " ");
    const chunks = withoutTags.split(WHITESPACE).filter(Boolean);
    if (!chunks.length && withoutTags !== line) continue;
    if (chunks.length) {
      if (tokens.length) {
        for (let i = 0; i < Math.min(breaks, 2); i++) tokens.push(NEWLINE_TEXT);
      }
      breaks = 0;
      for (const token of chunks.flatMap(splitPunctuation)) tokens.push(token);
    }
    breaks++;
  }
  return tokens;
}

/**
 * Split a chunk into words, characters of scripts without spaces, and punctuation.
 *
 * @param {string} chunk
 * @returns {string[]}
 */
function splitPunctuation(chunk) {
  return HAS_PIECES.test(chunk) ? (chunk.match(PIECE) ?? []).flatMap(splitWord) : splitWord(chunk);
}

/**
 * Split punctuation off both ends of a word.
 *
 * @param {string} chunk
 * @returns {string[]}
 */
function splitWord(chunk) {
  if (HAS_PIECES.test(chunk)) return [chunk];
  const before = BEFORE_WORDS.exec(chunk)?.[0] ?? "";
  let end = chunk.length;
  while (end > before.length && AFTER_WORDS.has(chunk[end - 1])) end--;
  const word = chunk.slice(before.length, end);
  return [...before, ...(word ? [word] : []), ...(chunk.slice(end).match(MARK) ?? [])];
}

/** Whether a token has a letter or a digit, unlike punctuation and line breaks. @param {string} token */
export const isWord = (token) => LETTER_OR_DIGIT.test(token);

/**
 * Join tokens into text.
 *
 * @param {string[]} tokens
 */
export function detokenize(tokens) {
  const spaces = spacing(tokens);
  return tokens.map((token, i) => spaces[i] + token).join("");
}

/**
 * For each token, the space that goes before it, or "". Double quotes open and close in turn on a line.
 *
 * @param {string[]} tokens
 */
export function spacing(tokens) {
  let isTight = true;
  let isQuoted = false;
  let followsSpaceless = false;
  return tokens.map((token) => {
    const closes = token === '"' && isQuoted;
    const opens = token === '"' && !isQuoted;
    const isNewline = token === NEWLINE_TEXT;
    const isSpaceless = STARTS_SPACELESS.test(token);
    const joins =
      closes || isNewline || NO_SPACE_BEFORE.has(token) || (isSpaceless && followsSpaceless);
    const hasSpace = !isTight && !joins;
    isTight = opens || NO_SPACE_AFTER.has(token);
    followsSpaceless = isSpaceless;
    isQuoted = opens || (isQuoted && !closes && !isNewline);
    return hasSpace ? " " : "";
  });
}
