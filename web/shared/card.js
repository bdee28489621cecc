// @ts-check
/**
 * What a page says about the network that it shows: title, description and credits.
 *
 * The texts in the HTML are those of Gene's own networks. Networks with other data replace them with their card, which
 * `python -m export.tfjs --title --about --license` wrote into models/index.json.
 *
 * @typedef {{run: string, card?: Record<string, string>, own_data?: boolean}} CardEntry An entry of models/index.json.
 */

import { $ } from "./dom.js";

/** @type {Record<string, string>} The texts of the HTML, by id. */
const ORIGINAL = Object.fromEntries(
  ["heading", "about", "credit"].map((id) => [id, $(id).textContent]),
);
const PAGE = document.title;

/** The name of a network in menus and headings. @param {CardEntry} entry */
export const titleOf = ({ run, card }) => card?.title || run;

/**
 * Show the card of a network. The `data-own` attribute of an element has its text for networks trained on other data.
 *
 * @param {CardEntry} entry
 */
export function showCard(entry) {
  const { card = {}, own_data: isOwn } = entry;
  const heading = isOwn || card.title ? titleOf(entry) : "";
  document.title = heading ? `${heading} – Gene` : PAGE;
  $("heading").textContent = heading || ORIGINAL.heading;
  $("about").textContent = card.about || (isOwn ? $("about").dataset.own : ORIGINAL.about);
  $("credit").textContent = describeCredit(card.license, isOwn);
}

/**
 * The credit for the data that a network was trained on; for Gene's own data, it begins with the credit in the HTML.
 *
 * @param {string | undefined} license
 * @param {boolean | undefined} isOwn
 */
function describeCredit(license, isOwn) {
  const own = license ? `${$("credit").dataset.own} ${license.replace(/\.*$/, ".")}` : "";
  return isOwn ? own : `${ORIGINAL.credit} ${own}`.trim();
}
