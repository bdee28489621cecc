/** What the lyrics page shows around a song: its caption, and the parts that belong to each way of writing. */

import { tokenize } from "../core/tokenizer.js";
import { $ } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";

export const MAX_PROMPT_WORDS = 300;

/** Show the parts of the page that belong to a way of writing: "song", "lines" or "all". */
export function showView(view) {
  $("sheet").hidden = view === "all";
  $("copy").hidden = view === "all";
  $("comparison").hidden = view !== "all";
  $("line-by-line").hidden = view !== "lines";
  $("how").hidden = view !== "song";
  $("lines-start").ariaPressed = String(view === "lines");
  $("all-start").ariaPressed = String(view === "all");
}

/** The caption of a song: what it takes to write it again, and how fast it was written, if known (not 0). */
export function describeSong({ seed, run, temperature, artist }, wordsPerSecond) {
  const parts = [
    `seed ${formatCount(seed)}`,
    `network ${run}`,
    `randomness ${temperature.toFixed(2)}`,
  ];
  if (artist) parts.push(`in the style of ${artist}`);
  if (wordsPerSecond) parts.push(`${formatCount(Math.round(wordsPerSecond))} words per second`);
  return parts.join(", ");
}

/** A sentence for a text that is longer than what the network reads, else "". */
export const describeTooLong = (text) =>
  tokenize(text).length > MAX_PROMPT_WORDS
    ? `That is a long text: the network reads its last ${MAX_PROMPT_WORDS} words. `
    : "";
