// @ts-check
/** What is kept of the faces that a visitor has made: the strip of the visit, and the shelf. */

import { HistoryStrip, pictureOf } from "../shared/history-strip.js";
import { writeHash } from "../shared/url-state.js";
import { FIELDS } from "./url-fields.js";

/** What the shelf keeps of a portrait. @param {Record<string, any>} state @param {HTMLCanvasElement} canvas */
export const shelfItem = (state, canvas) => ({
  link: `avatars.html${writeHash(FIELDS, { ...state, epoch: 0, ellipse: 0 })}`,
  title: canvas.getAttribute("aria-label") ?? "",
  picture: () => canvas,
});

export class Visit {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.strip = new HistoryStrip(section, "avatars");
    /** The newest item. */
    this.last = { seed: -1, face: -1, hash: "" };
  }

  /**
   * Add a portrait; it replaces an earlier state of the same face.
   *
   * @param {Record<string, any>} state The fields of the link.
   * @param {HTMLCanvasElement} canvas
   */
  keep(state, canvas) {
    const { seed, face } = state;
    const hash = writeHash(FIELDS, state);
    const isSame = this.last.seed === seed && this.last.face === face;
    const title = canvas.getAttribute("aria-label") ?? "";
    this.strip.add({ hash, title, picture: pictureOf(canvas) }, isSame ? this.last.hash : "");
    this.last = { seed, face, hash };
  }
}
