// @ts-check
/** A song on its sheet: the names of its parts, and lines that link to the lyrics page. */

import { make } from "../shared/dom.js";

const PART = /^\[(.+)\]$/;

/** The address at which a network continues a line. @param {string} line */
export const continueLink = (line) =>
  `lyrics.html#${new URLSearchParams([
    ["v", "1"],
    ["text", line],
  ])}`;

/**
 * Show a song.
 *
 * @param {HTMLElement} box
 * @param {string} text
 */
export function showText(box, text) {
  box.replaceChildren(...text.split("\n").map(makeLine));
}

/** @param {string} line */
function makeLine(line) {
  const part = PART.exec(line);
  if (part) return make("p", { className: "part", textContent: part[1] });
  if (!line.trim()) return make("div", { className: "gap" });
  return make("a", {
    className: "line",
    href: continueLink(line),
    title: "Continue from this line",
    textContent: line,
  });
}
