/**
 * A genetic search for a picture that a network is sure of.
 *
 * The twin of `generate/digits/genetic_search.py`, where the rules are written, for one run; `tests/golden/evolve.json` holds the two
 * together. Pictures are 784 bytes each, from 0 (paper) to 255 (ink).
 */

import { Random } from "./prng.js";

const SIDE = 28,
  PIXELS = SIDE * SIDE,
  CLASSES = 10,
  POPULATION = 100,
  PARENTS = 5,
  FIRST_STROKES = 20,
  STROKES = 4;
const SURE = 0.9999,
  MOST = 300;

/**
 * Yields each generation, {pictures, best, finished}: the population, the place of its best, and whether that was the last.
 * @param {(pictures: Uint8Array) => Float32Array} ask the logits of pictures, ten each
 * @param {{digit: number, seed: number, ink: number[], softmax: boolean, population?: number}} settings
 * @param {(picture: Uint8Array) => number} cost what is added to the doubt; 0 where it asks for nothing more
 */
export function* evolve(
  ask,
  { digit, seed, ink, softmax, population = POPULATION, most = MOST },
  cost = () => 0,
) {
  let { streams, pictures } = start(seed, population, ink);
  for (let generation = 0; ; generation++) {
    const logits = ask(pictures),
      rows = streams.map((_, place) => logits.slice(place * CLASSES, (place + 1) * CLASSES));
    const extra = rows.map((_, place) => cost(at(pictures, place)));
    const costs = rows.map((row, place) => doubt(row, digit, softmax) + extra[place]);
    const best = costs.indexOf(Math.min(...costs));
    const finished =
      generation === most || (extra[best] <= 0 && isSure(rows[best], digit, softmax));
    yield { pictures, best, finished };
    if (finished) return;
    pictures = breed(pictures, costs, streams, ink);
  }
}

const at = (pictures, place) => pictures.subarray(place * PIXELS, (place + 1) * PIXELS);

/** The streams, one a place, and the first population. */
export function start(seed, population, ink) {
  const streams = Array.from(
    { length: population },
    (_, place) => new Random((seed * population + place) % 2 ** 32),
  );
  const pictures = new Uint8Array(population * PIXELS);
  streams.forEach((stream, place) => strokes(at(pictures, place), stream, FIRST_STROKES, ink));
  return { streams, pictures };
}

/** The next population. */
export function breed(pictures, costs, streams, ink) {
  const order = streams.map((_, place) => place).sort((one, other) => costs[one] - costs[other]);
  const parents = order.slice(0, PARENTS).map((place) => at(pictures, place)),
    next = new Uint8Array(pictures.length);
  next.set(parents[0]);
  for (let place = 1; place < streams.length; place++) {
    const stream = streams[place],
      child = at(next, place),
      n = stream.integer(),
      first = ((n & 65535) * PARENTS) >> 16;
    const mother = parents[first],
      father = parents[(first + (((n >>> 16) * (PARENTS - 1)) >> 16) + 1) % PARENTS];
    for (let y = 0; y < SIDE; y++) {
      const bits = stream.integer();
      for (let x = 0; x < SIDE; x++)
        child[y * SIDE + x] = ((bits >>> x) & 1 ? father : mother)[y * SIDE + x];
    }
    strokes(child, stream, STROKES, ink);
  }
  return next;
}

/** Rectangles of one value each. */
function strokes(picture, stream, count, ink) {
  for (let i = 0; i < count; i++) {
    const n = stream.integer(),
      value = (n >>> 22) & 1 ? 0 : ink[n >>> 24];
    const sides = [
      [n & 255, (n >>> 16) & 3],
      [(n >>> 8) & 255, (n >>> 18) & 3],
    ];
    const [[top, bottom], [left, right]] = sides.map(([place, size]) => {
      const begin = ((place * SIDE) >> 8) - ((size + 1) >> 1);
      return [Math.max(0, begin), Math.min(SIDE, begin + size + 1)];
    });
    for (let y = top; y < bottom; y++) picture.fill(value, y * SIDE + left, y * SIDE + right);
  }
}

/** The cross-entropy of logits with the answer `digit`: of one softmax, or of separate sigmoids. */
export function doubt(logits, digit, softmax) {
  const values = Array.from(logits),
    most = Math.max(...values);
  const total = softmax
    ? most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
    : values.reduce(
        (sum, value) => sum + Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))),
        0,
      );
  return total - logits[digit];
}

/** Whether the network says `digit` before all others, and is sure of it. */
export function isSure(logits, digit, softmax) {
  const share = softmax
    ? Math.exp(-doubt(logits, digit, true))
    : 1 / (1 + Math.exp(-logits[digit]));
  return share > SURE && logits.every((logit, other) => other === digit || logit < logits[digit]);
}
