/** The slope of a network's certainty, followed from faint noise to a picture that it is sure of: all pixels at once. */

import { isSure } from "./genetic-search.js";
import { Random } from "./prng.js";

const PIXELS = 784,
  MOST = 300,
  NOISE = 0.1,
  STEP = 0.3,
  KEPT = 0.8;

/**
 * Yields each step as `evolve` does, with the one picture there is. A step has the length STEP and keeps a share of the one
 * before (Polyak's momentum, 1964); pixels stay between paper and ink.
 * @param {object} network a Classifier
 */
export function* climb(network, { digit, seed }) {
  const random = new Random(seed),
    way = new Float32Array(PIXELS);
  let picture = Float32Array.from(way, () => NOISE * random.uniform());
  for (let step = 0; ; step++) {
    const pictures = Uint8Array.from(picture, (value) => Math.round(value * 255));
    const finished = step === MOST || isSure(network.ask(pictures), digit, network.softmax);
    yield { pictures, best: 0, finished };
    if (finished) return;
    const slope = network.slope(picture, digit),
      steepness = Math.hypot(...slope) || 1;
    picture = picture.map((value, i) => {
      way[i] = KEPT * way[i] + slope[i] / steepness;
      return Math.min(1, Math.max(0, value - STEP * way[i]));
    });
  }
}
