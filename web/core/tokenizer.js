// @ts-check
/**
 * Text to tokens and back.
 *
 * The twin of `data/lyrics/tokenizer.py`, which states the rules; `tests/golden/words.json` keeps both identical.
 */

/** The token of a line break. A stanza break is two of them. */
export const NEWLINE_TEXT = "\n";

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what is looked for
const LINE_END = /\r\n|[\r\x0b\x0c\x85\u2028\u2029]/g;
const INVISIBLE = /[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]/g;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are what is looked for
const APOSTROPHE = /[\u2018\u2019\u201b\u02bc\u00b4`]/g;
const QUOTE = /[\u201c\u201d\u201e\u00ab\u00bb]/g;
const DASH = /-{2,}|[\u2013\u2014\u2015]/g;
const TAG = /\[[^[\]\n]{0,60}\]/g;
const WHITESPACE = /[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/;
const CHUNK = /^(["(]*)(.*?)((?:\.\.\.|[.,!?;:)"])*)$/su;
const MARK = /\.\.\.|./gsu;

/** Punctuation without a space before it. */
const NO_SPACE_BEFORE = new Set([".", ",", "!", "?", ";", ":", ")", "..."]);

/**
 * Split text into tokens.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function tokenize(text) {
  const clean = text
    .normalize("NFC")
    .replace(LINE_END, "\n")
    .replace(INVISIBLE, "")
    .replace(APOSTROPHE, "'")
    .replace(QUOTE, '"')
    .replaceAll("\u2026", "...")
    .replace(DASH, " – ")
    .toLowerCase();
  const tokens = [];
  let breaks = 0;
  for (const line of clean.split("\n")) {
    const withoutTags = line.replace(TAG, " ");
    const chunks = withoutTags.split(WHITESPACE).filter(Boolean);
    if (!chunks.length && withoutTags !== line) continue;
    if (chunks.length) {
      if (tokens.length) {
        for (let i = 0; i < Math.min(breaks, 2); i++) tokens.push(NEWLINE_TEXT);
      }
      breaks = 0;
      for (const chunk of chunks) tokens.push(...splitPunctuation(chunk));
    }
    breaks++;
  }
  return tokens;
}

/**
 * Split punctuation off both ends of a word.
 *
 * @param {string} chunk
 * @returns {string[]}
 */
function splitPunctuation(chunk) {
  const [, before, word, after] = /** @type {RegExpExecArray} */ (CHUNK.exec(chunk));
  return [...before, ...(word ? [word] : []), ...(after.match(MARK) ?? [])];
}

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
  return tokens.map((token) => {
    const closes = token === '"' && isQuoted;
    const opens = token === '"' && !isQuoted;
    const isNewline = token === NEWLINE_TEXT;
    const hasSpace = !isTight && !closes && !isNewline && !NO_SPACE_BEFORE.has(token);
    isTight = opens || isNewline || token === "(";
    isQuoted = opens || (isQuoted && !closes && !isNewline);
    return hasSpace ? " " : "";
  });
}
