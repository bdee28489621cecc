// @ts-check
/** Which networks can rhyme, and what becomes of the form of a song if one cannot. */

import { NO_RHYME, schemeOf } from "../core/song-form.js";
import { PUNCTUATION } from "../core/vocabulary.js";

/** @typedef {import("../core/samplers.js").GenerationConfig} GenerationConfig */

const MIN_SHARE = 0.3; // of the words in its training songs that rhyme with anything

/**
 * Whether it is known what the words of a network rhyme with. For networks trained on the page, it is known only of
 * words that Gene's own networks have, so networks for other languages cannot rhyme.
 *
 * @param {import("../core/vocabulary.js").Vocabulary} vocabulary
 */
export function canRhyme({ counts, rhymeClasses, wordKinds }) {
  let [rhyming, total] = [0, 0];
  counts.forEach((count, i) => {
    if (wordKinds[i] === PUNCTUATION) return;
    total += count;
    if (rhymeClasses[i] > NO_RHYME) rhyming += count;
  });
  return rhyming >= MIN_SHARE * total;
}

/**
 * The same stanzas, in which no line has to rhyme.
 *
 * @param {GenerationConfig} config
 * @returns {GenerationConfig}
 */
export const withoutRhymes = (config) => ({
  ...config,
  form: schemeOf(config).split(" ").map(differentLetters).join(" "),
});

/** A stanza of as many lines, each with a letter of its own; a chorus, in capitals, stays one. @param {string} stanza */
function differentLetters(stanza) {
  const isChorus = stanza === stanza.toUpperCase();
  const lines = Array.from(stanza, (_, i) => String.fromCharCode(97 + (i % 26))).join("");
  return isChorus ? lines.toUpperCase() : lines;
}
