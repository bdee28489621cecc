// @ts-check
/**
 * Size and center a drawing the way MNIST's digits were made.
 *
 * The rules are in `data/digits/mnist_style.py`; `tests/golden/drawing.json` checks both.
 */

const BOX_SIDE = 20;
const IMAGE_SIDE = 28;

/**
 * Size and center a drawing like an MNIST digit.
 *
 * @param {ArrayLike<number>} drawing From 0 (paper) to 1 (ink), row after row.
 * @param {number} width Values per row.
 * @returns {Float32Array | null} 784 pixels; null if the drawing has no ink.
 */
export function asMnist(drawing, width) {
  const [columnSums, rowSums] = sums(drawing, width);
  const [left, right] = span(columnSums);
  const [top, bottom] = span(rowSums);
  if (left < 0) return null;
  const boxWidth = right - left;
  const boxHeight = bottom - top;
  const scale = (side) =>
    Math.max(1, Math.floor((side * BOX_SIDE) / Math.max(boxWidth, boxHeight) + 0.5));
  const columns = areaWeights(boxWidth, scale(boxWidth));
  const rows = areaWeights(boxHeight, scale(boxHeight));
  const small = new Float64Array(columns.length * rows.length);
  for (const [y, rowWeights] of rows.entries()) {
    for (const [x, columnWeights] of columns.entries()) {
      for (const [j, rowWeight] of rowWeights) {
        for (const [i, columnWeight] of columnWeights) {
          const ink = drawing[(top + j) * width + left + i];
          small[y * columns.length + x] += rowWeight * columnWeight * ink;
        }
      }
    }
  }
  return center(small, columns.length);
}

/**
 * Center an image in a larger one by its center of mass.
 *
 * @param {Float64Array} small
 * @param {number} width
 */
function center(small, width) {
  const [columnSums, rowSums] = sums(small, width);
  const x = centeredOffset(columnSums);
  const y = centeredOffset(rowSums);
  const picture = new Float32Array(IMAGE_SIDE * IMAGE_SIDE);
  small.forEach((value, i) => {
    const row = y + Math.floor(i / width);
    const column = x + (i % width);
    picture[row * IMAGE_SIDE + column] = value;
  });
  return picture;
}

/**
 * The ink of each column and of each row.
 *
 * @param {ArrayLike<number>} values
 * @param {number} width
 */
function sums(values, width) {
  const columns = new Float64Array(width);
  const rows = new Float64Array(values.length / width);
  for (let i = 0; i < values.length; i++) {
    columns[i % width] += values[i];
    rows[Math.floor(i / width)] += values[i];
  }
  return [columns, rows];
}

/** The first index with ink, and the one after the last; [-1, 0] without ink. @param {Float64Array} ink */
function span(ink) {
  const hasInk = (value) => value > 0;
  return [ink.findIndex(hasInk), ink.findLastIndex(hasInk) + 1];
}

/**
 * For each new pixel, the old pixels that it covers and their weights, [index, weight].
 *
 * @param {number} size Old pixels.
 * @param {number} pixels New pixels.
 */
function areaWeights(size, pixels) {
  const step = size / pixels;
  return Array.from({ length: pixels }, (_, pixel) => {
    const begin = pixel * step;
    const end = begin + step;
    const weights = [];
    for (let old = Math.floor(begin); old < end && old < size; old++) {
      const overlap = Math.min(end, old + 1) - Math.max(begin, old);
      weights.push([old, overlap / step]);
    }
    return weights;
  });
}

/** The offset that puts the center of mass in the middle. @param {Float64Array} mass Ink per row or column. */
function centeredOffset(mass) {
  const total = mass.reduce((sum, value) => sum + value, 0);
  const middle = mass.reduce((sum, value, i) => sum + value * i, 0) / total;
  const offset = Math.floor(IMAGE_SIDE / 2 - middle + 0.5);
  return Math.min(Math.max(offset, 0), IMAGE_SIDE - mass.length);
}
