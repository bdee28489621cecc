// @ts-check
/**
 * Cut a face out of its white background.
 *
 * Some networks draw on white and have no alpha channel. White that reaches the border is background; pixels along its edge are a mixture of white and of the darkest pixel next to them, the outline.
 */

const WHITE = 232; // the lightest skin is darker than that
const NEIGHBORS = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy]));

/**
 * Make the background of a face transparent.
 *
 * @param {Uint8ClampedArray} pixels RGBA of a square picture.
 * @returns {Uint8ClampedArray} RGBA, not premultiplied.
 */
export function cutOut(pixels) {
  const side = Math.sqrt(pixels.length / 4);
  const isBackground = findBackground(pixels, side);
  const result = pixels.slice();
  for (let i = 0; i < isBackground.length; i++) {
    const around = neighborsOf(i, side);
    const isEdge = around.some((j) => isBackground[j] !== isBackground[i]);
    if (isEdge) setEdge(result, pixels, i, darkest(pixels, around));
    else if (isBackground[i]) result[4 * i + 3] = 0;
  }
  return result;
}

/** @param {Uint8ClampedArray} pixels @param {number} side @returns {Uint8Array} 1 for each pixel of the background. */
function findBackground(pixels, side) {
  const found = new Uint8Array(side * side);
  const isWhite = (/** @type {number} */ i) =>
    Math.min(pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]) >= WHITE;
  const last = side - 1;
  const open = [...found.keys()].filter((i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return x === 0 || y === 0 || x === last || y === last;
  });
  while (open.length) {
    const i = /** @type {number} */ (open.pop());
    if (found[i] || !isWhite(i)) continue;
    found[i] = 1;
    open.push(...neighborsOf(i, side));
  }
  return found;
}

/** A pixel and those around it. @param {number} i @param {number} side */
function neighborsOf(i, side) {
  const [x, y] = [i % side, Math.floor(i / side)];
  return NEIGHBORS.map(([dx, dy]) => [x + dx, y + dy])
    .filter(([x, y]) => x >= 0 && y >= 0 && x < side && y < side)
    .map(([x, y]) => y * side + x);
}

/** @param {Uint8ClampedArray} pixels @param {number[]} indices */
function darkest(pixels, indices) {
  const light = (/** @type {number} */ i) => pixels[4 * i] + pixels[4 * i + 1] + pixels[4 * i + 2];
  return indices.reduce((best, i) => (light(i) < light(best) ? i : best));
}

/**
 * Split the color of a pixel at the edge into white and the color of the outline.
 *
 * @param {Uint8ClampedArray} result
 * @param {Uint8ClampedArray} pixels
 * @param {number} i
 * @param {number} outline Index of the darkest pixel next to it.
 */
function setEdge(result, pixels, i, outline) {
  const distance = (/** @type {number} */ j) => [0, 1, 2].map((c) => 255 - pixels[4 * j + c]);
  const [own, full] = [distance(i), distance(outline)];
  const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) =>
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const alpha = Math.min(1, dot(own, full) / Math.max(1, dot(full, full)));
  for (const c of [0, 1, 2]) result[4 * i + c] = alpha ? 255 - own[c] / alpha : 0;
  result[4 * i + 3] = 255 * alpha;
}
