// @ts-check
/** The menu of networks on the faces page. */

import { titleOf } from "../shared/card.js";
import { $ } from "../shared/dom.js";
import { FIELDS } from "./url-fields.js";

/** Networks that have a section of their own, and are not in the menu. */
const OWN_SECTION = [
  "faces",
  "faces-dcgan",
  "ellipses-outline",
  "ellipses-white",
  "ellipses-color",
];

/**
 * The networks of the menu; all of them if the site has no others.
 *
 * @param {any[]} index The site's index.
 */
export function networksOfMenu(index) {
  const networks = index.filter(({ task }) => task === "avatars");
  const listed = networks.filter(({ run }) => !OWN_SECTION.includes(run));
  return listed.length ? listed : networks;
}

/**
 * Fill the menu and choose a network.
 *
 * @param {any[]} networks
 * @param {string} wanted A run.
 * @returns {string} The chosen run: `wanted`, or another one if the site does not have that.
 */
export function fillMenu(networks, wanted) {
  const menu = /** @type {HTMLSelectElement} */ ($("run"));
  const runs = networks.map(({ run }) => run);
  const run = [wanted, FIELDS.run.start].find((one) => runs.includes(one)) ?? runs[0] ?? wanted;
  menu.replaceChildren(...networks.map((entry) => new Option(titleOf(entry), entry.run)));
  menu.value = run;
  menu.hidden = runs.length < 2;
  return run;
}
