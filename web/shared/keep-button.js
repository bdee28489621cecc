// @ts-check
/**
 * A button that puts what a page shows on the shelf, or takes it off again.
 *
 * The HTML has <button id="keep" type="button" aria-pressed="false" disabled>Keep</button>; the page enables it.
 *
 * @typedef {object} Shown What the page shows.
 * @property {string} link File name of the page, and the hash.
 * @property {string} title
 * @property {string} [text]
 * @property {() => HTMLCanvasElement} [picture] Square.
 */

import { coalesce } from "./coalesce.js";
import { say } from "./dom.js";
import { toPng } from "./share.js";
import { addItems, isKept, onShelfChange, removeItems } from "./shelf.js";

const PICTURE_SIDE = 96; // pixels
const MAX_TITLE_LENGTH = 200;

/**
 * Let a button keep what the page shows.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Shown} shown
 * @param {string} id The element for messages.
 */
export function makeKeepButton(button, shown, id) {
  const show = coalesce(async () => {
    const kept = await isKept(shown().link).catch(() => false);
    button.setAttribute("aria-pressed", String(kept));
    button.textContent = kept ? "Kept" : "Keep";
  });
  const toggle = coalesce(async () => {
    try {
      say(await toggleKept(shown()), false, id);
    } catch (error) {
      say(error.message, true, id);
    }
  });
  button.addEventListener("click", () => toggle());
  onShelfChange(show);
  for (const change of ["addresschange", "hashchange"]) addEventListener(change, () => show());
  show();
}

/** Keep or remove the item; returns the message. @param {Shown} shown */
async function toggleKept({ link, title, text = "", picture }) {
  if (await isKept(link)) {
    await removeItems([link]);
    return "Taken off your shelf. Press again to keep it.";
  }
  const png = picture && { picture: await toPng(shrink(picture())) };
  const short = { title: title.slice(0, MAX_TITLE_LENGTH), text: text.slice(0, MAX_TITLE_LENGTH) };
  await addItems([{ link, ...short, ...png, kept: Date.now() }]);
  return "Kept on your shelf, in this browser.";
}

/** @param {HTMLCanvasElement} canvas */
function shrink(canvas) {
  const small = document.createElement("canvas");
  small.width = PICTURE_SIDE;
  small.height = PICTURE_SIDE;
  small.getContext("2d")?.drawImage(canvas, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
  return small;
}
