/** Digits on canvases, one canvas pixel per pixel, in the colors of the page; and bars for the networks' answers. */

import { make } from "../shared/dom.js";

const IMAGE_SIDE = 28;
const NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE;
const TILE = IMAGE_SIDE + 1; // with a gap
const ENLARGEMENT = 10;

/**
 * What each canvas shows, to paint it again when the color scheme changes.
 *
 * @type {Map<HTMLCanvasElement, [ArrayLike<number>, number, number]>}
 */
const painted = new Map();
matchMedia("print, (prefers-color-scheme: light)").addEventListener("change", () => {
  for (const [canvas, args] of painted) paint(canvas, ...args);
});

/**
 * Paint images side by side: opaque where they are `max`, transparent where they are 0, in a second color below 0.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} pictures 784 values each.
 * @param {number} columns Images per row.
 * @param {number} max Value of full ink.
 */
export function paint(canvas, pictures, columns = 1, max = 1) {
  painted.set(canvas, [pictures, columns, max]);
  const style = getComputedStyle(canvas);
  const positive = channels(style.color);
  const negative = channels(style.getPropertyValue("--under") || style.color);
  const count = pictures.length / NUM_PIXELS;
  const width = columns * TILE - 1;
  const height = Math.ceil(count / columns) * TILE - 1;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < pictures.length; i++) {
    const { x, y } = position(i, columns);
    const value = pictures[i] / max;
    const alpha = Math.min(1, Math.abs(value)) * 255;
    image.data.set([...(value < 0 ? negative : positive), alpha], (y * width + x) * 4);
  }
  context.putImageData(image, 0, 0);
}

/** Stop keeping what a canvas shows, once it is gone. @param {HTMLCanvasElement} canvas */
export const forget = (canvas) => painted.delete(canvas);

/** Where pixel i of images side by side is on the canvas. */
function position(i, columns) {
  const picture = Math.floor(i / NUM_PIXELS);
  const pixel = i % NUM_PIXELS;
  return {
    x: (picture % columns) * TILE + (pixel % IMAGE_SIDE),
    y: Math.floor(picture / columns) * TILE + Math.floor(pixel / IMAGE_SIDE),
  };
}

/** The three channels of a color that the browser computed (rgb(...)) or that the style sheet gives (#rrggbb). */
function channels(color) {
  const hex = /^\s*#(..)(..)(..)/.exec(color);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  return color.match(/\d+/g).slice(0, 3).map(Number);
}

/** An image as a canvas to save: black on white, 280 pixels wide. */
export function enlarged(picture) {
  const side = IMAGE_SIDE * ENLARGEMENT;
  const canvas = make("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  picture.forEach((value, i) => {
    const gray = Math.round(255 * (1 - value));
    const x = (i % IMAGE_SIDE) * ENLARGEMENT;
    const y = Math.floor(i / IMAGE_SIDE) * ENLARGEMENT;
    context.fillStyle = `rgb(${gray} ${gray} ${gray})`;
    context.fillRect(x, y, ENLARGEMENT, ENLARGEMENT);
  });
  return canvas;
}

/** A confidence as a percentage; never rounded up to 100. */
export function percent(share) {
  if (share >= 0.99) return `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
  if (share >= 0.1) return `${Math.round(share * 100)}%`;
  return `${(share * 100).toFixed(share < 5e-4 ? 0 : 1)}%`;
}

export const capitalize = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Ten bars for each network. */
export class Bars {
  /**
   * @param {HTMLElement} box
   * @param {{name: string, label: string}[]} networks
   */
  constructor(box, networks) {
    this.networks = networks;
    this.rows = networks.map(({ name, label }) => {
      const list = make("ol", { className: "bars", ariaLabel: `What the ${name} network says` });
      box.append(make("div", {}, make("h3", { textContent: label }), list));
      return Array.from({ length: 10 }, (_, digit) => makeBar(list, digit));
    });
  }

  /** @param {(Float32Array | null)[] | null} answers Ten confidences per network; null to empty the bars. */
  show(answers) {
    for (const [i, rows] of this.rows.entries()) {
      const answer = answers?.[i];
      const top = answer ? mostLikely(answer).digit : -1;
      for (const [digit, { row, bar, text }] of rows.entries()) {
        bar.value = answer?.[digit] ?? 0;
        text.textContent = answer ? percent(answer[digit]) : "";
        row.classList.toggle("top", digit === top);
      }
    }
  }

  /** The answers as sentences. */
  describe(answers) {
    return answers.map((answer, i) => this.describeOne(answer, this.networks[i].name)).join(" ");
  }

  describeOne(answer, name) {
    const { digit, share } = mostLikely(answer);
    if (share < 0.5) return `The ${name} network is unsure (perhaps ${digit}: ${percent(share)}).`;
    return `The ${name} network says ${digit} (${percent(share)}).`;
  }
}

function makeBar(list, digit) {
  const bar = make("progress", { max: 1, value: 0, ariaLabel: `${digit}` });
  const text = make("span");
  const row = make("li", {}, make("b", { textContent: digit }), bar, text);
  list.append(row);
  return { row, bar, text };
}

/** The most likely of ten answers. */
export function mostLikely(answer) {
  const digit = answer.indexOf(Math.max(...answer));
  return { digit, share: answer[digit] };
}
