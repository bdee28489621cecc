// @ts-check
/** A candidate for the next line of a song. The twin of `generate/lyrics/candidate.py`, whose comments apply here, too. */

/** @typedef {import("./prng.js").Random} Random */
/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */

/**
 * A candidate for the next line.
 *
 * @typedef {object} Candidate
 * @property {Random} random
 * @property {GenerationConfig} config The settings with which its tokens are drawn.
 * @property {number[]} tokens Including the line break at the end of a finished line, and a blank line if the stanza ends.
 * @property {number[]} drawnTokens The tokens that were drawn rather than forced.
 * @property {number[]} logProbabilities The log-probability of each drawn token, as predicted by the network and the cache.
 * @property {number} lineBreak Log-probability of the line break, plus that of the blank line after a stanza.
 * @property {boolean} isFinished
 * @property {boolean} endsSong
 */

/** @param {Random} random @param {GenerationConfig} config @returns {Candidate} */
export function makeCandidate(random, config) {
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
