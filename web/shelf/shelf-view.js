// @ts-check
/** One board of the shelf for each page: what was kept there, as links that can be removed. */

import { make } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";

/** @typedef {import("../shared/shelf.js").KeptItem} KeptItem */

const SHOWN = 60; // items shown at first, and added by "Show more"

export class Board {
  /**
   * @param {HTMLElement} section Its first class is the name of the page.
   * @param {(item: KeptItem) => void} onRemove
   */
  constructor(section, onRemove) {
    this.section = section;
    this.onRemove = onRemove;
    this.name = section.classList[0];
    this.heading = /** @type {HTMLElement} */ (section.querySelector("h2"));
    this.title = this.heading.textContent;
    this.list = /** @type {HTMLUListElement} */ (section.querySelector("ul"));
    this.more = /** @type {HTMLButtonElement} */ (section.querySelector(".more"));
    /** @type {KeptItem[]} */
    this.items = [];
    this.shownCount = SHOWN;
    this.more.addEventListener("click", () => {
      this.shownCount += SHOWN;
      this.render();
    });
  }

  /** Show those of all items that belong on this board. @param {KeptItem[]} items */
  show(items) {
    this.items = items.filter(({ link }) => link.startsWith(`${this.name}.html#`));
    this.render();
  }

  render() {
    const { items, shownCount } = this;
    this.section.hidden = !items.length;
    this.heading.textContent =
      items.length > 1 ? `${this.title}, ${formatCount(items.length)}` : this.title;
    this.list.replaceChildren(...items.slice(0, shownCount).map((item) => this.makeItem(item)));
    this.more.hidden = items.length <= shownCount;
  }

  /** @param {KeptItem} item */
  makeItem(item) {
    const { link, title, text = "", picture } = item;
    const anchor = make("a", { href: link, title });
    if (picture) anchor.append(makePicture(picture, title));
    else anchor.append(make("b", { textContent: title, dir: "auto" }));
    if (text) anchor.append(make("span", { textContent: text, dir: "auto" }));
    const remove = make("button", { type: "button", ariaLabel: `Remove ${title}` }, "×");
    remove.addEventListener("click", () => this.onRemove(item));
    return make("li", {}, anchor, remove);
  }
}

/** A picture on a canvas, as pages may not show data: URLs. @param {Uint8Array<ArrayBuffer>} png @param {string} title */
function makePicture(png, title) {
  const canvas = make("canvas", { role: "img", ariaLabel: title });
  createImageBitmap(new Blob([png], { type: "image/png" })).then(
    (bitmap) => {
      Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
    },
    () => canvas.replaceWith(make("b", { textContent: title, dir: "auto" })), // it is damaged
  );
  return canvas;
}
