// @ts-check
/** What visitors can keep: pictures, links, and faces on the shelf. */

import { $ } from "../shared/dom.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, copy, makeShareButton, saveFile } from "../shared/share.js";
import { startSheet } from "./names-panel.js";
import { encodePng } from "./picture.js";
import { FIELDS } from "./url-fields.js";
import { shelfItem } from "./visit.js";

/**
 * Activate the buttons.
 *
 * @typedef {object} Shown What the page shows.
 * @property {Record<string, any>} state The fields of the link.
 * @property {import("./population.js").Population} population
 * @property {Uint8ClampedArray} portrait RGBA.
 * @property {(pixels: Uint8ClampedArray) => Uint8ClampedArray} prepare Cuts out a face.
 *
 * @param {() => Shown} shown
 * @returns {() => Promise<Uint8Array>} Encodes the portrait as a PNG file.
 */
export function startTakeAlong(shown) {
  const encode = () => {
    const { portrait, state } = shown();
    return encodePng(portrait, /** @type {any} */ (state), state.code);
  };
  $("save").addEventListener("click", async () => {
    const { code, seed, face } = shown().state;
    const picture = new Blob([/** @type {any} */ (await encode())], { type: "image/png" });
    saveFile(picture, `face-${code || `${seed}-${face + 1}`}.png`);
  });
  $("short-link").addEventListener("click", () => {
    const { state, population } = shown();
    const run = state.run === FIELDS.run.start ? {} : { run: state.run };
    const hash = new URLSearchParams({ v: "1", ...run, code: population.code });
    copy(addressOf(`#${hash}`), "Link copied. It shows this face.", "copied");
  });
  makeKeepButton($("keep"), () => shelfItem(shown().state, $("one")), "copied");
  startSheet(shown);
  makeShareButton($("link"), addressOf, async () => $("one"), {
    done: "Link copied. It shows these faces.",
    id: "copied",
  });
  return encode;
}
