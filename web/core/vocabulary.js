/** The vocabulary file of a network (`data/lyrics/vocabulary.py` says what it holds). */

import { soundsOf } from "./rhyme.js";
import { NEW_LINE } from "./tokenizer.js";

export const PAD = 0,
  SONG = 1,
  UNKNOWN = 2,
  LINE = 3;

export class Vocabulary {
  /** @param {string} text of vocabulary.tsv */
  constructor(text) {
    this.words = text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.slice(0, line.indexOf("\t")));
    this.words[LINE] = NEW_LINE;
    this.ids = new Map(this.words.map((word, i) => [word, i]));
  }

  /** What each word rhymes on, as a number. */
  get sounds() {
    return (this.heard ??= soundsOf(this.words));
  }

  /** The numbers of words; a word that is not here becomes UNKNOWN. */
  encode(words) {
    return words.map((word) => this.ids.get(word) ?? UNKNOWN);
  }

  /** Those of the words that are not here, once each, in order. */
  unknown(words) {
    return [...new Set(words)].filter((word) => !this.ids.has(word));
  }
}
