// @ts-check
/**
 * Choose the next token from the logits of a network.
 *
 * The twin of `generate/lyrics/samplers.py`, whose comments apply here, too; `tests/golden/samplers.json` checks both.
 * Settings have the names of generation_config.json, which `generate/lyrics/config.py` describes.
 */

import { CONTENT, PAD, UNK } from "./vocabulary.js";

const MIN_LOG_WEIGHT = -700; // below this, exp() is practically 0

/**
 * Settings of generation_config.json.
 *
 * @typedef {object} GenerationConfig
 * @property {number} temperature
 * @property {number} top_p
 * @property {number} min_p
 * @property {number} top_k
 * @property {number} cache_weight
 * @property {number} frequency_penalty
 * @property {number} title_bonus
 * @property {number} no_repeat_ngram_size
 * @property {boolean} loop_guard
 * @property {number} max_repeats
 * @property {number} max_loop_length
 * @property {number} lines
 * @property {number} max_tokens
 * @property {string} form
 * @property {Record<string, string>} forms
 * @property {number} rhyme_bonus
 * @property {number} rhyme_bonus_per_token
 * @property {number} rhyme_bonus_per_candidate
 * @property {number} rhyme_lead
 * @property {number} line_break_bonus
 * @property {number} num_candidates
 * @property {number} max_line_length
 * @property {number} typical_log_probability
 * @property {number} word_frequency_weight
 * @property {number} unlikely_word_weight
 * @property {number} line_break_weight
 * @property {number} few_content_words_penalty
 * @property {number} missed_rhyme_penalty
 * @property {number} rare_rhyme_penalty
 * @property {number} min_rhymes
 * @property {number} repeated_rhyme_penalty
 * @property {number} dangling_end_penalty
 * @property {number} open_quotation_penalty
 * @property {number} repeated_line_penalty
 * @property {number} repeated_word_penalty
 * @property {number} short_line_penalty
 * @property {number} long_line_penalty
 */

/**
 * Draw the next token.
 *
 * @param {Float64Array} logits Scores of all tokens; special tokens that no song contains are set to -Infinity.
 * @param {GenerationConfig} config
 * @param {{uniform: () => number}} random Not used at temperature 0.
 * @returns {number} The token's id.
 */
export function sampleToken(logits, config, random) {
  const { candidates, weights } = candidateWeights(logits, config);
  if (config.temperature === 0) return candidates[0];
  const target = random.uniform() * sum(weights);
  let cumulative = 0;
  for (const [i, weight] of weights.entries()) {
    cumulative += weight;
    if (cumulative > target) return candidates[i];
  }
  return candidates[candidates.length - 1]; // reached only because of rounding
}

/**
 * The log-probability of a token, in nats.
 *
 * @param {Float64Array} logits Scores of all tokens, as predicted.
 * @param {number} token
 */
export function logProbability(logits, token) {
  return logits[token] - logSumExp(logits);
}

/** The logarithm of the sum of the exponentials of all logits. @param {Float64Array} logits */
export function logSumExp(logits) {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) if (logits[i] > largest) largest = logits[i];
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i] - largest);
  return largest + Math.log(total);
}

/**
 * Lower the logits of content words, in place, by `penalty` for each time that they occur.
 *
 * @param {number[]} tokens The song so far.
 * @param {Float64Array} logits
 * @param {number} penalty How much, in nats.
 * @param {ArrayLike<number>} kinds Kind of each token.
 */
export function applyFrequencyPenalty(tokens, logits, penalty, kinds) {
  for (const token of tokens) {
    if (kinds[token] === CONTENT) logits[token] -= penalty;
  }
}

/**
 * The tokens that may come next, in ascending order, and how likely each is relative to the most likely one.
 *
 * @param {Float64Array} logits As for `sampleToken`.
 * @param {GenerationConfig} config
 * @returns {{candidates: number[], weights: number[]}}
 */
export function candidateWeights(logits, config) {
  logits[PAD] = -Infinity;
  logits[UNK] = -Infinity;
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if (logits[i] > logits[best]) best = i;
  }
  if (config.temperature === 0) return { candidates: [best], weights: [1] };
  const logWeight = (/** @type {number} */ i) => (logits[i] - logits[best]) / config.temperature;
  const threshold = config.min_p ? Math.log(config.min_p) : MIN_LOG_WEIGHT;
  // Most tokens are far below the threshold. Rejecting them without a division and a call halves the time of this
  // function. The margin keeps rounding from excluding a token that is exactly at the threshold.
  const farBelow = logits[best] + threshold * config.temperature - 1e-6;
  const likely = [];
  for (let i = 0; i < logits.length; i++) {
    if (logits[i] > farBelow && logWeight(i) >= threshold) likely.push(i);
  }
  const candidates = topKTopP(likely, logWeight, config);
  return { candidates, weights: candidates.map((i) => Math.exp(logWeight(i))) };
}

/**
 * The candidates that top-k and top-p keep, in ascending order.
 *
 * @param {number[]} candidates
 * @param {(token: number) => number} logWeight
 * @param {GenerationConfig} config
 */
function topKTopP(candidates, logWeight, { top_k, top_p }) {
  if (!top_k && top_p >= 1) return candidates;
  const ranked = [...candidates].sort((a, b) => logWeight(b) - logWeight(a) || a - b);
  if (top_k && ranked.length > top_k) ranked.length = top_k;
  if (top_p < 1) {
    const weights = ranked.map((i) => Math.exp(logWeight(i)));
    const target = top_p * sum(weights);
    let cumulative = weights[0];
    let kept = 1;
    while (kept < ranked.length && cumulative < target) {
      cumulative += weights[kept];
      kept++;
    }
    ranked.length = kept;
  }
  return ranked.sort((a, b) => a - b);
}

/** @param {number[]} weights */
export function sum(weights) {
  return weights.reduce((total, weight) => total + weight, 0);
}
