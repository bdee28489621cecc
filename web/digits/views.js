// @ts-check
/** The five views of the digits page: one at a time, each with a link; the Back button returns to the previous one. */

import { $ } from "../shared/dom.js";
import { addEntry } from "../shared/history-entries.js";

/** @typedef {import("../shared/url-state.js").State} State */

const VIEWS = ["draw", "evolve", "signs", "scramble", "eigen"];

/** The fields of an address that only one view uses, in the order in which old links are checked. */
const OWN_FIELDS = [
  { view: "evolve", names: ["bred"] },
  { view: "draw", names: ["ink", "made"] },
  { view: "eigen", names: ["rebuilt", "parts", "weights"] },
  { view: "scramble", names: ["sample", "way", "amount"] },
  { view: "evolve", names: ["digit", "run", "method", "statistics", "seed"] },
];

/**
 * The view that an address selects. Links from earlier versions have none: they open the first view with a changed
 * field.
 *
 * @param {State} state
 * @param {import("../shared/url-state.js").Table} table
 */
export function viewOf(state, table) {
  if (state.view) return state.view;
  const isChanged = (name) => state[name] !== table[name].start;
  return OWN_FIELDS.find(({ names }) => names.some(isChanged))?.view ?? "draw";
}

/** Show one view. @param {string} current */
export function showView(current) {
  for (const view of VIEWS) $(`view-${view}`).hidden = view !== current;
  for (const link of $("views").children) {
    if (link.dataset.view === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/**
 * Make the switch change the view.
 *
 * @param {(view: string) => string} linkTo The address of a view with the current state.
 * @param {(view: string) => void} onSwitch
 */
export function makeSwitch(linkTo, onSwitch) {
  $("views").addEventListener("click", (event) => {
    const { view } = event.target.dataset;
    if (!view || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    addEntry(linkTo(view));
    onSwitch(view);
  });
}
