// @ts-check
/** Gradient ascent on the pixels: from faint noise to an image that a network is confident about. */

import { isConfident } from "./genetic-search.js";
import { Random } from "./prng.js";

const NUM_PIXELS = 784;
const MAX_STEPS = 300;
const NOISE = 0.1; // initial pixels are uniform from 0 to this
const STEP_LENGTH = 0.3; // Euclidean length of a step without momentum; 1 is full ink in one pixel
const MOMENTUM = 0.8;

/**
 * Make an image; yield each step as a `Generation` of one image, as `evolve` does.
 *
 * Steps follow the normalized gradient with momentum (Polyak, 1964); pixel values stay between paper and ink.
 *
 * @param {object} network A DigitModel.
 * @param {(pictures: Uint8Array) => Float32Array} network.logitsOfBytes
 * @param {(picture: Float32Array, digit: number) => Float32Array} network.gradient
 * @param {boolean} network.softmax
 * @param {{digit: number, seed: number, threshold?: number}} settings threshold: as in `evolve`.
 * @returns {Generator<import("./genetic-search.js").Generation>}
 */
export function* climb(network, { digit, seed, threshold }) {
  const random = new Random(seed);
  const velocity = new Float32Array(NUM_PIXELS);
  let picture = Float32Array.from(velocity, () => NOISE * random.uniform());
  for (let step = 0; ; step++) {
    const pictures = Uint8Array.from(picture, (value) => Math.round(value * 255));
    const logits = network.logitsOfBytes(pictures);
    const succeeded = isConfident(logits, digit, network.softmax, threshold);
    const finished = succeeded || step === MAX_STEPS;
    yield { pictures, best: 0, finished };
    if (finished) return;
    const gradient = network.gradient(picture, digit);
    const norm = Math.hypot(...gradient) || 1;
    picture = picture.map((value, i) => {
      velocity[i] = MOMENTUM * velocity[i] + gradient[i] / norm;
      return Math.min(1, Math.max(0, value - STEP_LENGTH * velocity[i]));
    });
  }
}
