// @ts-check
/**
 * A strip of everything that was made on a page during the visit; each item is a link that brings it back.
 *
 * The HTML has a heading and an empty list:
 *
 *     <section id="made" class="history-strip no-print" aria-labelledby="made-heading" hidden>
 *     <h2 id="made-heading">Songs from this visit</h2>
 *     <ul></ul>
 *     </section>
 *
 * The page adds what it makes; a click on an item changes the hash, so the page's listener of "hashchange" shows it:
 *
 *     const strip = new HistoryStrip($("made"), "lyrics");
 *     strip.add({ hash: location.hash, title: "The sea is wide", text: "And the wind goes by" });
 *     strip.add({ hash: location.hash, title: "Face 7", picture: pictureOf(canvas) });
 *
 * Items live as long as the tab, even if the page is reloaded or other pages are visited. If the page also adds an entry to
 * the browser's history for each item (addEntry in history-entries.js), the Back button returns to them, too.
 *
 * @typedef {object} Item
 * @property {string} hash Hash of the link that brings it back; a later item with the same hash replaces it.
 * @property {string} title Its name; read aloud by screen readers, and shown unless there is a picture.
 * @property {string} [text] The beginning of a text, shown below the title.
 * @property {Picture} [picture]
 *
 * @typedef {{side: number, pixels: string}} Picture Square; its RGBA bytes in base64, as pages may not show data: URLs.
 */

import { make } from "./dom.js";

const MAX_ITEMS = 40; // the newest
const PICTURE_SIDE = 64; // pixels

export class HistoryStrip {
  /**
   * @param {HTMLElement} section
   * @param {string} name Name of the page; items of other pages are not shown.
   */
  constructor(section, name) {
    this.section = section;
    this.key = `gene history ${name} ${new URL(".", location.href).pathname}`;
    /** Newest first. @type {Item[]} */
    this.items = readItems(this.key);
    addEventListener("hashchange", () => this.markCurrent());
    this.render();
  }

  /**
   * Add an item, or change the one that has its hash.
   *
   * @param {Item} item
   * @param {string} replaced The hash of an item that is an earlier state of this one; "" for none.
   */
  add(item, replaced = "") {
    const index = this.items.findIndex(({ hash }) => hash === item.hash || hash === replaced);
    if (index < 0) this.items = [item, ...this.items].slice(0, MAX_ITEMS);
    else this.items[index] = item;
    writeItems(this.key, this.items);
    this.render();
  }

  render() {
    this.section.hidden = this.items.length < 2; // the page itself shows the only one
    this.list.replaceChildren(...this.items.map(makeLink));
    this.markCurrent();
  }

  /** Mark the item that the page shows. */
  markCurrent() {
    for (const link of this.list.querySelectorAll("a")) {
      const isCurrent = link.getAttribute("href") === location.hash;
      if (isCurrent) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  get list() {
    return /** @type {HTMLUListElement} */ (this.section.querySelector("ul"));
  }
}

/**
 * A small copy of a canvas for an item.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} side Pixels.
 * @returns {Picture}
 */
export function pictureOf(canvas, side = PICTURE_SIDE) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    make("canvas", { width: side, height: side }).getContext("2d")
  );
  context.drawImage(canvas, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return { side, pixels: btoa(String.fromCharCode(...data)) };
}

/** @param {Item} item */
function makeLink({ hash, title, text = "", picture }) {
  const link = make("a", { href: hash, title: picture ? title : "" });
  if (picture) link.append(makePicture(picture, title));
  else link.append(make("b", { textContent: title, dir: "auto" }));
  if (text) link.append(make("span", { textContent: text, dir: "auto" }));
  return make("li", {}, link);
}

/** @param {Picture} picture @param {string} title */
function makePicture({ side, pixels }, title) {
  const canvas = make("canvas", { width: side, height: side, role: "img", ariaLabel: title });
  const bytes = Uint8ClampedArray.from(atob(pixels), (letter) => letter.charCodeAt(0));
  canvas.getContext("2d").putImageData(new ImageData(bytes, side, side), 0, 0);
  return canvas;
}

/** @param {string} key @returns {Item[]} */
function readItems(key) {
  try {
    const items = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return items.filter(({ hash, title }) => hash.startsWith("#") && typeof title === "string");
  } catch {
    return [];
  }
}

/** Failures are ignored: browsers may refuse storage or run out of it. @param {string} key @param {Item[]} items */
function writeItems(key, items) {
  try {
    sessionStorage.setItem(key, JSON.stringify(items));
  } catch {
    // the strip lasts until the visitor leaves the page
  }
}
