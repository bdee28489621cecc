/**
 * A drawing becomes a picture as MNIST's were made: 20 pixels tall or wide, its centre of mass in the middle of 28 x 28.
 *
 * The twin of `data/digits/mnist_style.py`, where the rules are written; `tests/golden/drawing.json` holds the two together.
 */

const BOX = 20,
  SIDE = 28;

/**
 * @param {ArrayLike<number>} drawing from 0 (paper) to 1 (ink), row after row
 * @returns {Float32Array | null} the picture, 784 numbers; null of a drawing without ink
 */
export function asMnist(drawing, width) {
  const height = drawing.length / width,
    columns = new Float64Array(width),
    rows = new Float64Array(height);
  for (let i = 0; i < drawing.length; i++) {
    columns[i % width] += drawing[i];
    rows[Math.floor(i / width)] += drawing[i];
  }
  const [[left, right], [top, bottom]] = [ends(columns), ends(rows)];
  if (left < 0) return null;
  const [wide, tall] = [right - left, bottom - top];
  const [across, down] = [wide, tall].map((side) =>
    Math.max(1, Math.floor((side * BOX) / Math.max(wide, tall) + 0.5)),
  );
  const small = new Float64Array(across * down);
  for (const [y, shareOfRow] of areas(tall, down).entries())
    for (const [x, shareOfColumn] of areas(wide, across).entries()) {
      for (const [j, row] of shareOfRow)
        for (const [i, column] of shareOfColumn) {
          small[y * across + x] += row * column * drawing[(top + j) * width + left + i];
        }
    }
  return centred(small, across, down);
}

function centred(small, across, down) {
  const columns = new Float64Array(across),
    rows = new Float64Array(down),
    picture = new Float32Array(SIDE * SIDE);
  small.forEach((value, i) => {
    columns[i % across] += value;
    rows[Math.floor(i / across)] += value;
  });
  const [x, y] = [place(columns), place(rows)];
  small.forEach((value, i) => {
    picture[(y + Math.floor(i / across)) * SIDE + x + (i % across)] = value;
  });
  return picture;
}

/** The first place with ink, and one past the last. */
function ends(ink) {
  return [ink.findIndex((value) => value > 0), ink.findLastIndex((value) => value > 0) + 1];
}

/** For each of `pixels` new pixels the old ones that it covers, [place, share], of `size`. */
function areas(size, pixels) {
  const step = size / pixels;
  return Array.from({ length: pixels }, (_, pixel) => {
    const first = pixel * step,
      last = first + step,
      shares = [];
    for (let old = Math.floor(first); old < last && old < size; old++) {
      shares.push([old, (Math.min(last, old + 1) - Math.max(first, old)) / step]);
    }
    return shares;
  });
}

/** Where a side begins that has so much ink in each pixel. */
function place(mass) {
  const sum = mass.reduce((total, value) => total + value, 0);
  const centre = mass.reduce((total, value, i) => total + value * i, 0) / sum;
  return Math.min(Math.max(Math.floor(SIDE / 2 - centre + 0.5), 0), SIDE - mass.length);
}
