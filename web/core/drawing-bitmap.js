/**
 * A drawing: black or white cells, four to a pixel each way, as the scans were that MNIST was made of.
 *
 * A pen of any thickness, a rubber, the 28 x 28 pixels that a network sees, and the few letters that a link carries.
 */

export const SIDE = 112,
  PIXELS = 28;
const FINE = SIDE / PIXELS,
  LONGEST = 17_000; // letters, for a sheet of specks

export class Ink {
  constructor(cells = new Uint8Array(SIDE * SIDE)) {
    this.cells = cells;
  }

  /** Draw, or rub out, from one point to another; places and thickness in pixels of 28 across. */
  stroke([x1, y1], [x2, y2], thickness, value = 1) {
    const [ax, ay, bx, by, radius] = [x1, y1, x2, y2, thickness / 2].map((place) => place * FINE);
    const range = (one, other) => [
      Math.max(0, Math.floor(Math.min(one, other) - radius)),
      Math.min(SIDE - 1, Math.ceil(Math.max(one, other) + radius)),
    ];
    const [[left, right], [top, bottom]] = [range(ax, bx), range(ay, by)];
    const [dx, dy] = [bx - ax, by - ay],
      length = dx * dx + dy * dy || 1;
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length));
        if ((px - along * dx) ** 2 + (py - along * dy) ** 2 <= radius * radius)
          this.cells[y * SIDE + x] = value;
      }
  }

  /** The share of the sheet that is covered. */
  covered() {
    return this.cells.reduce((sum, cell) => sum + cell, 0) / this.cells.length;
  }

  /** What a network sees of it, as it is: 784 numbers from 0 to 1. */
  pixels() {
    const pixels = new Float32Array(PIXELS * PIXELS);
    this.cells.forEach((cell, i) => {
      pixels[Math.floor(i / SIDE / FINE) * PIXELS + Math.floor((i % SIDE) / FINE)] += cell;
    });
    return pixels.map((sum) => sum / (FINE * FINE));
  }

  /** The lengths of the runs of equal cells, white first, seven bits a byte, in base64 for addresses. */
  pack() {
    let bytes = "",
      run = 0,
      value = 0;
    const push = () => {
      for (; run > 127; run >>= 7) bytes += String.fromCharCode((run & 127) | 128);
      bytes += String.fromCharCode(run);
      run = 0;
    };
    for (const cell of this.cells) {
      if (cell !== value) push();
      value = cell;
      run++;
    }
    return value ? (push(), encode(bytes)) : encode(bytes);
  }

  /** The drawing that `pack` packed; undefined when it is none. */
  static unpack(text) {
    const cells = new Uint8Array(SIDE * SIDE);
    let place = 0,
      value = 0,
      run = 0,
      shift = 0;
    for (const letter of decode(text) ?? "\u0080") {
      const byte = letter.charCodeAt(0);
      run |= (byte & 127) << shift;
      shift += 7;
      if (shift > 21) return undefined;
      if (byte > 127) continue;
      if (place + run > cells.length) return undefined;
      cells.fill(value, place, (place += run));
      value = 1 - value;
      run = shift = 0;
    }
    return shift ? undefined : new Ink(cells);
  }
}

const encode = (bytes) => btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function decode(text) {
  try {
    return text.length > LONGEST ? undefined : atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
}
