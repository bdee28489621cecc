// @ts-check
/** Clean lyrics: the twin of `data/lyrics/cleaning.py`, which states the steps. */

import { unescapeEntities } from "./entities.js";
import { readLiteral } from "./literals.js";
import { fixEncoding } from "./mojibake.js";
import { patternsOf } from "./pattern.js";
import { count, length, SPACE, split, strip } from "./python.js";
import { markSections } from "./sections.js";
import { stripSurroundings } from "./surroundings.js";

/** @typedef {import("./summary.js").Summary} Summary */

const PATTERNS = patternsOf("cleaning");
const MIN_SLASHES = 2;
const MIN_DOUBLE_LINES = 6;
const MAX_QUOTED = 200_000;
const LIST_START = new RegExp(`^\\[[${SPACE}]*['"]`);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;

/** The steps, named as in the summary. @type {[string, (text: string) => string][]} */
const STEPS = [
  ["mojibake", repairMojibake],
  ["quoted text", readQuoted],
  ["written-out line breaks", restoreLineBreaks],
  ["HTML", stripHtml],
  ["additions of websites", stripSurroundings],
  ["section tags", markSections],
];

/** Why a text is not a song, or "" if it is one. @param {string} text */
export function reasonToSkip(text) {
  const stripped = strip(text);
  if (!stripped || PATTERNS.NOTHING.fullmatch(stripped)) return "songs without lyrics";
  return PATTERNS.INSTRUMENTAL.fullmatch(stripped) ? "instrumentals" : "";
}

/** Whether clean lyrics contain more than section tags and punctuation. @param {string} text */
export const hasWords = (text) =>
  LETTER_OR_DIGIT.test(PATTERNS.TAGS_OF_SECTIONS.sub(text, () => ""));

/** @param {string} text @param {Summary} summary Counts the repairs. */
export function cleanLyrics(text, summary) {
  let clean = wholeCharacters(PATTERNS.LINE_END.sub(text, () => "\n"));
  for (const [name, step] of STEPS) {
    const before = clean;
    clean = step(before);
    if (clean !== before) summary.repair(name);
  }
  return clean;
}

/** @param {string} text */
function repairMojibake(text) {
  return PATTERNS.MOJIBAKE.search(text) ? fixEncoding(text) : text;
}

/** The text in a string, bytes or a list of lines, as Python or JSON writes them. @param {string} text */
function readQuoted(text) {
  const stripped = strip(text);
  const ends = stripped[0] + stripped[stripped.length - 1];
  const isQuoted =
    (ends === '""' || ends === "''") && stripped.includes("\\n") && !stripped.includes("\n");
  const isBytes = /^b['"]/.test(stripped) && stripped[stripped.length - 1] === stripped[1];
  const isList = ends === "[]" && LIST_START.test(stripped);
  if (!(isQuoted || isBytes || isList) || length(stripped) > MAX_QUOTED) return text;
  const value = readLiteral(stripped);
  const found = Array.isArray(value) ? value.join("\n") : value;
  return found === undefined ? text : wholeCharacters(found);
}

/** Replace lone surrogates. @param {string} text */
const wholeCharacters = (text) => PATTERNS.SURROGATE.sub(text, () => "\ufffd");

/** @param {string} text */
function restoreLineBreaks(text) {
  const isEscaped = text.includes("\\n") || text.includes("\\r");
  const broken = isEscaped
    ? PATTERNS.ESCAPED_QUOTES.sub(
        PATTERNS.ESCAPES.sub(text, () => "\n"),
        (_, quote) => quote,
      )
    : text;
  if (strip(broken).includes("\n")) return singleSpaced(broken);
  if (PATTERNS.SLASHES.count(broken) < MIN_SLASHES) return broken;
  return PATTERNS.SLASHES.sub(broken, (marks) => "\n".repeat(split(marks).length));
}

/** Remove the empty lines if there is one after every line. @param {string} text */
function singleSpaced(text) {
  const lines = strip(text);
  if (PATTERNS.SINGLE_BREAK.search(lines) || count(lines, "\n\n") < MIN_DOUBLE_LINES) return text;
  return lines
    .replace(/\n{3,}/g, "\0")
    .replaceAll("\n\n", "\n")
    .replaceAll("\0", "\n\n");
}

/** @param {string} text */
function stripHtml(text) {
  const plain = text.includes("<") ? stripTags(text) : text;
  if (!PATTERNS.ENTITY.search(plain)) return plain;
  const unescaped = unescapeEntities(plain);
  if (!unescaped.includes("<")) return unescaped;
  return PATTERNS.TAG.sub(
    PATTERNS.BREAK.sub(unescaped, () => "\n"),
    () => "",
  );
}

/** @param {string} text */
function stripTags(text) {
  const broken = PATTERNS.BREAK.sub(text, () => "\n");
  const blocks = PATTERNS.BLOCK_END.sub(broken, () => "\n\n");
  return PATTERNS.TAG.sub(blocks, () => "");
}
