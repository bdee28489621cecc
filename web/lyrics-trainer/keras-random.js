// @ts-check
/**
 * The random numbers of Keras on TensorFlow: the seeds that it draws from Python's `random`, and what TensorFlow makes of them.
 *
 * With the same seed, training has the same initial weights and dropout as `train.lyrics`, up to rounding. The test
 * with tests/golden/training_random.json fails if another version of Keras draws different numbers.
 */

const MAX_SEED = 1_000_000_000; // the largest seed that Keras draws
const STATE_SIZE = 624;

/** Python's `random.Random`: MT19937 (Matsumoto and Nishimura, 1998). */
export class PythonRandom {
  /** @param {number} seed A whole number from 0 to 2^32 - 1. */
  constructor(seed) {
    const state = initialState(19_650_218);
    let i = 1;
    for (let k = 0; k < STATE_SIZE; k++) {
      state[i] = (state[i] ^ Math.imul(previousMix(state, i), 1_664_525)) + seed;
      i = nextIndex(state, i);
    }
    for (let k = 1; k < STATE_SIZE; k++) {
      state[i] = (state[i] ^ Math.imul(previousMix(state, i), 1_566_083_941)) - i;
      i = nextIndex(state, i);
    }
    state[0] = 0x80000000;
    this.state = state;
    this.index = STATE_SIZE;
  }

  /** The next 32 bits. */
  next32() {
    if (this.index === STATE_SIZE) this.twist();
    let bits = this.state[this.index++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  twist() {
    const { state } = this;
    for (let i = 0; i < STATE_SIZE; i++) {
      const bits = (state[i] & 0x80000000) | (state[(i + 1) % STATE_SIZE] & 0x7fffffff);
      state[i] = state[(i + 397) % STATE_SIZE] ^ (bits >>> 1) ^ (bits & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }

  /** The next seed for a layer: `random.randint(1, 10**9)`. */
  kerasSeed() {
    let number = this.next32() >>> 2;
    while (number >= MAX_SEED) number = this.next32() >>> 2;
    return number + 1;
  }
}

/** @param {number} seed */
function initialState(seed) {
  const state = new Uint32Array(STATE_SIZE);
  state[0] = seed;
  for (let i = 1; i < STATE_SIZE; i++)
    state[i] = Math.imul(1_812_433_253, previousMix(state, i)) + i;
  return state;
}

/** @param {Uint32Array} state @param {number} i */
const previousMix = (state, i) => state[i - 1] ^ (state[i - 1] >>> 30);

/** @param {Uint32Array} state @param {number} i */
function nextIndex(state, i) {
  if (i + 1 < STATE_SIZE) return i + 1;
  state[0] = state[STATE_SIZE - 1];
  return 1;
}

/** TensorFlow's stateless random numbers: Philox 4x32-10 (Salmon et al., 2011). */
class Philox {
  /** @param {number} seed @param {number} count How often the seed was used before. */
  constructor(seed, count) {
    const mixed = philox([seed, 0, count, 0], [0x3ec8f720, 0x02461e29]);
    this.key = mixed.slice(0, 2);
    this.counter = [0, 0, mixed[2], mixed[3]];
  }

  /** The next four numbers of 32 bits. */
  next() {
    const numbers = philox(this.counter, this.key);
    this.counter[0] = (this.counter[0] + 1) >>> 0;
    return numbers;
  }
}

/** @param {number[]} counter @param {number[]} key */
function philox([a, b, c, d], [key0, key1]) {
  for (let round = 0; round < 10; round++) {
    const high = highProduct(0xd2511f53, a);
    const low = Math.imul(0xd2511f53, a);
    [a, b] = [highProduct(0xcd9e8d57, c) ^ b ^ key0, Math.imul(0xcd9e8d57, c)];
    [c, d] = [high ^ d ^ key1, low];
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/** The upper 32 bits of a product of two numbers of 32 bits. @param {number} a @param {number} b */
function highProduct(a, b) {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const rest = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (rest >>> 16);
}

/** A number in [0, 1) from the lowest 23 bits. @param {number} bits */
const toUniform = (bits) => (bits & 0x7fffff) / 2 ** 23;

/**
 * What `tf.random.stateless_uniform((length,), (seed, count))` returns.
 *
 * @param {number} seed
 * @param {number} count
 * @param {number} length
 */
export function uniform(seed, count, length) {
  return fill(seed, count, length, (bits) => bits.map(toUniform));
}

/** The same for `stateless_normal`. @param {number} seed @param {number} count @param {number} length */
export function normal(seed, count, length) {
  return fill(seed, count, length, ([a, b, c, d]) => [...boxMuller(a, b), ...boxMuller(c, d)]);
}

/** @param {number} a @param {number} b */
function boxMuller(a, b) {
  const radius = Math.sqrt(-2 * Math.log(Math.max(toUniform(a), 1e-7)));
  const angle = 2 * Math.PI * toUniform(b);
  return [Math.sin(angle) * radius, Math.cos(angle) * radius];
}

/** @param {number} seed @param {number} count @param {number} length @param {(bits: number[]) => number[]} convert */
function fill(seed, count, length, convert) {
  const source = new Philox(seed, count);
  const numbers = new Float32Array(length);
  for (let i = 0; i < length; i += 4) {
    const four = convert(source.next());
    for (let j = 0; j < 4 && i + j < length; j++) numbers[i + j] = four[j];
  }
  return numbers;
}
