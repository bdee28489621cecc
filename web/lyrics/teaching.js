// @ts-check
/** Opens the panel "Teach it your songs", whose code is loaded when it is opened for the first time. */

import { $, make, say } from "../shared/dom.js";

const STYLE = new URL("../band/style.css", import.meta.url);
const LINK = /^#teach(?:=(tune|scratch))?$/;
const NO_CODE = "The panel could not be loaded: check your connection, then try again.";

export class Teaching {
  /** @param {any[]} entries Of all networks. @param {import("./own-panel.js").OwnPanel} own */
  constructor(entries, own) {
    this.entries = entries;
    this.own = own;
    for (const id of ["teach", "teach-below"]) {
      $(id).addEventListener("click", () => this.open());
      $(id).disabled = false;
    }
  }

  /** Open the panel if a link asks for it; "#teach=scratch" also chooses that mode. @param {string} hash */
  async openFrom(hash) {
    const link = hash.match(LINK);
    if (!link) return;
    await this.open();
    if (link[1]) $(`band-mode-${link[1]}`).click();
  }

  /** @param {DataTransfer} [dropped] Songs. */
  async open(dropped) {
    const items = dropped && droppedItems(dropped);
    try {
      const panel = await this.load();
      await panel.show(items);
    } catch {
      this.panel = undefined; // the next attempt may succeed
      say(NO_CODE, true);
    }
  }

  load() {
    this.panel ??= Promise.all([import("../band/panel.js"), loadStyle()]).then(
      ([{ BandPanel }]) => new BandPanel(this.entries, this.own),
    );
    return this.panel;
  }
}

const loadStyle = () =>
  new Promise((resolve, reject) => {
    const events = { onload: resolve, onerror: reject };
    document.head.append(make("link", { rel: "stylesheet", href: STYLE.href, ...events }));
  });

/**
 * The dropped files and folders, which browsers give out only during the event.
 *
 * @param {DataTransfer} dropped
 * @returns {(FileSystemEntry | File)[]}
 */
function droppedItems({ items, files }) {
  const found = [...items].map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const usable = /** @type {(FileSystemEntry | File)[]} */ (found.filter(Boolean));
  return usable.length ? usable : [...files];
}
