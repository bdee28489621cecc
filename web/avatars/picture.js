// @ts-check
/** Pictures of faces to download: their size, their background and their shape. */

import { enlarge } from "../core/enlarge.js";
import { make } from "../shared/dom.js";
import { toPng } from "../shared/share.js";
import { addTexts } from "./png-text.js";

/** CSS colors of backgrounds by name; "none" is transparent. @type {Record<string, string>} */
export const GROUNDS = {
  none: "",
  white: "#ffffff",
  sand: "#f1e2c6",
  sky: "#cbe1f5",
  mint: "#cdebd6",
  rose: "#f7d0d0",
  lilac: "#ddd2f0",
  night: "#2a3148",
};

/** @typedef {{ground: string, shape: string}} Look Background and "square" or "round". */

/**
 * Draw a face on a canvas, enlarged with sharp edges.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8ClampedArray} pixels RGBA of a face.
 * @param {Look} look
 */
export function paint(canvas, pixels, { ground, shape }) {
  const { width: side } = canvas;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, side, side);
  context.save();
  context.beginPath();
  if (shape === "round") context.arc(side / 2, side / 2, side / 2, 0, 2 * Math.PI);
  else context.rect(0, 0, side, side);
  context.clip();
  if (GROUNDS[ground]) {
    context.fillStyle = GROUNDS[ground];
    context.fillRect(0, 0, side, side);
  }
  const large = enlarge(pixels, side);
  const layer = make("canvas", { width: side, height: side });
  layer.getContext("2d").putImageData(new ImageData(/** @type {any} */ (large), side), 0, 0);
  context.drawImage(layer, 0, 0);
  context.restore();
}

/**
 * A PNG file of a face.
 *
 * @param {Uint8ClampedArray} pixels RGBA of a face.
 * @param {Look & {size: string}} look `size` is the width and height in pixels.
 * @param {string} code The code of the face, which is stored in the file; "" for none.
 * @returns {Promise<Uint8Array>}
 */
export async function encodePng(pixels, look, code) {
  const side = Number(look.size);
  const canvas = make("canvas", { width: side, height: side });
  paint(canvas, pixels, look);
  return addTexts(await toPng(canvas), { Software: "Gene", ...(code && { "Face code": code }) });
}
