/**
 * The matrix products that take up most of the training time, in WebAssembly with SIMD. The language is AssemblyScript;
 * `make` compiles it into web/vendor/kernels.wasm, and web/lyrics-trainer/kernels.js calls it.
 *
 * Matrices are row-major float32 in memory shared with JavaScript. Addresses and distances between rows are in bytes.
 */

const LANES = 4; // numbers per vector
const WIDTH = 2 * LANES; // columns per pass
const BYTES: usize = WIDTH * sizeof<f32>();
const HEIGHT = 4; // rows per pass: 4 x 8 sums fit into the registers

/**
 * c = a b, or c += a b.
 *
 * @param panel Memory for (k, 8) numbers, into which eight columns of b at a time are copied, to use the cache better;
 *   0 to read b in place.
 * @param adds Whether to compute c += a b.
 */
export function multiply(
  a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, panel: usize, m: i32, k: i32, n: i32, adds: bool,
): void {
  const wide = n - (n % WIDTH);
  for (let column = 0; column < wide; column += WIDTH) {
    const offset = (<usize>column) * sizeof<f32>();
    if (panel) pack(b + offset, bRow, panel, k);
    const source = panel ? panel : b + offset;
    const distance = panel ? BYTES : bRow;
    let row = 0;
    for (; row + HEIGHT <= m; row += HEIGHT)
      fourRows(a + (<usize>row) * aRow, aRow, source, distance, c + (<usize>row) * cRow + offset, cRow, k, adds);
    for (; row < m; row++)
      oneRow(a + (<usize>row) * aRow, source, distance, c + (<usize>row) * cRow + offset, k, adds);
  }
  for (let column = wide; column < n; column++) {
    const offset = (<usize>column) * sizeof<f32>();
    for (let row = 0; row < m; row++)
      oneNumber(a + (<usize>row) * aRow, b + offset, bRow, c + (<usize>row) * cRow + offset, k, adds);
  }
}

/** Copy eight columns. */
function pack(b: usize, bRow: usize, panel: usize, k: i32): void {
  for (let i = 0; i < k; i++) {
    v128.store(panel, v128.load(b));
    v128.store(panel, v128.load(b, 16), 16);
    b += bRow;
    panel += BYTES;
  }
}

/** Four rows and eight columns of c. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function fourRows(a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, k: i32, adds: bool): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  let left0 = start(c, adds);
  let left1 = start(c1, adds);
  let left2 = start(c2, adds);
  let left3 = start(c3, adds);
  let right0 = start(c + 16, adds);
  let right1 = start(c1 + 16, adds);
  let right2 = start(c2 + 16, adds);
  let right3 = start(c3 + 16, adds);
  const end = a + (<usize>k) * sizeof<f32>();
  for (; a < end; a += sizeof<f32>()) {
    const left = v128.load(b);
    const right = v128.load(b, 16);
    const factor0 = v128.load32_splat(a);
    left0 = f32x4.add(left0, f32x4.mul(factor0, left));
    right0 = f32x4.add(right0, f32x4.mul(factor0, right));
    const factor1 = v128.load32_splat(a1);
    left1 = f32x4.add(left1, f32x4.mul(factor1, left));
    right1 = f32x4.add(right1, f32x4.mul(factor1, right));
    const factor2 = v128.load32_splat(a2);
    left2 = f32x4.add(left2, f32x4.mul(factor2, left));
    right2 = f32x4.add(right2, f32x4.mul(factor2, right));
    const factor3 = v128.load32_splat(a3);
    left3 = f32x4.add(left3, f32x4.mul(factor3, left));
    right3 = f32x4.add(right3, f32x4.mul(factor3, right));
    a1 += sizeof<f32>();
    a2 += sizeof<f32>();
    a3 += sizeof<f32>();
    b += bRow;
  }
  v128.store(c, left0);
  v128.store(c, right0, 16);
  v128.store(c1, left1);
  v128.store(c1, right1, 16);
  v128.store(c2, left2);
  v128.store(c2, right2, 16);
  v128.store(c3, left3);
  v128.store(c3, right3, 16);
}

/** Eight columns of a row of c. */
function oneRow(a: usize, b: usize, bRow: usize, c: usize, k: i32, adds: bool): void {
  let left = start(c, adds);
  let right = start(c + 16, adds);
  for (let i = 0; i < k; i++) {
    const factor = v128.load32_splat(a);
    left = f32x4.add(left, f32x4.mul(factor, v128.load(b)));
    right = f32x4.add(right, f32x4.mul(factor, v128.load(b, 16)));
    a += sizeof<f32>();
    b += bRow;
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** One element of c. */
function oneNumber(a: usize, b: usize, bRow: usize, c: usize, k: i32, adds: bool): void {
  let sum: f32 = adds ? load<f32>(c) : 0;
  for (let i = 0; i < k; i++) {
    sum += load<f32>(a) * load<f32>(b);
    a += sizeof<f32>();
    b += bRow;
  }
  store<f32>(c, sum);
}

/** Initial values of four sums: the numbers at c, or 0. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function start(c: usize, adds: bool): v128 {
  return adds ? v128.load(c) : f32x4.splat(0);
}

const BLOCK = 16; // of rows and columns: a block stays in the cache

/** Write the transpose of a (rows, columns) to b (columns, rows). */
export function transpose(a: usize, b: usize, rows: i32, columns: i32): void {
  for (let top = 0; top < rows; top += BLOCK)
    for (let left = 0; left < columns; left += BLOCK)
      transposeBlock(a, b, rows, columns, top, left);
}

function transposeBlock(a: usize, b: usize, rows: i32, columns: i32, top: i32, left: i32): void {
  const bottom = min(top + BLOCK, rows);
  const right = min(left + BLOCK, columns);
  for (let column = left; column < right; column++)
    for (let row = top; row < bottom; row++)
      store<f32>(
        b + (<usize>(column * rows + row)) * sizeof<f32>(),
        load<f32>(a + (<usize>(row * columns + column)) * sizeof<f32>()),
      );
}
