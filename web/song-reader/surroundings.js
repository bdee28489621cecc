// @ts-check
/** Remove what websites and song sheets add to lyrics: the twin of `data/lyrics/surroundings.py`, which says what that is. */

import { patternsOf } from "./pattern.js";
import { length, rstrip, strip } from "./python.js";

const PATTERNS = patternsOf("surroundings");
const MIN_CHORD_LINES = 3;
const MAX_CREDIT = 300;
const MAX_CHORDS = 120;

/** @param {string} text */
export const stripSurroundings = (text) => stripChords(stripCredits(stripGenius(text)));

/** @param {string} text */
function stripGenius(text) {
  let stripped = text;
  if (text.includes("Contributor") || text.includes("Translations"))
    stripped = PATTERNS.GENIUS_HEAD.removeFirst(stripped);
  if (text.includes("Embed")) stripped = PATTERNS.GENIUS_EMBED.removeFirst(stripped);
  if (text.includes("tickets as low as"))
    stripped = PATTERNS.GENIUS_TICKETS.sub(stripped, () => "\n");
  if (text.includes("You might also like"))
    stripped = PATTERNS.GENIUS_ALSO.sub(stripped, () => "\n");
  return stripped === text ? stripped : PATTERNS.GENIUS_TITLE.removeFirst(stripped);
}

/** Remove lines at the end that name who wrote, submitted or owns the lyrics. @param {string} text */
function stripCredits(text) {
  const lines = rstrip(text).split("\n");
  const count = lines.length;
  while (lines.length > 1 && isCredit(lines[lines.length - 1])) lines.pop();
  return lines.length < count ? lines.join("\n") : text;
}

/** @param {string} line */
function isCredit(line) {
  const stripped = strip(line);
  return !stripped || (length(line) < MAX_CREDIT && !!PATTERNS.CREDIT.fullmatch(stripped));
}

/** @param {string} text */
function stripChords(text) {
  if (!PATTERNS.MAY_BE_CHORDS.search(text)) return text;
  const lines = text.split("\n");
  const kept = lines.filter((line) => !isChords(line));
  const isSheet = lines.length - kept.length >= MIN_CHORD_LINES && kept.length > 0;
  return isSheet ? kept.join("\n") : text;
}

/** @param {string} line */
function isChords(line) {
  if (!strip(line) || length(line) > MAX_CHORDS) return false;
  return !!(PATTERNS.CHORDS.fullmatch(line) || PATTERNS.TAB.fullmatch(line));
}
