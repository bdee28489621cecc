// @ts-check
/** What the lyrics page shows around a song: its caption, and the parts that belong to each way of writing. */

import { $ } from "../shared/dom.js";
import { formatCount, quote } from "../shared/format.js";

/** Show the parts of the page that belong to a way of writing. @param {string} view "song", "lines" or "all". */
export function showView(view) {
  $("sheet").hidden = view === "all";
  for (const id of ["copy", "picture"]) $(id).hidden = view === "all";
  $("comparison").hidden = view !== "all";
  $("line-by-line").hidden = view !== "lines";
  $("how").hidden = view !== "song";
  $("song").classList.toggle("tappable", view === "song");
}

/**
 * The caption of a song: what it takes to write it again, the title of its network, and how fast it was written, if
 * known (not 0).
 *
 * @param {import("../shared/url-state.js").State} state
 * @param {string} networkTitle
 * @param {number} wordsPerSecond
 */
export function describeSong({ seed, temperature, title, artist }, networkTitle, wordsPerSecond) {
  const parts = [
    `seed ${formatCount(seed)}`,
    `network ${networkTitle}`,
    `randomness ${temperature.toFixed(2)}`,
  ];
  if (title) parts.push(`title ${quote(title)}`);
  if (artist) parts.push(`in the style of ${artist}`);
  if (wordsPerSecond) parts.push(`${formatCount(Math.round(wordsPerSecond))} words per second`);
  return parts.join(", ");
}
