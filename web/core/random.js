/**
 * Random numbers that are the same in Python and in the browser: xoshiro128** 1.1, seeded by SplitMix32.
 *
 * The twin of `sampling/random.py`, where the sources are named.
 */

export class Random {
  /** @param {number} seed a whole number from 0 to 2^32 - 1 */
  constructor(seed) {
    let counter = seed >>> 0;
    this.state = new Uint32Array(4).map(() => {
      counter = (counter + 0x9e3779b9) >>> 0;
      let z = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    });
  }

  /** The next whole number from 0 to 2^32 - 1. */
  integer() {
    const [a, b, c, d] = this.state;
    const result = Math.imul(turn(Math.imul(b, 5), 7), 9) >>> 0;
    const c2 = c ^ a, d2 = d ^ b;
    this.state.set([a ^ d2, b ^ c2, c2 ^ (b << 9), turn(d2, 11)]);
    return result;
  }

  /** The next number in [0, 1), a multiple of 2^-32. */
  uniform() {
    return this.integer() / 4294967296;
  }
}

function turn(x, k) {
  return (x << k) | (x >>> (32 - k));
}
