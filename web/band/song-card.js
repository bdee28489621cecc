// @ts-check
/** Shows what was understood of the visitor's songs. */

import { $, make } from "../shared/dom.js";
import { formatCount, quote } from "../shared/format.js";
import { expectations, plural } from "./sentences.js";

/** @typedef {import("./sentences.js").Card} Card */

/** @param {Card} found @param {boolean} canTune Whether there is a network to start from. */
export function showCard(found, canTune) {
  const { summary, notes } = found;
  const list = $("band-card").querySelector("dl");
  list.replaceChildren();
  for (const [name, value] of facts(summary))
    list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  const sentences = [...notes, ...expectations(found, canTune)];
  const items = sentences.map((textContent) => make("li", { textContent }));
  $("band-card")
    .querySelector("ul")
    .replaceChildren(...items);
  $("band-card").hidden = false;
}

export function hideCard() {
  $("band-card").hidden = true;
}

/** @param {Card["summary"]} summary */
function facts({ recognized, songs, artists, lines, words, distinctWords, skipped }) {
  const left = skipped.map(({ reason, count, example }) => describeSkipped(reason, count, example));
  return [
    [
      "Songs",
      artists > 1 ? `${formatCount(songs)} by ${plural(artists, "artist")}` : formatCount(songs),
    ],
    ["Lines", formatCount(lines)],
    ["Words", `${formatCount(words)}, of which ${formatCount(distinctWords)} different`],
    ["Read as", recognized.join(", ")],
    ...(left.length ? [["Left out", left.join("; ")]] : []),
  ];
}

/** @param {string} reason @param {number} count @param {string} example */
const describeSkipped = (reason, count, example) =>
  `${formatCount(count)} ${reason}${example ? ` (first: ${quote(example)})` : ""}`;
