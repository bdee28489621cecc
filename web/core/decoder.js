// @ts-check
/**
 * Choose the tokens of one song from a network's logits, line by line.
 *
 * The twin of `generate/lyrics/decoder.py`, whose comments apply here, too; `tests/golden/decoder.json` checks both.
 */

import { adjustLogits, prepare } from "./adjust-logits.js";
import { scoreLine } from "./line-score.js";
import { isBanned } from "./loop-guard.js";
import { Random } from "./prng.js";
import { logProbability, sampleToken } from "./samplers.js";
import { mixWithCache } from "./song-cache.js";
import { forcedToken, isLastLine, schemeOf } from "./song-form.js";
import { BOS_EOS, NEWLINE, PAD } from "./vocabulary.js";

/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */
/** @typedef {import("./line-score.js").TokenProperties} TokenProperties */
/** @typedef {import("./adjust-logits.js").PreparedSong} PreparedSong */
/** @typedef {import("./line-score.js").Candidate} Candidate */

/**
 * A network that reads songs side by side, one token of each at a time.
 *
 * @typedef {object} Network
 * @property {(title: number[]) => void} start Start over with a single song, which has this title.
 * @property {(tokens: number[]) => ArrayLike<number>[]} step Read one token of each song (none if it is PAD); returns
 *   the logits of each song's next token.
 * @property {(row: number, count: number) => ArrayLike<number>[]} fork Continue with `count` copies of one song; returns
 *   their logits.
 */

/**
 * What a song starts with, and how it is written.
 *
 * @typedef {object} Song
 * @property {number[]} prompt Token ids.
 * @property {number[]} [promptPrefix] What the network reads before the prompt; by default only BOS_EOS.
 * @property {number[]} [title] Token ids. A slot that is neither here nor in the prompt is never drawn.
 * @property {GenerationConfig} config
 * @property {TokenProperties} properties Properties of the vocabulary's tokens.
 */

const SEED_STEP = 0x85ebca6b; // between the random seeds of two candidates, modulo 2^32

/** Decodes one song: call `draw`, let the network read the tokens, call `chooseLine`, and repeat until `isOver`. */
export class LyricsDecoder {
  /**
   * @param {PreparedSong} song
   * @param {number} seed Random seed, 0 to 2^32 - 1.
   */
  constructor(song, seed) {
    const { prompt, config } = song;
    this.song = song;
    this.tokens = [...prompt];
    this.config = config;
    this.isOver = false;
    this.maxLength = prompt.length + config.max_tokens;
    // These two arrays are reused, because allocating new ones for each word takes longer than filling them.
    const vocabularySize = song.properties.kinds.length;
    this.predicted = new Float64Array(vocabularySize);
    this.adjusted = new Float64Array(vocabularySize);
    /** The tokens that the next line starts with, whatever is drawn. @type {number[]} */
    this.lineStart = [];
    this.candidates = Array.from({ length: candidatesPerLine(config) }, (_, i) =>
      makeCandidate(new Random((seed + i * SEED_STEP) % 2 ** 32), configOfCandidate(config, i)),
    );
  }

  /**
   * Draw the next token of each candidate; PAD for one that is finished.
   *
   * @param {ArrayLike<number>[]} logits Scores of all tokens for each candidate; not modified.
   */
  draw(logits) {
    return this.candidates.map((candidate, i) => this.extend(candidate, logits[i]));
  }

  /** Append the best candidate once all are finished; returns its index, or undefined if some are not finished. */
  chooseLine() {
    if (!this.candidates.every(({ isFinished }) => isFinished)) return undefined;
    const best = this.best();
    this.tokens.push(...this.candidates[best].tokens);
    this.isOver = this.candidates[best].endsSong;
    this.lineStart = [];
    this.candidates = this.candidates.map(({ random, config }) => makeCandidate(random, config));
    return best;
  }

  /** Copies of the candidates' random number generators, for `rewriteLine`. */
  copyRandoms() {
    return this.candidates.map(({ random }) => random.clone());
  }

  /**
   * Rewrite the last line, starting with other tokens.
   *
   * @param {number} length Length of the song before the line.
   * @param {number[]} lineStart What the line starts with; BOS_EOS ends the song.
   * @param {Random[]} randoms What `copyRandoms` returned before the line was written.
   */
  rewriteLine(length, lineStart, randoms) {
    this.tokens.length = length;
    this.isOver = false;
    this.lineStart = lineStart;
    this.candidates = this.candidates.map(({ config }, i) =>
      makeCandidate(randoms[i].clone(), config),
    );
  }

  /**
   * Draw the next token of a candidate; see `draw`.
   *
   * @param {Candidate} candidate
   * @param {ArrayLike<number>} scores
   */
  extend(candidate, scores) {
    if (candidate.isFinished) return PAD;
    const song = [...this.tokens, ...candidate.tokens];
    const predicted = mixWithCache(song, scores, this.config.cache_weight, this.predicted);
    const forced = this.forced(song);
    const drawn = forced ?? this.choose(song, predicted, candidate);
    const token = this.lineStart[candidate.tokens.length] ?? drawn;
    if (this.candidates.length > 1) record(candidate, token, predicted, forced === undefined);
    if (token === BOS_EOS || (token === NEWLINE && this.isComplete(song))) {
      candidate.isFinished = true;
      candidate.endsSong = true;
      return PAD;
    }
    candidate.tokens.push(token);
    const isFull = candidate.tokens.length === this.config.max_line_length;
    candidate.isFinished = isFull || this.endsLine(song, token);
    return token;
  }

  /**
   * Whether a token completes a line. If the stanza must end with this line, only the blank line completes it.
   *
   * @param {number[]} song
   * @param {number} token
   */
  endsLine(song, token) {
    if (token !== NEWLINE || song.length === 0) return false;
    if (song.at(-1) !== NEWLINE) return this.forced([...song, NEWLINE]) !== NEWLINE;
    return song.length > Math.max(1, this.tokens.length) && song.at(-2) !== NEWLINE;
  }

  /** The token that must follow a song; undefined if there is a choice. @param {number[]} song */
  forced(song) {
    if (song.length >= this.maxLength) return BOS_EOS;
    const scheme = schemeOf(this.config);
    return scheme ? forcedToken(song, scheme) : undefined;
  }

  /**
   * Draw the token that follows a song.
   *
   * @param {number[]} song
   * @param {Float64Array} predicted
   * @param {Candidate} candidate
   */
  choose(song, predicted, { random, config }) {
    const logits = adjustLogits(song, predicted, { ...this.song, config }, this.adjusted);
    let token = sampleToken(logits, config, random);
    while (token !== BOS_EOS && isBanned(song, token, config)) {
      logits[token] = -Infinity;
      token = sampleToken(logits, config, random);
    }
    return token;
  }

  /** Whether a line break would end the song. @param {number[]} song */
  isComplete(song) {
    const scheme = schemeOf(this.config);
    if (scheme && isLastLine(song, scheme)) return true;
    return countLines(song, NEWLINE) >= this.config.lines;
  }

  /** The index of the best candidate. The first candidate decides whether the song ends here. */
  best() {
    const [first] = this.candidates;
    if (!first.logProbabilities.length || endsAtOnce(first)) return 0;
    const scores = this.candidates.map((candidate) => this.score(candidate));
    return scores.indexOf(Math.max(...scores));
  }

  /** @param {Candidate} candidate */
  score(candidate) {
    if (endsAtOnce(candidate)) return -Infinity;
    return scoreLine(this.tokens, candidate, this.config, this.song.properties);
  }
}

/** How many candidates are drawn for each line. @param {GenerationConfig} config */
export const candidatesPerLine = (config) => (config.temperature > 0 ? config.num_candidates : 1);

/** The settings with which a candidate is drawn. @param {GenerationConfig} config @param {number} index */
function configOfCandidate(config, index) {
  const bonus = config.rhyme_bonus + index * config.rhyme_bonus_per_candidate;
  return { ...config, rhyme_bonus: bonus };
}

/** @param {Random} random @param {GenerationConfig} config @returns {Candidate} */
function makeCandidate(random, config) {
  return {
    random,
    config,
    tokens: [],
    drawnTokens: [],
    logProbabilities: [],
    lineBreak: 0,
    isFinished: false,
    endsSong: false,
  };
}

/**
 * Record the log-probability of a candidate's next token, for its score.
 *
 * @param {Candidate} candidate
 * @param {number} token
 * @param {Float64Array} predicted
 * @param {boolean} isDrawn
 */
function record(candidate, token, predicted, isDrawn) {
  const breaksLine = token === NEWLINE && candidate.tokens.length > 0;
  if (!isDrawn && !breaksLine) return;
  const value = logProbability(predicted, token);
  if (isDrawn) {
    candidate.drawnTokens.push(token);
    candidate.logProbabilities.push(value);
  }
  if (breaksLine) candidate.lineBreak += value;
}

/** Whether a candidate ends the song without adding a word. @param {Candidate} candidate */
function endsAtOnce({ endsSong, tokens }) {
  return endsSong && tokens.every((token) => token === NEWLINE);
}

/**
 * Generate a song.
 *
 * @param {Network} network
 * @param {Song} song
 * @param {number} seed
 * @param {Record<number, number>} picks {position after the prompt: token that the visitor chose there}
 * @returns {Generator<number[], void>} Yields after each step: the tokens of a line that is now complete, or an empty list.
 */
export function* generate(network, song, seed, picks = {}) {
  const decoder = new LyricsDecoder(prepare(network, song), seed);
  const positions = Object.keys(picks).map(Number); // ascending, as JavaScript sorts such keys
  let length = song.prompt.length; // length of the song before the current line
  let randoms = decoder.copyRandoms();
  let logits = readPrompt(network, song, decoder.tokens);
  while (!decoder.isOver) {
    const drawn = decoder.draw(logits);
    if (drawn.some((token) => token !== PAD)) logits = network.step(drawn);
    const row = decoder.chooseLine();
    if (row === undefined) {
      yield [];
      continue;
    }
    const picked = song.prompt.length + positions[0];
    if (picked < decoder.tokens.length) {
      const lineStart = [...decoder.tokens.slice(length, picked), picks[positions[0]]];
      positions.shift();
      decoder.rewriteLine(length, lineStart, randoms);
      logits = readPrompt(network, song, decoder.tokens);
      continue;
    }
    logits = network.fork(row, drawn.length);
    yield decoder.tokens.slice(length);
    length = decoder.tokens.length;
    randoms = decoder.copyRandoms();
  }
}

/**
 * Let the network read a song; returns the logits of the next token for each candidate.
 *
 * @param {Network} network
 * @param {Song} song
 * @param {number[]} tokens
 */
export function readPrompt(network, { promptPrefix = [BOS_EOS], title = [], config }, tokens) {
  network.start(title);
  for (const token of [...promptPrefix, ...tokens]) network.step([token]);
  return network.fork(0, candidatesPerLine(config));
}

/**
 * The number of nonempty lines.
 *
 * @template T
 * @param {T[]} tokens Token ids or words.
 * @param {T} newline The one that is a line break.
 */
export function countLines(tokens, newline) {
  return tokens.filter((token, i) => token !== newline && (i === 0 || tokens[i - 1] === newline))
    .length;
}
