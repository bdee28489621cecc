/** The form of the lyrics page: what to write, with which settings, by which network. */

import { $ } from "../shared/dom.js";
import { fill, readFields, showFields } from "../shared/form-fields.js";
import { formatPercent } from "../shared/format.js";
import { MAX_TEXT_LENGTH } from "./url-fields.js";

/** Let the controls show a state; `fields` are those of the form. */
export function showSettings(fields, state) {
  showFields(fields, state);
  showNumbers();
}

/** Show the values of the sliders. */
function showNumbers() {
  $("temperature-is").textContent = Number($("temperature").value).toFixed(2);
  $("lines-is").textContent = $("lines").value;
  $("top_p-is").textContent = formatPercent(Number($("top_p").value), 0);
}

/** What the controls hold, without the network if there is no network yet. */
export function readSettings(fields) {
  const { text, run, ...settings } = readFields(fields);
  return { ...settings, text: text.slice(-MAX_TEXT_LENGTH), ...(run && { run }) };
}

/** Fill the menu of networks and let it show one. */
export function fillNetworks(runs, run) {
  const options = runs.map((name) => [name, name]);
  fill("run", options, run);
}

/** Fill the menu of artists that a network knows, or hide it if there are none. */
export function fillArtists(artists, artist) {
  fill("artist", [["", "any artist"], ...artists.map((name) => [name, name])], artist);
  $("artist").parentNode.hidden = !artists.length;
}

/** Enable or disable the buttons that need a network. */
export function enableButtons(isReady) {
  for (const id of ["write", "lines-start", "all-start"]) $(id).disabled = !isReady;
}

/**
 * Listen to the visitor.
 *
 * @param {object} on submit(): the button "Write" or "Stop"; write(): Enter in the text; lines() and all(): the buttons
 *   of the other ways of writing; changeNetwork(run).
 */
export function listen(on) {
  $("settings").addEventListener("submit", (event) => {
    event.preventDefault();
    on.submit();
  });
  $("settings").addEventListener("input", showNumbers);
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      on.write();
    }
  });
  $("lines-start").addEventListener("click", () => on.lines());
  $("all-start").addEventListener("click", () => on.all());
  $("run").addEventListener("change", () => on.changeNetwork($("run").value));
}
