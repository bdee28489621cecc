// @ts-check
/**
 * A drawing: black or white cells, four to a pixel in each direction, like the scans that MNIST was made from.
 *
 * It has a pen of any thickness, an eraser, the 28 x 28 pixels that a network sees, and a short text form for links.
 */

/** Cells per side. */
export const SIDE = 112;

/** Pixels per side that a network sees. */
export const IMAGE_SIDE = 28;

const CELLS_PER_PIXEL = SIDE / IMAGE_SIDE;
const MAX_TEXT_LENGTH = 17_000; // a checkerboard has the longest text

export class DrawingBitmap {
  /** @param {Uint8Array} cells 1 is ink, row after row. */
  constructor(cells = new Uint8Array(SIDE * SIDE)) {
    this.cells = cells;
  }

  /**
   * Draw or erase a straight line.
   *
   * @param {number[]} from Where it starts, [x, y] in pixels.
   * @param {number[]} to Where it ends.
   * @param {number} thickness In pixels.
   * @param {0 | 1} value 1 draws, 0 erases.
   */
  stroke(from, to, thickness, value = 1) {
    const [ax, ay] = from.map((position) => position * CELLS_PER_PIXEL);
    const [bx, by] = to.map((position) => position * CELLS_PER_PIXEL);
    const radius = (thickness / 2) * CELLS_PER_PIXEL;
    const [left, right] = cellRange(ax, bx, radius);
    const [top, bottom] = cellRange(ay, by, radius);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const distance = squaredDistance([x + 0.5, y + 0.5], [ax, ay], [bx, by]);
        if (distance <= radius * radius) this.cells[y * SIDE + x] = value;
      }
    }
  }

  /** The share of the sheet that is covered with ink. */
  coverage() {
    return this.cells.reduce((sum, cell) => sum + cell, 0) / this.cells.length;
  }

  /** What a network sees: 784 values from 0 to 1. */
  pixels() {
    const pixels = new Float32Array(IMAGE_SIDE * IMAGE_SIDE);
    this.cells.forEach((cell, i) => {
      const row = Math.floor(i / SIDE / CELLS_PER_PIXEL);
      const column = Math.floor((i % SIDE) / CELLS_PER_PIXEL);
      pixels[row * IMAGE_SIDE + column] += cell;
    });
    return pixels.map((sum) => sum / (CELLS_PER_PIXEL * CELLS_PER_PIXEL));
  }

  /**
   * The drawing as text, for links.
   *
   * It consists of the lengths of runs of equal cells, white first, as variable-length integers of seven bits per byte, in
   * URL-safe base64. A final white run is left out.
   */
  pack() {
    let bytes = "";
    let run = 0;
    let value = 0;
    for (const cell of this.cells) {
      if (cell !== value) {
        bytes += encodeLength(run);
        run = 0;
      }
      value = cell;
      run++;
    }
    return encodeBase64(value ? bytes + encodeLength(run) : bytes);
  }

  /**
   * Decode the text of a drawing.
   *
   * @param {string} text What `pack` returned.
   * @returns {DrawingBitmap | undefined} Undefined if the text is damaged.
   */
  static unpack(text) {
    const lengths = decodeLengths(decodeBase64(text));
    if (!lengths) return undefined;
    const cells = new Uint8Array(SIDE * SIDE);
    let position = 0;
    for (const [i, length] of lengths.entries()) {
      if (position + length > cells.length) return undefined;
      cells.fill(i % 2, position, position + length);
      position += length;
    }
    return new DrawingBitmap(cells);
  }
}

/**
 * The first and the last cell that a stroke may touch along one axis.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} radius
 */
function cellRange(from, to, radius) {
  const first = Math.floor(Math.min(from, to) - radius);
  const last = Math.ceil(Math.max(from, to) + radius);
  return [Math.max(0, first), Math.min(SIDE - 1, last)];
}

/**
 * The squared distance of a point from the line from a to b.
 *
 * @param {number[]} point
 * @param {number[]} a
 * @param {number[]} b
 */
function squaredDistance([x, y], [ax, ay], [bx, by]) {
  const dx = bx - ax;
  const dy = by - ay;
  const squaredLength = dx * dx + dy * dy || 1;
  const projection = ((x - ax) * dx + (y - ay) * dy) / squaredLength;
  const along = Math.min(1, Math.max(0, projection));
  return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
}

/** @param {number} length */
function encodeLength(length) {
  let bytes = "";
  let rest = length;
  for (; rest > 127; rest >>= 7) bytes += String.fromCharCode((rest & 127) | 128);
  return bytes + String.fromCharCode(rest);
}

/**
 * @param {string | undefined} bytes
 * @returns {number[] | undefined}
 */
function decodeLengths(bytes) {
  if (bytes === undefined) return undefined;
  const lengths = [];
  let length = 0;
  let shift = 0;
  for (const character of bytes) {
    const byte = character.charCodeAt(0);
    length |= (byte & 127) << shift;
    shift += 7;
    if (shift > 21) return undefined;
    if (byte > 127) continue;
    lengths.push(length);
    length = 0;
    shift = 0;
  }
  return shift ? undefined : lengths;
}

/** @param {string} bytes */
const encodeBase64 = (bytes) =>
  btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** @param {string} text */
function decodeBase64(text) {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}
