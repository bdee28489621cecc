// @ts-check
/** What a network considered for the next word of a song. */

import { adjustLogits, prepare } from "./adjust-logits.js";
import { readPrompt } from "./decoder.js";
import { isBanned } from "./loop-guard.js";
import { candidateWeights, sum } from "./samplers.js";
import { mixWithCache } from "./song-cache.js";
import { forcedToken, schemeOf } from "./song-form.js";
import { NEWLINE } from "./vocabulary.js";

/** @typedef {import("./decoder.js").Network} Network */
/** @typedef {import("./decoder.js").Song} Song */

/**
 * The most likely next tokens, each with its probability of being drawn.
 *
 * @param {Network} network
 * @param {Song} song Its prompt is the song so far.
 * @param {number | undefined} said A token that is always listed.
 * @param {number} limit Maximum number of other tokens.
 * @returns {{token: number, probability: number}[]} BOS_EOS stands for the end of the song.
 */
export function alternatives(network, song, said, limit) {
  const { prompt, config } = song;
  const scheme = schemeOf(config);
  const forced = scheme ? forcedToken(prompt, scheme) : undefined;
  if (forced !== undefined) return [{ token: forced, probability: 1 }];
  const prepared = prepare(network, song);
  const [scores] = readPrompt(network, song, prompt);
  const predicted = mixWithCache(prompt, scores, config.cache_weight);
  const logits = adjustLogits(prompt, predicted, prepared);
  for (let token = NEWLINE; token < logits.length; token++) {
    if (isBanned(prompt, token, config)) logits[token] = -Infinity;
  }
  const { candidates, weights } = candidateWeights(logits, config);
  const total = sum(weights);
  const ranked = [...logits.keys()]
    .filter((token) => logits[token] > -Infinity)
    .sort((a, b) => logits[b] - logits[a]);
  return ranked
    .filter((token, rank) => rank < limit || token === said)
    .map((token) => ({
      token,
      probability: (weights[candidates.indexOf(token)] ?? 0) / total,
    }));
}
