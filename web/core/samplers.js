/**
 * Samplers: which of the words that the network finds likely is the next one?
 *
 * The twin of `generate/lyrics/samplers.py`, where the settings are described; `tests/golden/samplers.json` holds the two
 * together.
 */

import { PAD, UNKNOWN } from "./vocabulary.js";

/**
 * The number of the next word.
 * @param {Float64Array} scores of the vocabulary; those of signs that are no word are struck out in place
 * @param {import("./prng.js").Random} random gives one number where randomness is above 0
 */
export function choose(scores, settings, random) {
  const { likely, weights } = weigh(scores, settings);
  if (settings.randomness === 0) return likely[0];
  const target = random.uniform() * sum(weights);
  let drawn = 0;
  return likely[
    weights.findIndex((weight, place) => (drawn += weight) > target || place === weights.length - 1)
  ];
}

/** What the next word is drawn from: numbers in their order, and a weight for each. */
export function weigh(scores, { randomness, minP = 0.00425, topK = 0, nucleus = 1 }) {
  scores[PAD] = scores[UNKNOWN] = -Infinity;
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  if (randomness === 0) return { likely: [best], weights: [1] };
  const least = minP ? Math.log(minP) : -700,
    scaled = (i) => (scores[i] - scores[best]) / randomness;
  const numbers = [];
  for (let i = 0; i < scores.length; i++) if (scaled(i) >= least) numbers.push(i);
  const likely = likeliest(numbers, scaled, topK, nucleus);
  return { likely, weights: likely.map((i) => Math.exp(scaled(i))) };
}

/** Those of the numbers that top-k and the nucleus let through, in their own order. */
function likeliest(numbers, scaled, topK, nucleus) {
  if (!topK && nucleus >= 1) return numbers;
  let ranked = [...numbers]
    .sort((a, b) => scaled(b) - scaled(a) || a - b)
    .slice(0, topK || undefined);
  if (nucleus < 1) {
    const weights = ranked.map((i) => Math.exp(scaled(i))),
      wanted = nucleus * sum(weights);
    let together = 0;
    ranked = ranked.slice(0, 1 + weights.filter((weight) => (together += weight) < wanted).length);
  }
  return ranked.sort((a, b) => a - b);
}

export function sum(weights) {
  return weights.reduce((total, weight) => total + weight, 0);
}
