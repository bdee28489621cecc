// @ts-check
/** What visitors can take with them: a link to share, text on the clipboard, a picture in a file. */

import { $, make, say } from "./dom.js";
import { bringIntoView } from "./into-view.js";

const BY_HAND =
  "This browser does not let the page copy. The text below is selected: copy it by hand.";

/**
 * Copy text to the clipboard, or show it for copying by hand.
 *
 * @param {string} text
 * @param {string} done The message once it is copied.
 * @param {string} id The element that shows the message.
 */
export async function copy(text, done, id) {
  $(id).parentNode.querySelector(".copyable")?.remove();
  const isCopied = await write(text, $(id));
  say(isCopied ? done : BY_HAND, !isCopied, id);
  bringIntoView($(id));
}

/**
 * Write to the clipboard. On plain http and in frames, only the old method may work, which copies the selection.
 *
 * @param {string} text
 * @param {HTMLElement} place If copying fails, a field with the text remains after it.
 */
async function write(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = make("textarea", { className: "copyable", readOnly: true, value: text });
    field.ariaLabel = "Text to copy";
    place.after(field);
    field.select();
    if (!document.execCommand("copy")) return false;
    field.remove();
    return true;
  }
}

/** The address of this page with a hash, without “?embed”. */
export const addressOf = (hash = location.hash) =>
  new URL(`${location.pathname}${hash}`, location.href).href;

/** Whether this browser can share pictures. */
export function canSharePictures() {
  try {
    return navigator.canShare({ files: [new File([], "a.png", { type: "image/png" })] });
  } catch {
    return false;
  }
}

/**
 * Make a button share what the page shows, with a picture, or copy the link if the browser cannot share.
 *
 * @param {HTMLButtonElement} button
 * @param {() => string} link
 * @param {() => Promise<HTMLCanvasElement | undefined>} picture
 * @param {{done: string, id: string}} message The message when the link is copied, and the element that shows it.
 */
export function makeShareButton(button, link, picture, { done, id }) {
  const isShared = canSharePictures();
  if (isShared) button.textContent = "Share";
  button.addEventListener("click", async () => {
    if (!isShared || !(await share(link(), await picture()))) await copy(link(), done, id);
  });
}

/**
 * Share a link and, if there is one, a picture.
 *
 * @param {string} url
 * @param {HTMLCanvasElement} [canvas]
 * @returns {Promise<boolean>} Whether the link was shared, or the visitor canceled.
 */
async function share(url, canvas) {
  const type = { type: "image/png" };
  const files = canvas && { files: [new File([await toPng(canvas)], "gene.png", type)] };
  try {
    await navigator.share({ ...files, url, title: document.title });
    return true;
  } catch (error) {
    return error.name === "AbortError";
  }
}

/** A canvas as a PNG file. @param {HTMLCanvasElement} canvas @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function toPng(canvas) {
  /** @type {Blob} */
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return new Uint8Array(await blob.arrayBuffer());
}

/**
 * Save a canvas as a PNG file.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 */
export function download(canvas, name) {
  canvas.toBlob((blob) => saveFile(/** @type {Blob} */ (blob), name));
}

/**
 * Save a file.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const link = Object.assign(document.createElement("a"), {
    href: URL.createObjectURL(blob),
    download: name,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
