// @ts-check
/**
 * The random numbers of `numpy.random.default_rng`: PCG64 (O'Neill, 2014), seeded by SeedSequence.
 *
 * They decide the order of the songs and which artists are hidden; tests/golden/training_random.json checks them.
 */

const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const MASK_64 = (1n << 64n) - 1n;
const MASK_128 = (1n << 128n) - 1n;
const POOL_SIZE = 4;

export class NumpyRandom {
  /** @param {number[]} seeds Whole numbers from 0 to 2^32 - 1. */
  constructor(seeds) {
    const words = seedWords(seeds, 8).map(BigInt);
    const pair = (/** @type {number} */ i) => (words[i + 1] << 32n) | words[i];
    const start = (pair(0) << 64n) | pair(2);
    const sequence = (pair(4) << 64n) | pair(6);
    this.increment = ((sequence << 1n) | 1n) & MASK_128;
    this.state = (this.increment + start) & MASK_128;
    this.advance();
    /** The half of a 64-bit number that is still to be used. @type {number | undefined} */
    this.rest = undefined;
  }

  advance() {
    this.state = (this.state * MULTIPLIER + this.increment) & MASK_128;
  }

  /** The next 64 bits. */
  next64() {
    this.advance();
    const mixed = (this.state >> 64n) ^ (this.state & MASK_64);
    const turn = this.state >> 122n;
    return ((mixed >> turn) | (mixed << (64n - turn))) & MASK_64;
  }

  /** The next 32 bits. */
  next32() {
    if (this.rest !== undefined) {
      const { rest } = this;
      this.rest = undefined;
      return rest;
    }
    const bits = this.next64();
    this.rest = Number(bits >> 32n);
    return Number(bits & 0xffffffffn);
  }

  /** The next number in [0, 1). */
  random() {
    return Number(this.next64() >> 11n) / 2 ** 53;
  }

  /** A permutation of 0 to count - 1. @param {number} count */
  permutation(count) {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.below(i);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** The next whole number from 0 to `largest`. @param {number} largest */
  below(largest) {
    const mask = 2 ** (32 - Math.clz32(largest)) - 1;
    let number = (this.next32() & mask) >>> 0;
    while (number > largest) number = (this.next32() & mask) >>> 0;
    return number;
  }
}

/**
 * What `numpy.random.SeedSequence(seeds).generate_state(count)` returns.
 *
 * @param {number[]} seeds
 * @param {number} count
 * @returns {number[]} Of 32 bits each.
 */
function seedWords(seeds, count) {
  const pool = entropyPool(seeds);
  let factor = 0x8b51f9dd;
  return Array.from({ length: count }, (_, i) => {
    let word = pool[i % POOL_SIZE] ^ factor;
    factor = Math.imul(factor, 0x58f38ded);
    word = Math.imul(word, factor);
    return (word ^ (word >>> 16)) >>> 0;
  });
}

/** @param {number[]} seeds */
function entropyPool(seeds) {
  let factor = 0x43b0d7e5;
  const hash = (/** @type {number} */ word) => {
    const mixed = word ^ factor;
    factor = Math.imul(factor, 0x931e8875);
    const product = Math.imul(mixed, factor);
    return product ^ (product >>> 16);
  };
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => {
    const mixed = Math.imul(0xca01f9dd, a) - Math.imul(0x4973f715, b);
    return mixed ^ (mixed >>> 16);
  };
  const pool = Array.from({ length: POOL_SIZE }, (_, i) => hash(seeds[i] ?? 0));
  for (let from = 0; from < POOL_SIZE; from++)
    for (let to = 0; to < POOL_SIZE; to++)
      if (from !== to) pool[to] = mix(pool[to], hash(pool[from]));
  return pool;
}
