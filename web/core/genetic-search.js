// @ts-check
/**
 * Genetic search for an image that a network classifies with high confidence.
 *
 * The rules are in `generate/digits/genetic_search.py`; this does the same for a single search, and
 * `tests/golden/evolve.json` checks both. Images are 784 bytes each, from 0 (paper) to 255 (ink).
 *
 * @typedef {{pictures: Uint8Array, best: number, finished: boolean}} Generation
 *     The population, the index of its best image, and whether the search has ended.
 */

import { Random } from "./prng.js";

const IMAGE_SIDE = 28;
const NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE;
const POPULATION = 100;
const PARENTS = 5;
const FIRST_STROKES = 20;
const STROKES = 4;
const MAX_GENERATIONS = 300;

/** By default, a search ends when the confidence in the wanted digit is above this. */
export const CONFIDENCE_THRESHOLD = 0.9999;

/**
 * Search for an image; yield each generation.
 *
 * @param {(pictures: Uint8Array) => Float32Array} logitsOf The same number of logits for each image.
 * @param {object} settings
 * @param {number} settings.digit The digit that the network should see, or another class.
 * @param {number} settings.seed
 * @param {ArrayLike<number>} settings.ink 256 pixel values of strokes.
 * @param {boolean} settings.softmax Whether the logits are those of one softmax.
 * @param {number} [settings.population] Images per generation.
 * @param {number} [settings.maxGenerations] The search ends after this many.
 * @param {number} [settings.threshold] It ends when the confidence is above this.
 * @param {(picture: Uint8Array) => number} extraCost Added to the cost; 0 for an image that needs no improvement.
 * @returns {Generator<Generation>}
 */
export function* evolve(logitsOf, settings, extraCost = () => 0) {
  const { digit, seed, ink, softmax, threshold } = settings;
  const { population = POPULATION, maxGenerations = MAX_GENERATIONS } = settings;
  let { streams, pictures } = start(seed, population, ink);
  for (let generation = 0; ; generation++) {
    const logits = logitsOf(pictures);
    const numClasses = logits.length / population;
    const rows = streams.map((_, i) => logits.slice(i * numClasses, (i + 1) * numClasses));
    const extra = streams.map((_, i) => extraCost(imageAt(pictures, i)));
    const costs = rows.map((row, i) => crossEntropy(row, digit, softmax) + extra[i]);
    const best = costs.indexOf(Math.min(...costs));
    const succeeded = extra[best] <= 0 && isConfident(rows[best], digit, softmax, threshold);
    const finished = succeeded || generation === maxGenerations;
    yield { pictures, best, finished };
    if (finished) return;
    pictures = breed(pictures, costs, streams, ink);
  }
}

/** @param {Uint8Array} pictures @param {number} index */
const imageAt = (pictures, index) =>
  pictures.subarray(index * NUM_PIXELS, (index + 1) * NUM_PIXELS);

/**
 * Create the first population, and a random stream for each of its images.
 *
 * @param {number} seed
 * @param {number} population
 * @param {ArrayLike<number>} ink
 */
export function start(seed, population, ink) {
  const streams = Array.from(
    { length: population },
    (_, slot) => new Random((seed * population + slot) % 2 ** 32),
  );
  const pictures = new Uint8Array(population * NUM_PIXELS);
  streams.forEach((stream, slot) => {
    paintStrokes(imageAt(pictures, slot), stream, FIRST_STROKES, ink);
  });
  return { streams, pictures };
}

/**
 * Create the next population.
 *
 * @param {Uint8Array} pictures The current population.
 * @param {number[]} costs One per image.
 * @param {Random[]} streams One per image; they advance.
 * @param {ArrayLike<number>} ink
 */
export function breed(pictures, costs, streams, ink) {
  const order = streams.map((_, slot) => slot).sort((a, b) => costs[a] - costs[b]);
  const parents = order.slice(0, PARENTS).map((slot) => imageAt(pictures, slot));
  const next = new Uint8Array(pictures.length);
  next.set(parents[0]);
  for (let slot = 1; slot < streams.length; slot++) {
    const child = imageAt(next, slot);
    cross(child, parents, streams[slot]);
    paintStrokes(child, streams[slot], STROKES, ink);
  }
  return next;
}

/**
 * Fill a child with pixels of two parents.
 *
 * @param {Uint8Array} child
 * @param {Uint8Array[]} parents
 * @param {Random} stream
 */
function cross(child, parents, stream) {
  const n = stream.integer();
  const firstIndex = ((n & 65535) * PARENTS) >> 16;
  const distance = (((n >>> 16) * (PARENTS - 1)) >> 16) + 1;
  const first = parents[firstIndex];
  const second = parents[(firstIndex + distance) % PARENTS];
  for (let y = 0; y < IMAGE_SIDE; y++) {
    const bits = stream.integer();
    for (let x = 0; x < IMAGE_SIDE; x++) {
      const parent = (bits >>> x) & 1 ? second : first;
      child[y * IMAGE_SIDE + x] = parent[y * IMAGE_SIDE + x];
    }
  }
}

/**
 * Paint rectangles of one value each.
 *
 * @param {Uint8Array} picture
 * @param {Random} stream
 * @param {number} count
 * @param {ArrayLike<number>} ink
 */
function paintStrokes(picture, stream, count, ink) {
  for (let i = 0; i < count; i++) {
    const n = stream.integer();
    const [top, bottom] = span(n & 255, (n >>> 16) & 3);
    const [left, right] = span((n >>> 8) & 255, (n >>> 18) & 3);
    const value = (n >>> 22) & 1 ? 0 : ink[n >>> 24];
    for (let y = top; y < bottom; y++) {
      picture.fill(value, y * IMAGE_SIDE + left, y * IMAGE_SIDE + right);
    }
  }
}

/** The first row or column of a stroke, and the one after the last. @param {number} middle @param {number} size */
function span(middle, size) {
  const begin = ((middle * IMAGE_SIDE) >> 8) - ((size + 1) >> 1);
  return [Math.max(0, begin), Math.min(IMAGE_SIDE, begin + size + 1)];
}

/**
 * The cross-entropy between logits and the wanted digit.
 *
 * @param {ArrayLike<number>} logits
 * @param {number} digit
 * @param {boolean} softmax Whether they are those of one softmax; otherwise, each belongs to a separate sigmoid.
 */
export function crossEntropy(logits, digit, softmax) {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const normalizer = softmax
    ? largest + Math.log(sum(values.map((value) => Math.exp(value - largest))))
    : sum(values.map((value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)))));
  return normalizer - logits[digit];
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * Whether the confidence in a digit passes the threshold and no other digit has a higher logit.
 *
 * @param {Float32Array | number[]} logits
 * @param {number} digit
 * @param {boolean} softmax
 * @param {number} threshold
 */
export function isConfident(logits, digit, softmax, threshold = CONFIDENCE_THRESHOLD) {
  const confidence = softmax
    ? Math.exp(-crossEntropy(logits, digit, true))
    : 1 / (1 + Math.exp(-logits[digit]));
  const isFirst = logits.every((logit, other) => other === digit || logit < logits[digit]);
  return confidence > threshold && isFirst;
}
