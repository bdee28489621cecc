/**
 * The statistics of a picture's pixels: which values it has, and how far neighbours differ.
 *
 * The twin of `metrics/pixel_statistics.py`, where they are described; `tests/golden/pixels.json` holds the two together. Pictures
 * are flat, 784 whole numbers from 0 (paper) to 255 (ink).
 */

const SIDE = 28,
  BINS = 10,
  LAGS = 14,
  FULL = 255;
const BIN = Uint8Array.from({ length: 256 }, (_, value) =>
  Math.max(Math.floor((value * BINS + 254) / FULL) - 1, 0),
);

/** The statistics of one picture: shares of 10 bins, differences 1 to 14 apart along x, and along y. */
export function statistics(picture) {
  const found = new Float64Array(BINS + 2 * LAGS);
  for (const value of picture) found[BIN[value]]++;
  for (let k = 0; k < BINS; k++) found[k] /= SIDE * SIDE;
  for (let lag = 1; lag <= LAGS; lag++) {
    const pairs = SIDE * (SIDE - lag) * FULL;
    let [alongX, alongY] = [0, 0];
    for (let line = 0; line < SIDE; line++)
      for (let i = 0; i + lag < SIDE; i++) {
        alongX += Math.abs(picture[line * SIDE + i] - picture[line * SIDE + i + lag]);
        alongY += Math.abs(picture[i * SIDE + line] - picture[(i + lag) * SIDE + line]);
      }
    found[BINS + lag - 1] = alongX / pairs;
    found[BINS + LAGS + lag - 1] = alongY / pairs;
  }
  return found;
}

/** How far statistics are from a target: the mean differences of bins, of x and of y, added up. */
export function distance(found, target) {
  const mean = (from, to) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += Math.abs(found[i] - target[i]);
    return sum / (to - from);
  };
  return mean(0, BINS) + mean(BINS, BINS + LAGS) + mean(BINS + LAGS, BINS + 2 * LAGS);
}
