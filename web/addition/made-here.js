// @ts-check
/** The networks that were trained or solved during the visit, and those that are kept on the shelf. */

import { $ } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";
import { HistoryStrip } from "../shared/history-strip.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, download, makeShareButton } from "../shared/share.js";
import { writeHash, writeShortHash } from "../shared/url-state.js";
import { FIELDS } from "./url-fields.js";

/** @typedef {{hidden: number, biases: boolean, maxSum: number}} Network */

const strip = new HistoryStrip($("networks-before"), "addition");

/**
 * Add the network in the address to the strip of this visit.
 *
 * @param {Network} network
 * @param {string} how "solved", or "12 epochs".
 */
export function remember(network, how) {
  strip.add({ hash: location.hash, ...describe(network, how) });
}

/**
 * Set up the buttons to take the shown network along: on the shelf, as a link and as a picture.
 *
 * @param {() => import("../shared/url-state.js").State} state
 * @param {() => Network} network
 */
export function startTakingAlong(state, network) {
  const item = () => {
    const hash = writeHash(FIELDS, { ...state(), turn: FIELDS.turn.start });
    const { title, text } = describe(network(), $("recipe").selectedOptions[0]?.textContent);
    return { link: `addition.html${hash}`, title: sum(), text: `${title}, ${text}` };
  };
  const draw = () => drawSum(state());
  const done = "Link copied. It opens the page with this network.";
  makeKeepButton($("keep"), item, "said");
  makeShareButton($("link"), addressOf, draw, { done, id: "said" });
  $("picture").addEventListener("click", async () => download(await draw(), "two-plus-two.png"));
}

const sum = () => `${$("a").value} + ${$("b").value} = ${$("answer").textContent}`;

/** The sum, the verdict and the error surface, as a picture. @param {import("../shared/url-state.js").State} state */
async function drawSum(state) {
  const { drawCard } = await import("../shared/picture-card.js");
  const hash = writeShortHash(FIELDS, state, { always: ["a", "b"], never: ["turn"] });
  return drawCard({
    title: sum(),
    text: $("verdict").textContent,
    picture: $("surface"),
    link: addressOf(hash),
  });
}

/** @param {Network} network @param {string} how */
function describe({ hidden, biases, maxSum }, how) {
  const nodes = hidden === 1 ? "1 node" : `${hidden} nodes`;
  return {
    title: `${nodes}${biases ? " with biases" : ""}, ${how}`,
    text: `sums up to ${formatCount(maxSum)}`,
  };
}
