// @ts-check
/** Write every section tag in the form `[tag]`: the twin of `data/lyrics/sections.py`, which states the rules. */

import { patternsOf } from "./pattern.js";
import { length, strip, take } from "./python.js";

const { LONG_TAG, OTHER_BRACKETS, BARE, END_OF_LINE, RULE } = patternsOf("sections");
const MAX_TAG = 60;
const MAX_LONG_TAG = 500;
const ENDS = new Set([" ", ":"]);

/** @param {string} text */
export function markSections(text) {
  const shortened = LONG_TAG.sub(text, shorten);
  const bracketed = OTHER_BRACKETS.sub(shortened, bracket);
  const marked = BARE.sub(bracketed, bracket);
  return RULE.sub(END_OF_LINE.sub(marked, keepTagLines), () => "");
}

/** Shorten a long, nested or multi-line tag to its beginning. @param {string} match @param {string} tag */
function shorten(match, tag) {
  const size = length(tag);
  if (size > MAX_LONG_TAG || (size <= MAX_TAG && !/[\n[\]]/.test(tag))) return match;
  return `[${take(strip(tag.split(/[:\n[]/)[0]), MAX_TAG)}]`;
}

/** @param {any[]} match Match, groups, position and text. */
function bracket(...match) {
  const tag = match.slice(1, -2).find((part) => part !== undefined);
  return `[${take(stripEnds(tag), MAX_TAG)}]`;
}

/** @param {string} tag */
function stripEnds(tag) {
  let [start, end] = [0, tag.length];
  while (start < end && ENDS.has(tag[start])) start++;
  while (start < end && ENDS.has(tag[end - 1])) end--;
  return tag.slice(start, end);
}

/** Remove a repetition mark that follows words, but keep a tag on a line of its own. @param {any[]} match */
function keepTagLines(...match) {
  const [position, text] = match.slice(-2);
  return !position || text[position - 1] === "\n" ? match[0] : "";
}
