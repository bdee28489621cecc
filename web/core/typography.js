// @ts-check
/**
 * Write songs as people do: capitals, "I" and names, curly quotes.
 *
 * `data/lyrics/typography.py` states the rules and does exactly the same; `tests/golden/words.json` checks both.
 */

import { isWord, LETTER_OR_DIGIT, NEWLINE_TEXT, spacing, tokenize } from "./tokenizer.js";

const ENDS_SENTENCE = new Set([".", "!", "?"]);
const GEORGIAN = /[\u10d0-\u10ff]/; // has capitals, but sentences do not start with them

/**
 * Join tokens into text with capitals and curly quotes.
 *
 * @param {string[]} tokens
 * @param {Map<string, string>} forms The written form of each word that is not lowercase inside a line.
 */
export function typeset(tokens, forms) {
  const spaces = spacing(tokens);
  return writtenWords(tokens, forms)
    .map((word, i) => spaces[i] + word)
    .join("");
}

/**
 * Each token as it is written; arguments as for `typeset`.
 *
 * @param {string[]} tokens
 * @param {Map<string, string>} forms
 * @returns {string[]}
 */
export function writtenWords(tokens, forms) {
  const starts = sentenceStarts(tokens);
  let isQuoted = false;
  return tokens.map((token, i) => {
    if (token === '"') {
      isQuoted = !isQuoted;
      return isQuoted ? "\u201c" : "\u201d";
    }
    isQuoted &&= token !== NEWLINE_TEXT;
    const word = forms.get(token) ?? token;
    return (starts[i] ? capitalize(word, forms) : word).replaceAll("'", "\u2019");
  });
}

/**
 * For each token, whether a line or a sentence starts with it.
 *
 * @param {string[]} tokens
 */
export function sentenceStarts(tokens) {
  let isStart = true;
  return tokens.map((token) => {
    const before = isStart;
    if (token === NEWLINE_TEXT || ENDS_SENTENCE.has(token)) isStart = true;
    else if (isWord(token)) isStart = false;
    return before;
  });
}

/**
 * Capitalize the first letter. Turkish songs have their own form of the letter "i".
 *
 * @param {string} word
 * @param {Map<string, string>} forms
 */
function capitalize(word, forms) {
  const [letter] = word.match(LETTER_OR_DIGIT) ?? [""];
  return word.replace(letter, () => forms.get(letter) ?? capital(letter));
}

/** The capital of a letter, or the letter if its capital is not one letter. @param {string} letter */
function capital(letter) {
  const upper = letter.toUpperCase();
  return [...upper].length > 1 || GEORGIAN.test(letter) ? letter : upper;
}

/**
 * The written forms of the words in a text that are not lowercase. Words that start a sentence or are in all caps have
 * doubtful forms, which are used only for words that a network does not know.
 *
 * @param {string} text What the visitor typed.
 * @returns {{certain: Map<string, string>, doubtful: Map<string, string>}}
 */
export function typedForms(text) {
  const tokens = tokenize(text);
  const typed = tokenize(text, false);
  /** @type {Map<string, string>} */
  const certain = new Map();
  /** @type {Map<string, string>} */
  const doubtful = new Map();
  if (typed.length !== tokens.length) return { certain, doubtful };
  const starts = sentenceStarts(tokens);
  for (const [i, token] of tokens.entries()) {
    const form = typed[i];
    const isLoud = [...form].length > 1 && form === form.toUpperCase();
    const found = starts[i] || isLoud ? doubtful : certain;
    if (form !== token && !found.has(token)) found.set(token, form);
  }
  return { certain, doubtful };
}
