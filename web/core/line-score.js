// @ts-check
/**
 * Score the candidates for a line of a song; the decoder keeps the one with the highest score.
 *
 * The twin of `generate/lyrics/line_score.py`, whose comments apply here, too; `tests/golden/decoder.json` checks both.
 */

import { sum } from "./samplers.js";
import { lastRhymingWord, lineToRhymeWith, NO_RHYME, schemeOf, splitStanzas } from "./song-form.js";
import { CONTENT, DANGLING, NEWLINE, PUNCTUATION } from "./vocabulary.js";

/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */

/**
 * A candidate for the next line.
 *
 * @typedef {object} Candidate
 * @property {import("./prng.js").Random} random
 * @property {GenerationConfig} config The settings with which its tokens are drawn.
 * @property {number[]} tokens Including the line break at the end of a finished line, and a blank line if the stanza ends.
 * @property {number[]} drawnTokens The tokens that were drawn rather than forced.
 * @property {number[]} logProbabilities The log-probability of each drawn token, as predicted by the network and the cache.
 * @property {number} lineBreak Log-probability of the line break, plus that of the blank line after a stanza.
 * @property {boolean} isFinished
 * @property {boolean} endsSong
 */

const MIN_LOG_PROBABILITY = -9; // lower log-probabilities are raised to this
const SHORT_LINE = 5; // words; each missing one costs short_line_penalty
const LONG_LINE = 9; // words; each additional one costs long_line_penalty
const MIN_CONTENT_WORDS = 2; // different ones; each missing one costs few_content_words_penalty

/**
 * What the decoder knows about each token of a vocabulary.
 *
 * @typedef {object} TokenProperties
 * @property {ArrayLike<number>} rhymeClasses Rhyme class; see `Vocabulary`.
 * @property {ArrayLike<number>} kinds Kind of word; see `Vocabulary`.
 * @property {ArrayLike<number>} logFrequencies Logarithm of its relative frequency in the training songs.
 * @property {ArrayLike<number>} numRhymes How many other tokens rhyme with it.
 * @property {number[]} slots Ids of the slots.
 * @property {number} [quotationMark] Id of the quotation mark, if the vocabulary has one.
 * @property {(number | undefined)[]} brackets Ids of the opening and the closing bracket, if the vocabulary has them.
 */

/**
 * The properties of a vocabulary's tokens.
 *
 * @param {import("./vocabulary.js").Vocabulary} vocabulary
 * @returns {TokenProperties}
 */
export function tokenProperties({ rhymeClasses, wordKinds, counts, slots, ids }) {
  const classes = Array.from(rhymeClasses);
  const sizes = new Map();
  for (const each of classes) sizes.set(each, (sizes.get(each) ?? 0) + 1);
  const numRhymes = classes.map((each) => (each > NO_RHYME ? sizes.get(each) - 1 : 0));
  const quotationMark = ids.get('"');
  const brackets = [ids.get("("), ids.get(")")];
  const logFrequencies = logFrequenciesOf(counts);
  return {
    rhymeClasses,
    kinds: wordKinds,
    logFrequencies,
    numRhymes,
    slots,
    quotationMark,
    brackets,
  };
}

/** @param {ArrayLike<number>} counts */
function logFrequenciesOf(counts) {
  const total = sum(Array.from(counts));
  return Float64Array.from(counts, (count) => limited(Math.log((count + 1) / total)));
}

/**
 * The score of a candidate for the next line of a song; higher is better.
 *
 * @param {number[]} song The song so far; it may end within a line.
 * @param {Candidate} candidate At least one of its tokens was drawn.
 * @param {GenerationConfig} config The weights.
 * @param {TokenProperties} properties
 */
export function scoreLine(song, candidate, config, properties) {
  const { tokens } = candidate;
  const stanzas = splitStanzas([...song, ...withoutBreaks(tokens)]);
  const earlier = stanzas.flat();
  const line = earlier.pop() ?? [];
  const words = line.filter((token) => properties.kinds[token] !== PUNCTUATION);
  const likelihood = relativeLogProbability(candidate, config, properties);
  return (
    -Math.abs(likelihood - config.typical_log_probability) +
    config.unlikely_word_weight * limited(Math.min(...candidate.logProbabilities)) +
    config.line_break_weight * limited(candidate.lineBreak) -
    config.few_content_words_penalty * missingContentWords(words, properties) -
    config.missed_rhyme_penalty * Number(missesRhyme(stanzas, config, properties.rhymeClasses)) -
    config.rare_rhyme_penalty * Number(isHardToRhyme(stanzas, config, properties)) -
    config.repeated_rhyme_penalty * Number(repeatsRhyme(stanzas, config, properties)) -
    config.dangling_end_penalty * Number(dangles(words, properties)) -
    config.open_quotation_penalty * Number(hasUnpairedMarks([...song, ...tokens], properties)) -
    config.repeated_line_penalty * Number(isRepeated(earlier, line)) -
    config.repeated_word_penalty * countRepeated(earlier, words, properties) -
    config.short_line_penalty * Math.max(0, SHORT_LINE - words.length) -
    config.long_line_penalty * Math.max(0, words.length - LONG_LINE)
  );
}

/** @param {number[]} tokens */
const withoutBreaks = (tokens) =>
  tokens.slice(0, tokens.findLastIndex((token) => token !== NEWLINE) + 1);

/**
 * The mean log-probability of the drawn tokens, less a share of their log-frequency.
 *
 * @param {Candidate} candidate
 * @param {GenerationConfig} config
 * @param {TokenProperties} properties
 */
function relativeLogProbability({ drawnTokens, logProbabilities }, config, { logFrequencies }) {
  const mean = sum(logProbabilities) / drawnTokens.length;
  const frequency = sum(drawnTokens.map((token) => logFrequencies[token])) / drawnTokens.length;
  return mean - config.word_frequency_weight * frequency;
}

/** @param {number} logProbability */
function limited(logProbability) {
  return Math.max(MIN_LOG_PROBABILITY, logProbability);
}

/**
 * @param {number[]} words
 * @param {TokenProperties} properties
 */
function missingContentWords(words, { kinds }) {
  const different = new Set(words.filter((token) => kinds[token] === CONTENT));
  return Math.max(0, MIN_CONTENT_WORDS - different.size);
}

/**
 * Whether the last line of a song should rhyme with another one but does not.
 *
 * @param {number[][][]} stanzas
 * @param {GenerationConfig} config
 * @param {ArrayLike<number>} rhymeClasses
 */
function missesRhyme(stanzas, config, rhymeClasses) {
  const lines = [...stanzas[stanzas.length - 1]];
  const line = lines.pop() ?? [];
  const model = lineToRhymeWith(lettersOf(stanzas, config), lines);
  const target = lastRhymingWord(model, rhymeClasses);
  if (target === undefined) return false;
  const last = lastRhymingWord(line, rhymeClasses);
  return last === undefined || last === target || rhymeClasses[last] !== rhymeClasses[target];
}

/**
 * Whether a later line of the stanza must rhyme with a word that has few rhymes.
 *
 * @param {number[][][]} stanzas
 * @param {GenerationConfig} config
 * @param {TokenProperties} properties
 */
function isHardToRhyme(stanzas, config, { rhymeClasses, numRhymes }) {
  if (!mustBeRhymed(stanzas, config)) return false;
  const last = lastRhymingWord(stanzas.at(-1)?.at(-1) ?? [], rhymeClasses);
  return last === undefined || numRhymes[last] < config.min_rhymes;
}

/**
 * Whether a later line of the stanza must rhyme with the last line, whose rhyme an earlier stanza already has.
 *
 * @param {number[][][]} stanzas
 * @param {GenerationConfig} config
 * @param {TokenProperties} properties
 */
function repeatsRhyme(stanzas, config, { rhymeClasses }) {
  if (!mustBeRhymed(stanzas, config)) return false;
  const last = lastRhymingWord(stanzas.at(-1)?.at(-1) ?? [], rhymeClasses);
  const earlier = stanzas.slice(0, -1).flat();
  const ends = earlier.map((line) => lastRhymingWord(line, rhymeClasses));
  return (
    last !== undefined &&
    ends.some((end) => end !== undefined && rhymeClasses[end] === rhymeClasses[last])
  );
}

/**
 * Whether a later line of the stanza must rhyme with the last line.
 *
 * @param {number[][][]} stanzas
 * @param {GenerationConfig} config
 */
function mustBeRhymed(stanzas, config) {
  const letters = lettersOf(stanzas, config);
  const position = stanzas[stanzas.length - 1].length - 1;
  return position < letters.length && letters.slice(position + 1).includes(letters[position]);
}

/**
 * The letters of the last stanza's lines; "" beyond the end of the form.
 *
 * @param {number[][][]} stanzas
 * @param {GenerationConfig} config
 */
function lettersOf(stanzas, config) {
  return schemeOf(config).split(" ")[stanzas.length - 1] ?? "";
}

/**
 * @param {number[]} words
 * @param {TokenProperties} properties
 */
function dangles(words, { kinds }) {
  return words.length > 0 && kinds[words[words.length - 1]] === DANGLING;
}

/**
 * Whether a song leaves a quotation or a bracket open, or has nothing in a quotation.
 *
 * @param {number[]} song
 * @param {TokenProperties} properties
 */
function hasUnpairedMarks(song, { quotationMark, brackets: [opening, closing] }) {
  const marks = song.flatMap((token, i) => (token === quotationMark ? [i] : []));
  const isEmpty = marks.some((start, i) => i % 2 === 0 && marks[i + 1] === start + 1);
  const count = (/** @type {number | undefined} */ mark) =>
    song.filter((token) => token === mark).length;
  return marks.length % 2 === 1 || isEmpty || count(opening) !== count(closing);
}

/**
 * @param {number[][]} earlier
 * @param {number[]} line
 */
function isRepeated(earlier, line) {
  const key = line.join(" ");
  return earlier.some((other) => other.join(" ") === key);
}

/**
 * How many content words of a line occurred before, in the song or in the line.
 *
 * @param {number[][]} earlier
 * @param {number[]} words
 * @param {TokenProperties} properties
 */
function countRepeated(earlier, words, { kinds }) {
  const seen = new Set(earlier.flat());
  let count = 0;
  for (const token of words) {
    if (kinds[token] !== CONTENT) continue;
    if (seen.has(token)) count++;
    seen.add(token);
  }
  return count;
}
