// @ts-check
/**
 * Enlarge pictures of flat colors so that their edges stay sharp; the twin of `generate/enlarge.py`.
 *
 * A bicubic enlargement spreads each edge over several pixels. Then every pixel takes the color of a
 * place farther away from the edge, so that all of the change happens on a narrow line. All of this is
 * done with premultiplied colors, so the outline of a picture stays sharp, too.
 */

const STRENGTH = 0.5;
const REACH = 1; // how far away a color may come from, in pixels of the small picture
const FLAT = 0.008; // change per pixel of the small picture; well below it, colors hardly move
const BLUR = 4; // the change is averaged over a radius of 1 / BLUR pixels of the small picture
const CHANNELS = 4;

/**
 * @param {Uint8ClampedArray} pixels RGBA of a square picture.
 * @param {number} side Width and height of the result.
 * @returns {Uint8ClampedArray} RGBA; `pixels` itself if it is already this large.
 */
export function enlarge(pixels, side) {
  const from = Math.sqrt(pixels.length / CHANNELS);
  if (side <= from) return pixels;
  const smooth = enlargeSmoothly(premultiply(pixels), from, side);
  return unpremultiply(steepen(smooth, side, side / from));
}

/** @param {Uint8ClampedArray} pixels @returns {Float32Array} From 0 to 1. */
function premultiply(pixels) {
  const result = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += CHANNELS) {
    const alpha = pixels[i + 3] / 255;
    for (let c = 0; c < 3; c++) result[i + c] = (pixels[i + c] / 255) * alpha;
    result[i + 3] = alpha;
  }
  return result;
}

/** @param {Float32Array} colors @returns {Uint8ClampedArray} */
function unpremultiply(colors) {
  const result = new Uint8ClampedArray(colors.length);
  for (let i = 0; i < colors.length; i += CHANNELS) {
    const alpha = Math.min(1, colors[i + 3]);
    if (alpha <= 0) continue;
    for (let c = 0; c < 3; c++) result[i + c] = (255 * colors[i + c]) / alpha;
    result[i + 3] = 255 * alpha;
  }
  return result;
}

/** Bicubic interpolation (Keys, 1981). @param {Float32Array} colors @param {number} from @param {number} to */
function enlargeSmoothly(colors, from, to) {
  const taps = Array.from({ length: to }, (_, i) => tapsOf(i, from, to));
  const wide = new Float32Array(from * to * CHANNELS);
  for (let y = 0; y < from; y++)
    for (let x = 0; x < to; x++)
      addTaps(wide, (y * to + x) * CHANNELS, colors, y * from * CHANNELS, CHANNELS, taps[x]);
  const result = new Float32Array(to * to * CHANNELS);
  for (let y = 0; y < to; y++)
    for (let x = 0; x < to; x++)
      addTaps(result, (y * to + x) * CHANNELS, wide, x * CHANNELS, to * CHANNELS, taps[y]);
  return result;
}

/**
 * The four pixels of the small picture nearest to pixel `i` of the result, along one axis, and their weights.
 *
 * @param {number} i @param {number} from @param {number} to
 * @returns {{places: number[], weights: number[]}}
 */
function tapsOf(i, from, to) {
  const center = ((i + 0.5) * from) / to - 0.5;
  const first = Math.floor(center) - 1;
  const places = [0, 1, 2, 3].map((k) => Math.min(from - 1, Math.max(0, first + k)));
  return { places, weights: [0, 1, 2, 3].map((k) => cubic(Math.abs(center - first - k))) };
}

/** @param {number} distance */
const cubic = (distance) =>
  distance < 1
    ? (1.5 * distance - 2.5) * distance * distance + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;

/** @param {Float32Array} out @param {number} at @param {Float32Array} colors @param {number} start @param {number} step @param {{places: number[], weights: number[]}} taps */
function addTaps(out, at, colors, start, step, { places, weights }) {
  for (let k = 0; k < 4; k++) {
    const place = start + places[k] * step;
    const weight = weights[k];
    for (let c = 0; c < CHANNELS; c++) out[at + c] += weight * colors[place + c];
  }
}

/**
 * Move colors toward edges.
 *
 * @param {Float32Array} colors
 * @param {number} side
 * @param {number} factor Pixels per pixel of the small picture.
 */
function steepen(colors, side, factor) {
  const radius = Math.round(factor / BLUR);
  const change = blur(blur(changeOf(colors, side), side, radius), side, radius);
  const result = new Float32Array(colors.length);
  const [strength, reach, flat] = [STRENGTH * factor * factor, REACH * factor, FLAT / factor];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [dx, dy] = slope(change, side, x, y);
      const steepness = Math.sqrt(dx * dx + dy * dy);
      const length = (strength * steepness) / (change[y * side + x] + flat);
      const scale = steepness ? (-reach * Math.tanh(length / reach)) / steepness : 0;
      sample(result, (y * side + x) * CHANNELS, colors, side, x + scale * dx, y + scale * dy);
    }
  return result;
}

/** How much the colors change at each pixel. @param {Float32Array} colors @param {number} side */
function changeOf(colors, side) {
  const change = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [left, right, up, down] = neighbors(side, x, y);
      let sum = 0;
      for (let c = 0; c < CHANNELS; c++) {
        const across = colors[CHANNELS * right + c] - colors[CHANNELS * left + c];
        const along = colors[CHANNELS * down + c] - colors[CHANNELS * up + c];
        sum += across * across + along * along;
      }
      change[y * side + x] = Math.sqrt(sum) / 2;
    }
  return change;
}

/** Indices of the pixels left, right, above and below. @param {number} side @param {number} x @param {number} y */
function neighbors(side, x, y) {
  const last = side - 1;
  return [
    y * side + Math.max(0, x - 1),
    y * side + Math.min(last, x + 1),
    Math.max(0, y - 1) * side + x,
    Math.min(last, y + 1) * side + x,
  ];
}

/** @param {Float32Array} values @param {number} side @param {number} x @param {number} y */
function slope(values, side, x, y) {
  const [left, right, up, down] = neighbors(side, x, y);
  return [(values[right] - values[left]) / 2, (values[down] - values[up]) / 2];
}

/** The mean of a square around each value. @param {Float32Array} values @param {number} side @param {number} radius */
function blur(values, side, radius) {
  if (!radius) return values;
  return blurAlong(blurAlong(values, side, radius, 1, side), side, radius, side, 1);
}

/** @param {Float32Array} values @param {number} side @param {number} radius @param {number} step Between neighbors. @param {number} stride Between lines. */
function blurAlong(values, side, radius, step, stride) {
  const result = new Float32Array(values.length);
  const last = side - 1;
  for (let line = 0; line < side; line++)
    for (let i = 0; i < side; i++) {
      let sum = 0;
      for (let j = i - radius; j <= i + radius; j++)
        sum += values[line * stride + Math.min(last, Math.max(0, j)) * step];
      result[line * stride + i * step] = sum / (2 * radius + 1);
    }
  return result;
}

/** Bilinear interpolation. @param {Float32Array} out @param {number} at @param {Float32Array} colors @param {number} side @param {number} x @param {number} y */
function sample(out, at, colors, side, x, y) {
  const last = side - 1;
  const [column, row] = [Math.min(last, Math.max(0, x)), Math.min(last, Math.max(0, y))];
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(last, left + 1), Math.min(last, top + 1)];
  const [a, b] = [column - left, row - top];
  const start = CHANNELS * (top * side + left);
  const toRight = CHANNELS * (right - left);
  const down = CHANNELS * side * (bottom - top);
  for (let c = 0; c < CHANNELS; c++) {
    const i = start + c;
    const upper = (1 - a) * colors[i] + a * colors[i + toRight];
    const lower = (1 - a) * colors[i + down] + a * colors[i + down + toRight];
    out[at + c] = (1 - b) * upper + b * lower;
  }
}
