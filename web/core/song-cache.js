// @ts-check
/**
 * Make what the song has already said more likely, because songs repeat themselves.
 *
 * The twin of `generate/lyrics/song_cache.py`, whose comments apply here, too; `tests/golden/song_cache.json` checks both.
 */

import { logSumExp } from "./samplers.js";

const MIN_MATCH = 2; // tokens
const MAX_MATCH = 8; // tokens

/**
 * The tokens that followed earlier occurrences of the longest phrase, of MIN_MATCH to MAX_MATCH tokens, that ends a
 * song and occurred in it before.
 *
 * @param {number[]} song
 */
export function followingTokens(song) {
  let longest = MIN_MATCH;
  /** @type {number[]} */
  let following = [];
  for (let end = 1; end < song.length; end++) {
    const length = matchLength(song, end);
    if (length > longest) {
      longest = length;
      following = [];
    }
    if (length === longest) following.push(song[end]);
  }
  return following;
}

/**
 * How many tokens before a position equal the last tokens of the song, up to MAX_MATCH.
 *
 * @param {number[]} song
 * @param {number} end
 */
function matchLength(song, end) {
  const limit = Math.min(end, MAX_MATCH);
  let length = 0;
  while (length < limit && song[end - 1 - length] === song[song.length - 1 - length]) length++;
  return length;
}

/**
 * Mix the predictions of a network with those of the cache.
 *
 * @param {number[]} song
 * @param {ArrayLike<number>} scores The logits of the network; not modified.
 * @param {number} weight Share of the cache, from 0 to less than 1.
 * @param {Float64Array} logits Where to write the result; by default, a new array.
 */
export function mixWithCache(song, scores, weight, logits = new Float64Array(scores.length)) {
  logits.set(scores);
  const following = weight ? followingTokens(song) : [];
  const odds = weight / (1 - weight) / following.length;
  const added = following.length && logSumExp(logits) + Math.log(odds);
  for (const token of following) logits[token] = logAddExp(logits[token], added);
  return logits;
}

/** The logarithm of the sum of two exponentials. @param {number} a @param {number} b */
const logAddExp = (a, b) => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
