// @ts-check
/** The form of the lyrics page: what to write, with which settings, by which network. */

import { titleOf } from "../shared/card.js";
import { $ } from "../shared/dom.js";
import { fill, readFields, showFields } from "../shared/form-fields.js";
import { formatPercent } from "../shared/format.js";
import { fittingText } from "./continuation.js";

/** @typedef {import("../shared/url-state.js").Table} Table */
/** @typedef {import("../shared/url-state.js").State} State */

/** The randomness at which songs are neither dull nor word salad; links may have any other. */
const USEFUL_RANDOMNESS = [0.4, 1.1];
const ANY_RANDOMNESS = [0, 2];
const NUMBER_WORDS = ["two", "three", "four", "five", "six"];

/** Show a state in the controls. @param {Table} fields Those of the form. @param {State} state */
export function showSettings(fields, state) {
  const [low, high] = USEFUL_RANDOMNESS;
  $("any-randomness").checked = state.temperature < low || state.temperature > high;
  showRange();
  showFields(fields, state);
  showNumbers();
}

/** Give the randomness slider its useful range, or all of it. */
function showRange() {
  const range = $("any-randomness").checked ? ANY_RANDOMNESS : USEFUL_RANDOMNESS;
  [$("temperature").min, $("temperature").max] = range;
}

/** Show the values of the sliders. */
function showNumbers() {
  $("temperature-is").textContent = Number($("temperature").value).toFixed(2);
  $("lines-is").textContent = $("lines").value;
  $("top_p-is").textContent = formatPercent(Number($("top_p").value), 0);
}

/** The values of the controls, without the network. @param {Table} fields @returns {State} */
export function readSettings(fields) {
  const { run, ...settings } = readFields(fields);
  return { ...settings, text: fittingText(settings.text) };
}

/** The selected way of writing: "song", "lines" or "all". @returns {string} */
export const chosenMode = () => $("modes").querySelector(":checked").value;

/** @param {string} mode */
export function showMode(mode) {
  $(`mode-${mode}`).checked = true;
}

/**
 * Label the main button with what it does now.
 *
 * @param {{isWriting: boolean, isAgain: boolean}} status Whether a song is being written or awaited; whether one exists.
 */
export function showButton({ isWriting, isAgain }) {
  const labels = {
    song: ["Write", "Write another"],
    lines: ["Start", "Start over"],
    all: ["Compare", "Compare again"],
  };
  $("write").textContent = isWriting ? "Stop" : labels[chosenMode()][Number(isAgain)];
}

/** Fill the menu of networks and select one; a single network cannot be compared. */
export function fillNetworks(entries, run) {
  const options = entries.map((entry) => [entry.run, titleOf(entry)]);
  fill("run", options, run);
  const count = NUMBER_WORDS[entries.length - 2] ?? entries.length;
  $("mode-all").nextElementSibling.textContent = `Compare ${count}`;
  $("mode-all").parentNode.hidden = entries.length < 2;
  $("differences").hidden = entries.length < 2;
}

/**
 * Fill the menu of artists that a network knows, or hide it if there is nothing to choose.
 *
 * @param {string[]} artists
 * @param {string} artist The one to choose.
 * @returns {string} The one that is chosen, "" for any.
 */
export function fillArtists(artists, artist) {
  $("artist").parentNode.hidden = artists.length < 2;
  return fill("artist", [["", "any artist"], ...artists.map((name) => [name, name])], artist);
}

/** Show only the settings that a network can follow. @param {{hasTitles: boolean, canRhyme: boolean}} abilities */
export function showUsable({ hasTitles, canRhyme }) {
  $("title").parentNode.hidden = !hasTitles;
  $("form").parentNode.hidden = !canRhyme;
}

/** Open or close the settings where they are a sheet at the bottom of the screen. @param {boolean} isOpen */
function showSheet(isOpen) {
  $("options").classList.toggle("open", isOpen);
  $("options-toggle").ariaExpanded = String(isOpen);
}

/** Close what covers the song: the sheet, and the keyboard of a phone. */
export function makeRoom() {
  showSheet(false);
  if (matchMedia("(hover: none)").matches) $("text").blur();
}

const isSheetOpen = () => $("options").classList.contains("open");

/** What the visitor has typed before the page was ready; undefined if nothing. @returns {string | undefined} */
export function typedText() {
  const { value, defaultValue } = $("text");
  return value === defaultValue ? undefined : value;
}

/**
 * Listen to the visitor.
 *
 * @param {object} on
 * @param {() => void} on.submit The main button was pressed.
 * @param {() => void} on.write Enter was pressed in the text.
 * @param {() => void} on.changeSettings
 * @param {(mode: string) => void} on.changeMode
 * @param {(run: string) => void} on.changeNetwork
 */
export function listen(on) {
  const form = $("settings");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    on.submit();
  });
  form.addEventListener("input", ({ target }) => {
    if (target.name === "mode") return;
    if (target.id === "any-randomness") showRange();
    showNumbers();
    on.changeSettings();
  });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      on.write();
    }
  });
  $("modes").addEventListener("change", () => on.changeMode(chosenMode()));
  $("run").addEventListener("change", () => on.changeNetwork($("run").value));
  $("options-toggle").addEventListener("click", () => showSheet(!isSheetOpen()));
  form.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !isSheetOpen()) return;
    showSheet(false);
    $("options-toggle").focus();
  });
}
