// @ts-check
/**
 * A shelf as a file: JSON with the format, its version and the items; pictures are PNG files in base64.
 *
 * A file may come from anywhere, so all of it is checked before any of it is used.
 *
 * @typedef {import("../shared/shelf.js").KeptItem} KeptItem
 */

import { MAX_ITEMS } from "../shared/shelf.js";
import { UserError } from "../shared/user-error.js";

const FORMAT = "gene-shelf";
const VERSION = 1;
export const MAX_FILE_BYTES = 200e6;
const LINK = /^(?:addition|avatars|digits|lyrics|songbook)\.html#[\x21-\x7e]{0,50000}$/;
const MAX_TEXT_LENGTH = 200;
const MAX_PICTURE_BYTES = 65536;
const MAX_PICTURE_SIDE = 256;
const LAST_DATE = 8.64e15; // milliseconds, of JavaScript
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const FOREIGN = "This file is not a shelf of this site: choose one that was saved here.";
const NEWER = "This file is from a newer version of the site: reload the page, then try again.";
const LARGE = "This file has more items than a shelf can hold: at most 10,000.";
const damaged = (/** @type {number} */ i) =>
  `This file is damaged (item ${i + 1}), so nothing was added: choose another copy.`;

/** @param {KeptItem[]} items */
export function encodeShelf(items) {
  const encoded = items.map(({ picture, ...rest }) => ({
    ...rest,
    ...(picture && { picture: toBase64(picture) }),
  }));
  return JSON.stringify({ format: FORMAT, version: VERSION, items: encoded });
}

/**
 * The items of a file.
 *
 * @param {string} text
 * @returns {KeptItem[]}
 * @throws {UserError} If it is not such a file, or is damaged.
 */
export function decodeShelf(text) {
  const { format, version, items } = parse(text);
  if (format !== FORMAT) throw new UserError(FOREIGN);
  if (Number.isInteger(version) && version > VERSION) throw new UserError(NEWER);
  if (version !== VERSION || !Array.isArray(items)) throw new UserError(FOREIGN);
  if (items.length > MAX_ITEMS) throw new UserError(LARGE);
  const byLink = new Map(items.map((item, i) => [item?.link, decodeItem(item, i)]));
  return [...byLink.values()];
}

/** @param {string} text */
function parse(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new UserError(FOREIGN);
  }
}

/** @param {any} item @param {number} i */
function decodeItem(item, i) {
  const { link, title, text = "", kept, picture } = Object(item);
  const isText = (/** @type {unknown} */ value) =>
    typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
  const isDate = Number.isInteger(kept) && kept >= 0 && kept <= LAST_DATE;
  const isSound = typeof link === "string" && LINK.test(link) && isText(title) && isText(text);
  if (!isSound || !isDate) throw new UserError(damaged(i));
  const plain = { link, title, text, kept };
  return picture === undefined ? plain : { ...plain, picture: decodePicture(picture, i) };
}

/** @param {unknown} base64 @param {number} i */
function decodePicture(base64, i) {
  try {
    const png = Uint8Array.from(atob(String(base64)), (letter) => letter.charCodeAt(0));
    const view = new DataView(png.buffer);
    const sides = [view.getUint32(16), view.getUint32(20)]; // of the header
    const isPng = PNG.every((byte, at) => png[at] === byte) && png.length <= MAX_PICTURE_BYTES;
    if (isPng && sides.every((side) => side <= MAX_PICTURE_SIDE)) return png;
  } catch {
    // neither base64 nor long enough for a header
  }
  throw new UserError(damaged(i));
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
