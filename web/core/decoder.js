// @ts-check
/**
 * Choose the tokens of one song from a network's logits, one at a time.
 *
 * The twin of `generate/lyrics/decoder.py`, whose comments hold here too; `tests/golden/decoder.json` keeps both
 * identical.
 */

import { Random } from "./prng.js";
import { candidateWeights, sampleToken, sum } from "./samplers.js";
import { applyForm, forcedToken, isLastLine, schemeOf } from "./song-form.js";
import { BOS_EOS, NEWLINE } from "./vocabulary.js";

/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */

/**
 * A network that reads one token at a time.
 *
 * @typedef {object} Network
 * @property {() => void} start Forget what was read.
 * @property {(token: number) => ArrayLike<number>} step Read a token; returns the logits of the next one.
 */

/**
 * What a song starts with, and how it is written.
 *
 * @typedef {object} Song
 * @property {number[]} prompt Token ids.
 * @property {number[]} [promptPrefix] What the network reads before them; by default only BOS_EOS.
 * @property {GenerationConfig} config
 * @property {ArrayLike<number>} [rhymeClasses] Of each token; only needed for a form.
 */

/** Decodes one song: feed it logits until it returns undefined. */
export class LyricsDecoder {
  /**
   * @param {Song} song
   * @param {number} seed Random seed, 0 to 2^32 - 1.
   */
  constructor({ prompt, config, rhymeClasses = [] }, seed) {
    this.tokens = [...prompt];
    this.config = config;
    this.rhymeClasses = rhymeClasses;
    this.random = new Random(seed);
    this.tokensLeft = config.max_tokens;
  }

  /**
   * Choose the next token and append it to `tokens`.
   *
   * @param {ArrayLike<number>} logits Scores of all tokens; not modified.
   * @param {number} [replacement] A token that the visitor chose in place of the one that is drawn.
   * @returns {number | undefined} The token's id; undefined when the song is over.
   */
  nextToken(logits, replacement) {
    if (this.tokensLeft === 0) return undefined;
    let token = this.choose(Float64Array.from(logits));
    const isOver = token === BOS_EOS || (token === NEWLINE && this.isComplete());
    if (!isOver && replacement !== undefined) token = replacement;
    if (isOver || token === BOS_EOS) {
      this.tokensLeft = 0;
      return undefined;
    }
    this.tokens.push(token);
    this.tokensLeft--;
    return token;
  }

  /** @param {Float64Array} logits */
  choose(logits) {
    const scheme = schemeOf(this.config);
    if (scheme) {
      const forced = forcedToken(this.tokens, scheme);
      if (forced !== undefined) return forced;
      applyForm(this.tokens, logits, this.config, this.rhymeClasses);
    }
    let token = sampleToken(logits, this.config, this.random);
    while (token !== BOS_EOS && isBanned(this.tokens, token, this.config)) {
      logits[token] = -Infinity;
      token = sampleToken(logits, this.config, this.random);
    }
    return token;
  }

  /** Whether a line break would end the song. */
  isComplete() {
    const scheme = schemeOf(this.config);
    if (scheme && isLastLine(this.tokens, scheme)) return true;
    return countLines(this.tokens) >= this.config.lines;
  }
}

/**
 * Generate a song.
 *
 * @param {Network} network
 * @param {Song} song
 * @param {number} seed
 * @param {Record<number, number>} picks {position after the prompt: token that the visitor chose there}
 * @returns {Generator<number, void>} The tokens after the prompt.
 */
export function* generate(network, song, seed, picks = {}) {
  const decoder = new LyricsDecoder(song, seed);
  let logits = readPrompt(network, song);
  for (let position = 0; ; position++) {
    const token = decoder.nextToken(logits, picks[position]);
    if (token === undefined) return;
    yield token;
    logits = network.step(token);
  }
}

/**
 * The most likely next tokens, each with its probability of being drawn.
 *
 * @param {Network} network
 * @param {Song} song Its prompt is the song so far.
 * @param {number | undefined} said A token to list in any case.
 * @param {number} limit Maximum number of others.
 * @returns {{token: number, probability: number}[]} BOS_EOS stands for the end of the song.
 */
export function alternatives(network, song, said, limit) {
  const { prompt, config, rhymeClasses = [] } = song;
  const scheme = schemeOf(config);
  const forced = scheme ? forcedToken(prompt, scheme) : undefined;
  if (forced !== undefined) return [{ token: forced, probability: 1 }];
  const logits = Float64Array.from(readPrompt(network, song));
  if (scheme) applyForm(prompt, logits, config, rhymeClasses);
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

/**
 * Let the network read the prompt; returns the logits of the next token.
 *
 * @param {Network} network
 * @param {Song} song
 */
function readPrompt(network, { prompt, promptPrefix = [BOS_EOS] }) {
  network.start();
  /** @type {ArrayLike<number>} */
  let logits = [];
  for (const token of [...promptPrefix, ...prompt]) logits = network.step(token);
  return logits;
}

/**
 * How many lines are not empty.
 *
 * @template T
 * @param {T[]} tokens Token ids or words.
 * @param {T} newline The one that is a line break.
 */
export function countLines(tokens, newline = /** @type {T} */ (NEWLINE)) {
  return tokens.filter((token, i) => token !== newline && (i === 0 || tokens[i - 1] === newline))
    .length;
}

/**
 * Whether the loop guard or no_repeat_ngram_size forbids `token` after `tokens`.
 *
 * @param {number[]} tokens
 * @param {number} token
 * @param {GenerationConfig} config
 */
function isBanned(tokens, token, config) {
  const song = [BOS_EOS, ...tokens];
  if (config.loop_guard && completesLoop(song, token, config)) return true;
  const size = config.no_repeat_ngram_size;
  return size > 0 && repeatsNgram(song, token, size);
}

/**
 * Whether `token` after `tokens` completes an n-gram that occurs in them already.
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
