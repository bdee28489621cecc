// @ts-check
/**
 * The digits that come with the networks: eigen-digits, some test digits, and the pixel values of real digits.
 *
 * `export/digits.py` writes them into digits.json and digits.bin. The latter contains the mean digit (784 bytes), the
 * components (784 signed bytes each, to be scaled), the test digits (784 bytes each), and for each digit 256 quantiles
 * of its pixels, then for each digit 256 quantiles of its ink.
 */

const NUM_PIXELS = 784;
const NUM_QUANTILES = 256;

/**
 * Parse both files.
 *
 * @param {{scales: number[], deviations: number[], explained: number[], labels: number[], statistics: number[][],
 *     transfer?: Record<string, string>[]}} description digits.json
 * @param {Uint8Array} bytes digits.bin
 * @returns {{eigen: EigenDigits, samples: Float32Array[], labels: number[], transfer: Record<string, string>[],
 *     pixels: {statistics: number[], quantiles: Uint8Array, ink: Uint8Array}[]}}
 *     transfer: the rows of a table, each {column: value}; pixels: one entry per digit
 */
export function readDigits(description, bytes) {
  const { scales, deviations, explained, labels, statistics, transfer = [] } = description;
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const scaled = (values, index, scale) =>
    Float32Array.from(
      values.subarray(index * NUM_PIXELS, (index + 1) * NUM_PIXELS),
      (byte) => byte * scale,
    );
  const components = scales.map((scale, i) => scaled(signed, 1 + i, scale));
  const quantilesStart = (1 + scales.length + labels.length) * NUM_PIXELS;
  const quantiles = (index) => {
    const begin = quantilesStart + index * NUM_QUANTILES;
    return bytes.subarray(begin, begin + NUM_QUANTILES);
  };
  return {
    eigen: new EigenDigits(scaled(bytes, 0, 1 / 255), components, deviations, explained),
    samples: labels.map((_, i) => scaled(bytes, 1 + scales.length + i, 1 / 255)),
    labels,
    transfer,
    pixels: statistics.map((values, digit) => ({
      statistics: values,
      quantiles: quantiles(digit),
      ink: quantiles(statistics.length + digit),
    })),
  };
}

export class EigenDigits {
  /**
   * @param {Float32Array} mean The mean digit.
   * @param {Float32Array[]} components Unit vectors, in descending order of variance.
   * @param {number[]} deviations Standard deviation of each component's coefficient.
   * @param {number[]} shares Share of the variance that each component explains.
   */
  constructor(mean, components, deviations, shares) {
    this.mean = mean;
    this.components = components;
    this.deviations = deviations;
    this.shares = shares;
  }

  /** The coefficients of an image. @param {Float32Array} picture */
  coefficients(picture) {
    return Float32Array.from(this.components, (component) =>
      component.reduce((sum, value, i) => sum + value * (picture[i] - this.mean[i]), 0),
    );
  }

  /**
   * The image with the given coefficients, clipped to [0, 1].
   *
   * @param {ArrayLike<number>} coefficients Coefficients of the first components.
   */
  build(coefficients) {
    return this.mean.map((mean, i) => {
      let value = mean;
      for (let k = 0; k < coefficients.length; k++)
        value += coefficients[k] * this.components[k][i];
      return Math.min(1, Math.max(0, value));
    });
  }

  /** The share of the variance that the first components explain. @param {number} count */
  explained(count) {
    return this.shares.slice(0, count).reduce((sum, share) => sum + share, 0);
  }
}
