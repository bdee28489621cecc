/**
 * Random numbers that are the same in Python and in the browser: xoshiro128** 1.1, seeded by SplitMix32.
 *
 * The twin of `common/prng.py`, where the sources are named.
 */

/** Streams of what an addition network draws: lessons, first weights, and from ORDER on an order for each epoch. */
export const LESSONS = 0,
  START = 1,
  ORDER = 2;

const GOLDEN = 0x9e3779b9,
  WHOLE = 4294967296;

export class Random {
  /** @param {number} seed a whole number from 0 to 2^32 - 1 */
  constructor(seed) {
    let counter = seed >>> 0;
    this.state = new Uint32Array(4).map(() => mix((counter = (counter + GOLDEN) >>> 0)));
  }

  /** The next whole number from 0 to 2^32 - 1. */
  integer() {
    const [a, b, c, d] = this.state;
    const result = Math.imul(turn(Math.imul(b, 5), 7), 9) >>> 0;
    const c2 = c ^ a,
      d2 = d ^ b;
    this.state.set([a ^ d2, b ^ c2, c2 ^ (b << 9), turn(d2, 11)]);
    return result;
  }

  /** The next number in [0, 1), a multiple of 2^-32. */
  uniform() {
    return this.integer() / WHOLE;
  }
}

/** `count` numbers in [0, 1), multiples of 2^-32, all at once: see `common/prng.py`. */
export function uniforms(seed, stream, count) {
  const begin = mix(mix(seed) + stream);
  return Float64Array.from(
    { length: count },
    (_, i) => mix(begin + Math.imul(i + 1, GOLDEN)) / WHOLE,
  );
}

/** MurmurHash3's finaliser, of a whole number taken as one of 32 bits. */
export function mix(number) {
  let z = number >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

function turn(x, k) {
  return (x << k) | (x >>> (32 - k));
}
