// @ts-check
/**
 * Tabs: radio buttons in #tabs, each of which shows the element with the id "panel-" and its value; and whether the controls
 * in the panels can be used.
 */

import { $ } from "../shared/dom.js";

/** Buttons and fields that are disabled until a network has been loaded. */
const NEED_NETWORK = ["fresh", "keep", "save", "link", "name", "code", "sheet", "copy-picture"];

/** @type {() => HTMLInputElement[]} */
const radios = () => [...$("tabs").querySelectorAll("input")];

/** Show one tab. @param {string} name */
export function openTab(name) {
  for (const radio of radios()) {
    radio.checked = radio.value === name;
    $(`panel-${radio.value}`).hidden = radio.value !== name;
  }
}

/** Activate the radio buttons. */
export function startTabs() {
  for (const radio of radios()) radio.addEventListener("change", () => openTab(radio.value));
}

/** Hide the tabs that need attributes if the network has none. @param {boolean} hasAttributes */
export function limitTabs(hasAttributes) {
  for (const label of $("tabs").querySelectorAll(".needs-attributes"))
    label.hidden = !hasAttributes;
  if (!hasAttributes) openTab("mix");
}

/** Allow or prevent changes, which need a network. @param {boolean} isEnabled */
export function enableControls(isEnabled) {
  for (const id of NEED_NETWORK) $(id).disabled = !isEnabled;
  for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".panel")))
    panel.inert = !isEnabled;
}
