// @ts-check
/** Sentences for the visitor about the songs that were read. */

import { formatCount } from "../shared/format.js";
import { UserError } from "../shared/user-error.js";

/** @typedef {import("./read-songs.js").Song} Song */
/** @typedef {import("./summary.js").Summary} Summary */

const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Myanmar}\p{Script=Khmer}]/u;
const SAMPLE = 1000; // characters of a song in which its script is looked for
const NO_TEXT = "There is no text.";
/** What was repaired, by the names of the summary. */
const REPAIRS = {
  mojibake: "Letters that were decoded with the wrong encoding are repaired",
  "quoted text": "Quotes and escapes around the text are removed",
  "written-out line breaks": "Written-out line breaks are replaced by real ones",
  HTML: "HTML is removed",
  "additions of websites": "What websites and song sheets add is removed",
  "section tags": "Section names, such as Chorus, are marked as tags, which are not learned",
};

/**
 * What the visitor should know about how the songs were read; band/sentences.js says whether they are enough.
 *
 * @param {number} lines Number of all lines.
 * @param {Song[]} songs
 * @param {Summary} summary
 */
export function notesOn(lines, songs, summary) {
  const repaired = [...summary.repaired].map(
    ([what, number]) => `${REPAIRS[what]} in ${plural(number, "song")}.`,
  );
  return [...withoutLineBreaks(lines, summary), ...spaceless(songs), ...repaired];
}

/** @param {number} lines @param {Summary} summary */
function withoutLineBreaks(lines, { withoutLines }) {
  const effect = "from which the network cannot learn where lines end.";
  if (lines === 1) return [`There is only one line, ${effect}`];
  return withoutLines ? [`${plural(withoutLines, "song")} without line breaks, ${effect}`] : [];
}

/** @param {Song[]} songs */
function spaceless(songs) {
  const found = songs.filter(({ text }) => SPACELESS.test(text.slice(0, SAMPLE)));
  const text =
    "In this script, which has no spaces between words, each character counts as a word.";
  return 2 * found.length > songs.length ? [text] : [];
}

/** The error for files without songs. @param {Summary} summary */
export function nothingLeft(summary) {
  const reasons = summary.skipped.map(
    ({ reason, count: number, example }) => `${reason}: ${formatCount(number)} (${example})`,
  );
  const what = reasons.length ? `No songs found; skipped ${reasons.join("; ")}.` : NO_TEXT;
  return new UserError(`${what} Paste lyrics, or drop .txt, .csv, .lrc or .json files.`);
}

/** @param {number} words */
export const tooFewWords = (words) =>
  new UserError(
    `Found only ${plural(words, "word")}, which is too little to learn from: add a song.`,
  );

/** @param {number} number @param {string} noun */
const plural = (number, noun) => `${formatCount(number)} ${noun}${number === 1 ? "" : "s"}`;
