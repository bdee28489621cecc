// @ts-check
/**
 * Find out which words belong to a title, and make them more likely, so that a song keeps to it.
 *
 * The twin of `generate/lyrics/title_affinity.py`, whose comments apply here, too; `tests/golden/titles.json`
 * checks both.
 */

import { sum } from "./samplers.js";
import { splitStanzas } from "./song-form.js";
import { CONTENT } from "./vocabulary.js";

const MAX_AFFINITY = 3; // standard deviations

/**
 * How strongly tokens are associated with a title, up to MAX_AFFINITY; tokens that are not are left out.
 *
 * @param {ArrayLike<number>} withTitle Logits of the first word of a song that has the title.
 * @param {ArrayLike<number>} without The same without a title.
 * @param {ArrayLike<number>} kinds Kind of each token.
 */
export function titleAffinity(withTitle, without, kinds) {
  const effect = Array.from(withTitle, (logit, i) => logit - without[i]);
  const ofContent = effect.filter((_, i) => kinds[i] === CONTENT);
  const mean = sum(ofContent) / ofContent.length;
  const variance = sum(ofContent.map((each) => (each - mean) ** 2)) / ofContent.length;
  const scale = Math.sqrt(variance) || 1;
  /** @type {Map<number, number>} */
  const affinity = new Map();
  effect.forEach((each, token) => {
    const beyond = (each - mean) / scale - 1;
    if (kinds[token] === CONTENT && beyond > 0) affinity.set(token, Math.min(MAX_AFFINITY, beyond));
  });
  return affinity;
}

/**
 * Raise the logits of the words that belong to the title and are not in the stanza yet, in place.
 *
 * @param {number[]} tokens The song so far.
 * @param {Float64Array} logits
 * @param {number} bonus Factor of the affinity, in nats.
 * @param {Map<number, number>} affinity What `titleAffinity` returns.
 */
export function applyTitleBonus(tokens, logits, bonus, affinity) {
  const stanza = new Set(splitStanzas(tokens).at(-1)?.flat());
  for (const [token, each] of affinity) if (!stanza.has(token)) logits[token] += bonus * each;
}
