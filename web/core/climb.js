/** The slope of a network's certainty, followed from noise to a picture that it is sure of: all pixels at once. */

import { isSure } from "./evolve.js";
import { Random } from "./random.js";

const PIXELS = 784, MOST = 300, STEP = 0.06;

/**
 * Yields each step as `evolve` does, with the one picture there is. A step moves the pixel on the steepest slope by STEP,
 * the others in proportion, and keeps all of them between paper and ink.
 * @param {object} network a Classifier
 */
export function* climb(network, { digit, seed, softmax }) {
  const random = new Random(seed), noise = Float32Array.from({ length: PIXELS }, () => random.uniform());
  for (let step = 0, picture = noise; ; step++) {
    const pictures = Uint8Array.from(picture, (value) => Math.round(value * 255));
    const finished = step === MOST || isSure(network.ask(pictures), digit, softmax);
    yield { pictures, best: 0, finished };
    if (finished) return;
    const slope = network.slope(picture, digit), steepest = slope.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
    picture = picture.map((value, i) => Math.min(1, Math.max(0, value - (STEP * slope[i]) / steepest)));
  }
}
