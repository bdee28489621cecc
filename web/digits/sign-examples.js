// @ts-check
/** The examples of each sign as small pictures; pressing a picture deletes it. */

import { $, make } from "../shared/dom.js";
import { quote } from "../shared/format.js";
import { forget, paint } from "./digit-canvas.js";
import { MIN_SIGNS, WANTED } from "./sign-set.js";

const INK = 255;

/** @typedef {import("./sign-set.js").Example} Example */

export class SignExamples {
  /**
   * @param {(sign: number, position: number) => void} onDelete
   * @param {(sign: number) => void} onRemove Removes a whole sign.
   */
  constructor(onDelete, onRemove) {
    this.onDelete = onDelete;
    this.onRemove = onRemove;
    /** @type {Map<Example, HTMLButtonElement>} */
    this.buttons = new Map();
  }

  /** @param {import("./sign-set.js").Sign[]} signs */
  show(signs) {
    const before = this.buttons;
    this.buttons = new Map();
    for (const example of signs.flatMap(({ examples }) => examples))
      this.buttons.set(example, before.get(example) ?? makeButton());
    $("sign-examples").replaceChildren(...signs.map((sign, i) => this.makeSection(sign, i, signs)));
    for (const [example, button] of this.buttons)
      if (!before.has(example)) paint(canvasOf(button), example.pixels, 1, INK);
    for (const [example, button] of before)
      if (!this.buttons.has(example)) forget(canvasOf(button));
  }

  /** @param {import("./sign-set.js").Sign} sign @param {number} index @param {any[]} signs */
  makeSection({ name, examples }, index, signs) {
    const count = `${examples.length} of ${WANTED}`;
    const heading = make("h4", {}, make("bdi", { textContent: name }), ` ${count}`);
    const list = make("ul", { className: "wall", ariaLabel: `Examples of ${name}` });
    examples.forEach((example, position) => {
      const button = /** @type {HTMLButtonElement} */ (this.buttons.get(example));
      button.ariaLabel = `Delete example ${position + 1} of ${name}`;
      button.onclick = () => this.onDelete(index, position);
      list.append(make("li", {}, button));
    });
    const remove = make("button", { type: "button", textContent: "Remove sign" });
    remove.ariaLabel = `Remove sign ${name}`;
    remove.hidden = signs.length <= MIN_SIGNS;
    remove.addEventListener("click", () => this.onRemove(index));
    return make("section", {}, make("div", { className: "row" }, heading, remove), list);
  }
}

/**
 * Show examples in a list, without buttons.
 *
 * @param {HTMLElement} list
 * @param {import("./sign-set.js").Sign} sign
 */
export function showExamples(list, { name, examples }) {
  for (const canvas of list.querySelectorAll("canvas")) forget(canvas);
  list.ariaLabel = `Your drawings of ${quote(name)}`;
  const canvases = examples.map((_, i) =>
    make("canvas", { className: "digit", role: "img", ariaLabel: `Drawing ${i + 1}` }),
  );
  list.replaceChildren(...canvases.map((canvas) => make("li", {}, canvas)));
  canvases.forEach((canvas, i) => void paint(canvas, examples[i].pixels, 1, INK));
}

const makeButton = () => make("button", { type: "button" }, make("canvas", { className: "digit" }));

/** @param {HTMLButtonElement} button */
const canvasOf = (button) => /** @type {HTMLCanvasElement} */ (button.firstChild);
