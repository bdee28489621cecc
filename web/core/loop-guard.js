// @ts-check
/**
 * Keep a song from repeating itself endlessly.
 *
 * The twin of `generate/lyrics/loop_guard.py`, whose comments apply here, too; `tests/golden/decoder.json` checks both.
 */

import { BOS_EOS, NEWLINE } from "./vocabulary.js";

/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */

/**
 * Whether the loop guard or no_repeat_ngram_size forbids `token` after `tokens`.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {GenerationConfig} config
 */
export function isBanned(tokens, token, config) {
  const song = [BOS_EOS, ...tokens];
  if (config.loop_guard && completesLoop(song, token, config)) return true;
  const size = config.no_repeat_ngram_size;
  return size > 0 && repeatsNgram(song, token, size);
}

/**
 * Whether `token` after `tokens` completes an n-gram that already occurs in them.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {number} size
 */
function repeatsNgram(tokens, token, size) {
  const ngram = [...tokens.slice(tokens.length - size + 1), token];
  for (let i = 0; i + size <= tokens.length; i++) {
    if (ngram.every((each, j) => tokens[i + j] === each)) return true;
  }
  return false;
}

/**
 * Whether `token` after `tokens` completes a phrase or a line once too often.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {GenerationConfig} config
 */
function completesLoop(tokens, token, config) {
  for (let length = 1; length <= config.max_loop_length; length++) {
    if (repeatsPhrase(tokens, token, length, config.max_repeats)) return true;
  }
  return repeatsLine(tokens, token, config.max_repeats);
}

/**
 * Whether the song would end in more than `maxRepeats` copies of its last `length` tokens.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {number} length
 * @param {number} maxRepeats
 */
function repeatsPhrase(tokens, token, length, maxRepeats) {
  const size = tokens.length + 1;
  if (size < length * (maxRepeats + 1)) return false;
  const at = (/** @type {number} */ i) => (i === tokens.length ? token : tokens[i]);
  for (let i = size - length * maxRepeats; i < size; i++) {
    if (at(i) !== at(i - length)) return false;
  }
  return true;
}

/**
 * Whether the line that `token` ends would occur more than `maxRepeats` times.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {number} maxRepeats
 */
function repeatsLine(tokens, token, maxRepeats) {
  if (token !== NEWLINE || !tokens.length || tokens[tokens.length - 1] === NEWLINE) return false;
  /** @type {number[][]} */
  const lines = [[]];
  for (const each of tokens) {
    if (each === NEWLINE) lines.push([]);
    else if (each !== BOS_EOS) lines[lines.length - 1].push(each);
  }
  const keys = lines.map((line) => line.join(" "));
  const last = keys[keys.length - 1];
  return keys.filter((key) => key === last).length > maxRepeats;
}
