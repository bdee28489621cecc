/**
 * The digits that come along with the networks: eigen-digits, a few test digits, and how real digits are inked.
 *
 * `export/digits.py` writes them: digits.json, and digits.bin with the average digit (784 bytes), the components (784 signed
 * bytes each, to be scaled), the test digits (784 bytes each), and 256 bytes a digit for its palette, then for its ink.
 */

const PIXELS = 784,
  VALUES = 256;

/**
 * Both files, read.
 * @returns {{eigen: Eigen, samples: Float32Array[], labels: number[], pixels: object[], transfer: object[]}}
 *     pixels: of each digit its {statistics, palette, ink}; transfer: rows of a table, by column
 */
export function readDigits(
  { scales, deviations, explained, labels, statistics, transfer = [] },
  bytes,
) {
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const colours = (1 + scales.length + labels.length) * PIXELS;
  const row = (all, i, scale) =>
    Float32Array.from(all.subarray(i * PIXELS, (i + 1) * PIXELS), (byte) => byte * scale);
  const values = (i) => bytes.subarray(colours + i * VALUES, colours + (i + 1) * VALUES);
  return {
    eigen: new Eigen(
      row(bytes, 0, 1 / 255),
      scales.map((scale, i) => row(signed, i + 1, scale)),
      deviations,
      explained,
    ),
    samples: labels.map((_, i) => row(bytes, 1 + scales.length + i, 1 / 255)),
    labels,
    transfer,
    pixels: statistics.map((found, i) => ({
      statistics: found,
      palette: values(i),
      ink: values(statistics.length + i),
    })),
  };
}

export class Eigen {
  /**
   * @param {Float32Array} mean the average digit
   * @param {Float32Array[]} components unit vectors, those along which digits differ most first
   * @param {number[]} deviations the standard deviation of each one's weight
   * @param {number[]} explained the share of the variance that it holds
   */
  constructor(mean, components, deviations, explained) {
    Object.assign(this, { mean, components, deviations, shares: explained });
  }

  /** How much of each component is in a picture. */
  weights(picture) {
    return Float32Array.from(this.components, (component) =>
      component.reduce((sum, value, i) => sum + value * (picture[i] - this.mean[i]), 0),
    );
  }

  /** The picture that some weights of the first components make, kept between paper and ink. */
  build(weights) {
    return this.mean.map((value, i) => {
      const sum = weights.reduce(
        (total, weight, k) => total + weight * this.components[k][i],
        value,
      );
      return Math.min(1, Math.max(0, sum));
    });
  }

  /** The share of the variance that the first components hold. */
  explained(count) {
    return this.shares.slice(0, count).reduce((sum, share) => sum + share, 0);
  }
}
