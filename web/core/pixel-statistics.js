// @ts-check
/**
 * Statistics of an image's pixels: which values it has, and how much neighbors differ.
 *
 * They are described in `metrics/pixel_statistics.py`; `tests/golden/pixels.json` checks both. Images are 784
 * integers from 0 (paper) to 255 (ink).
 */

const IMAGE_SIDE = 28;
const NUM_BINS = 10;
const NUM_LAGS = 14;
const FULL_INK = 255;

/** The bin of each value: bin k holds values above k / 10 up to (k + 1) / 10 of full ink. */
const BIN_OF = Uint8Array.from({ length: FULL_INK + 1 }, (_, value) =>
  Math.max(Math.floor((value * NUM_BINS + FULL_INK - 1) / FULL_INK) - 1, 0),
);

/**
 * The statistics of one image.
 *
 * @param {ArrayLike<number>} picture
 * @returns {Float64Array} Shares of 10 bins, mean differences of pixels 1 to 14 apart along x, the same along y.
 */
export function statistics(picture) {
  const result = new Float64Array(NUM_BINS + 2 * NUM_LAGS);
  for (let i = 0; i < picture.length; i++) result[BIN_OF[picture[i]]]++;
  for (let bin = 0; bin < NUM_BINS; bin++) result[bin] /= IMAGE_SIDE * IMAGE_SIDE;
  for (let lag = 1; lag <= NUM_LAGS; lag++) {
    result[NUM_BINS + lag - 1] = meanDifference(picture, lag, 1, IMAGE_SIDE);
    result[NUM_BINS + NUM_LAGS + lag - 1] = meanDifference(picture, lag, IMAGE_SIDE, 1);
  }
  return result;
}

/**
 * The mean absolute difference of pixels, as a share of full ink.
 *
 * @param {ArrayLike<number>} picture
 * @param {number} lag Distance between the two pixels.
 * @param {number} step Offset in the array between neighbors in a line.
 * @param {number} lineStep Offset in the array between neighboring lines.
 */
function meanDifference(picture, lag, step, lineStep) {
  let sum = 0;
  for (let line = 0; line < IMAGE_SIDE; line++) {
    for (let i = 0; i + lag < IMAGE_SIDE; i++) {
      const index = line * lineStep + i * step;
      sum += Math.abs(picture[index] - picture[index + lag * step]);
    }
  }
  return sum / (IMAGE_SIDE * (IMAGE_SIDE - lag) * FULL_INK);
}

/**
 * The distance of statistics from a target: the sum of the mean absolute errors of its three parts (bins, x and y).
 *
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} target
 */
export function distance(found, target) {
  const meanError = (begin, end) => {
    let sum = 0;
    for (let i = begin; i < end; i++) sum += Math.abs(found[i] - target[i]);
    return sum / (end - begin);
  };
  return (
    meanError(0, NUM_BINS) +
    meanError(NUM_BINS, NUM_BINS + NUM_LAGS) +
    meanError(NUM_BINS + NUM_LAGS, NUM_BINS + 2 * NUM_LAGS)
  );
}
