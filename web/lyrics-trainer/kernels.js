// @ts-check
/** Matrix products in WebAssembly, on arrays in its memory; `web/vendor-sources/kernels.ts` is the source. */

const PAGE = 2 ** 16; // bytes by which the memory of WebAssembly grows
const ALIGNMENT = 16; // bytes of a vector
const PANEL_COLUMNS = 8;
const MIN_PANEL_ROWS = 16; // with fewer rows, copying columns takes more time than it saves

/** The matrix products of one training, and the memory of all its arrays. */
export class Kernels {
  /**
   * @param {WebAssembly.Module} module
   * @param {Record<string, number>} lengths Of the arrays.
   */
  static async load(module, lengths) {
    const sizes = Object.values(lengths);
    const needed = PAGE + sizes.reduce((bytes, length) => bytes + aligned(4 * length), 0);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(needed / PAGE) });
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    return new Kernels(exports, memory, lengths);
  }

  /** @param {any} exports @param {WebAssembly.Memory} memory @param {Record<string, number>} lengths */
  constructor(exports, memory, lengths) {
    this.exports = exports;
    /** The arrays, all zero. @type {Record<string, Float32Array<ArrayBuffer>>} */
    this.arrays = {};
    let address = PAGE; // no array is at address 0, because 0 means that there is no panel
    for (const [name, length] of Object.entries(lengths)) {
      this.arrays[name] = new Float32Array(memory.buffer, address, length);
      address += aligned(4 * length);
    }
  }

  /**
   * c (m, n) = a (m, k) b (k, n), or c += a b.
   *
   * @param {Float32Array} a
   * @param {Float32Array} b
   * @param {Float32Array} c
   * @param {number} m
   * @param {number} k
   * @param {number} n
   * @param {{adds?: boolean, aRow?: number, bRow?: number, cRow?: number}} options adds: whether to add to c. The
   *   others: distances between rows, in numbers, for an a, b or c that consists of columns of a larger matrix.
   */
  multiply(a, b, c, m, k, n, { adds = false, aRow = k, bRow = n, cRow = n } = {}) {
    const { panel } = this.arrays;
    const usesPanel = m >= MIN_PANEL_ROWS && PANEL_COLUMNS * k <= panel.length;
    this.exports.multiply(
      ...[a.byteOffset, 4 * aRow, b.byteOffset, 4 * bRow, c.byteOffset, 4 * cRow],
      ...[usesPanel ? panel.byteOffset : 0, m, k, n, adds],
    );
  }

  /**
   * b (columns, rows) = the transpose of a (rows, columns).
   *
   * @param {Float32Array} a
   * @param {Float32Array} b
   * @param {number} rows
   * @param {number} columns
   */
  transpose(a, b, rows, columns) {
    this.exports.transpose(a.byteOffset, b.byteOffset, rows, columns);
  }
}

/** The length that `panel` needs for matrices a with k columns. @param {number} k */
export const panelLength = (k) => PANEL_COLUMNS * k;

/** @param {number} bytes */
const aligned = (bytes) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
