// @ts-check
/** How a song continues after the visitor's words: on a new line if they have several lines. */

import { countLines } from "../core/decoder.js";
import { forcedToken, splitStanzas } from "../core/song-form.js";
import { NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { BOS_EOS, NEWLINE, UNK } from "../core/vocabulary.js";

export const MAX_PROMPT_WORDS = 300;
export const MAX_TEXT_LENGTH = 2000; // characters

/** The words of a text that the network reads. @param {string} text */
export function promptWords(text) {
  const words = tokenize(text).slice(-MAX_PROMPT_WORDS);
  return words.includes(NEWLINE_TEXT) ? [...words, NEWLINE_TEXT] : words;
}

/**
 * The end of a text that a link can carry and the network reads, from the beginning of a line if it has several.
 *
 * @param {string} text
 */
export function fittingText(text) {
  let end = text.slice(-MAX_TEXT_LENGTH);
  if (end.length < text.length)
    end = end.slice(Math.max(0, end.indexOf("\n"), end.search(/\s/))).trim();
  while (/\n/.test(end) && tokenize(end).length > MAX_PROMPT_WORDS)
    end = end.slice(end.indexOf("\n") + 1);
  return end;
}

/**
 * The settings to continue with: lines that the words complete are added to `lines`, and a form that they complete is
 * dropped.
 *
 * @param {string[]} words
 * @param {import("../shared/url-state.js").State} settings
 * @param {number} pasted How many of the words precede the form; 0 if they belong to it.
 */
export function settingsAfter(words, settings, pasted = 0) {
  const given = words.at(-1) === NEWLINE_TEXT ? countLines(words, NEWLINE_TEXT) : 0;
  const asked = settings.form && formAfter(words.slice(0, pasted), settings.form);
  const form = completes(words, asked) ? "" : asked;
  return { ...settings, form, lines: settings.lines + given };
}

/** @param {string[]} words */
const tokensOf = (words) => words.map((word) => (word === NEWLINE_TEXT ? NEWLINE : UNK));

/** How many lines each stanza has; 0 for a last one that is still empty. @param {string[]} words */
const stanzaSizes = (words) =>
  splitStanzas(tokensOf(words)).map((lines) => lines.filter((line) => line.length).length);

/** A form of `count` lines that do not rhyme. @param {number} count */
const freeLines = (count) =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(97 + (i % 26))).join("");

/**
 * A form that begins after existing lines.
 *
 * @param {string[]} words
 * @param {string} form
 */
const formAfter = (words, form) =>
  [...stanzaSizes(words).filter(Boolean).map(freeLines), form].join(" ");

/** A form in which one more line follows existing ones, without rhyme. @param {string[]} words */
export function formOfOneMoreLine(words) {
  const sizes = stanzaSizes(words);
  return [...sizes.slice(0, -1), (sizes.at(-1) ?? 0) + 1].map(freeLines).join(" ");
}

/** Whether words complete a form. @param {string[]} words @param {string} form */
function completes(words, form) {
  return form !== "" && forcedToken(tokensOf(words), form) === BOS_EOS;
}

/**
 * A sentence about a text of which only the end is read; "" if all of it is.
 *
 * @param {string} typed
 * @param {string} read
 */
export function describeTooLong(typed, read) {
  const count = tokenize(read).length;
  if (count > MAX_PROMPT_WORDS)
    return `That is a long text: the network reads its last ${MAX_PROMPT_WORDS} words. `;
  return read.length < typed.trim().length
    ? `That is a long text: the network continues from its last ${count} words. `
    : "";
}
