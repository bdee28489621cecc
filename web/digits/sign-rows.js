// @ts-check
/** A row for each sign: its name, how sure the network is of it, and a button. */

import { $, make } from "../shared/dom.js";
import { percent } from "./digit-canvas.js";
import { WANTED } from "./sign-set.js";

/**
 * @typedef {object} Row
 * @property {HTMLElement} row
 * @property {HTMLInputElement} name
 * @property {HTMLProgressElement} bar
 * @property {HTMLElement} text
 * @property {HTMLButtonElement} button
 */

export class SignRows {
  /**
   * @param {(index: number, name: string) => void} onRename
   * @param {(index: number) => void} onPress
   */
  constructor(onRename, onPress) {
    this.onRename = onRename;
    this.onPress = onPress;
    /** @type {Row[]} */
    this.rows = [];
  }

  /**
   * @param {import("./sign-set.js").Sign[]} signs
   * @param {{fools: boolean, isDisabled: (index: number) => boolean}} mode fools: whether the buttons evolve pictures
   *   instead of adding examples.
   */
  show(signs, { fools, isDisabled }) {
    while (this.rows.length > signs.length) this.rows.pop()?.row.remove();
    while (this.rows.length < signs.length) this.rows.push(this.makeRow(this.rows.length));
    for (const [i, { name, bar, button }] of this.rows.entries()) {
      const count = signs[i].examples.length;
      name.value = signs[i].name;
      bar.ariaLabel = signs[i].name;
      button.textContent = fools ? "Evolve" : `Add ${count}/${WANTED}`;
      button.ariaLabel = fools
        ? `Evolve a picture that it takes for ${signs[i].name}`
        : `Add ${count}/${WANTED}: the drawing is ${signs[i].name}`;
      button.disabled = isDisabled(i);
    }
  }

  /** @param {(number | null)[]} confidences */
  showConfidences(confidences) {
    const most = Math.max(...confidences.map((share) => share ?? 0));
    for (const [i, { row, bar, text }] of this.rows.entries()) {
      const share = confidences[i] ?? null;
      bar.value = share ?? 0;
      text.textContent = share === null ? "" : percent(share);
      row.classList.toggle("top", share !== null && share === most);
    }
  }

  /** @param {number} index @returns {Row} */
  makeRow(index) {
    const name = make("input", { type: "text", ariaLabel: `Name of sign ${index + 1}` });
    Object.assign(name, { autocomplete: "off", spellcheck: false, dir: "auto" });
    const bar = make("progress", { max: 1, value: 0 });
    const text = make("span");
    const button = make("button", { type: "button" });
    const row = make("li", {}, name, bar, text, button);
    name.addEventListener("change", () => this.onRename(index, name.value));
    button.addEventListener("click", () => this.onPress(index));
    $("sign-rows").append(row);
    return { row, name, bar, text, button };
  }
}
