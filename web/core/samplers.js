/**
 * Samplers: which of the words that the network finds likely is the next one?
 *
 * The twin of `sampling/samplers.py`; `tests/golden/samplers.json` holds the two together.
 */

import { PAD, UNKNOWN } from "./vocabulary.js";

const CUT = -3.5;

/**
 * The number of the next word.
 * @param {Float64Array} scores of the vocabulary; those of signs that are no word are struck out in place
 * @param {number} randomness the temperature; 0 takes the likeliest word
 * @param {import("./random.js").Random} random gives one number where randomness is above 0
 */
export function choose(scores, randomness, random) {
  scores[PAD] = scores[UNKNOWN] = -Infinity;
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  if (randomness === 0) return best;
  const likely = [], weights = [];
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const scaled = (scores[i] - scores[best]) / randomness;
    if (scaled < CUT) continue;
    likely.push(i);
    weights.push(Math.exp(scaled));
    total += weights.at(-1);
  }
  const target = random.uniform() * total;
  let drawn = 0, place = -1;
  while (drawn <= target && place < likely.length - 1) drawn += weights[++place];
  return likely[place];
}
