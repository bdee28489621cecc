// @ts-check
/**
 * Random numbers that are the same in Python and in the browser: xoshiro128** 1.1, seeded by SplitMix32.
 *
 * The twin of `common/prng.py`, which names the sources.
 */

const GOLDEN_RATIO = 0x9e3779b9;
const TWO_TO_32 = 4294967296;

export class Random {
  /** @param {number} seed A whole number from 0 to 2^32 - 1. */
  constructor(seed) {
    this.state = new Uint32Array(4);
    let counter = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      counter = (counter + GOLDEN_RATIO) >>> 0;
      this.state[i] = murmur3Finalizer(counter);
    }
  }

  /** A copy that continues with the same numbers. */
  clone() {
    const copy = new Random(0);
    copy.state.set(this.state);
    return copy;
  }

  /** The next whole number from 0 to 2^32 - 1. */
  integer() {
    const [a, b, c, d] = this.state;
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const nextC = c ^ a;
    const nextD = d ^ b;
    this.state.set([a ^ nextD, b ^ nextC, nextC ^ (b << 9), rotateLeft(nextD, 11)]);
    return result;
  }

  /** The next number in [0, 1), a multiple of 2^-32. */
  uniform() {
    return this.integer() / TWO_TO_32;
  }
}

/**
 * Counter-based random numbers in [0, 1), multiples of 2^-32; see `counter_uniforms` in `common/prng.py`.
 *
 * @param {number} seed
 * @param {number} stream Which of the seed's sequences.
 * @param {number} count
 */
export function uniforms(seed, stream, count) {
  const start = murmur3Finalizer(murmur3Finalizer(seed) + stream);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    numbers[i] = murmur3Finalizer(start + Math.imul(i + 1, GOLDEN_RATIO)) / TWO_TO_32;
  }
  return numbers;
}

/**
 * The finalizer of MurmurHash3.
 *
 * @param {number} number A whole number; only its lowest 32 bits are used.
 */
export function murmur3Finalizer(number) {
  let z = number >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

/**
 * @param {number} x
 * @param {number} k
 */
function rotateLeft(x, k) {
  return (x << k) | (x >>> (32 - k));
}
