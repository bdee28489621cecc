// @ts-check
/** The vocabulary file of a lyrics network; `data/lyrics/vocabulary.py` describes it. */

import { NEWLINE_TEXT } from "./tokenizer.js";

/** Ids of the special tokens. BOS_EOS both starts and ends a song. */
export const PAD = 0;
export const BOS_EOS = 1;
export const UNK = 2;
export const NEWLINE = 3;
const SLOT_NAME = /^<unknown [1-8]>$/;

/** Kinds of words; `data/lyrics/word_kinds.py` describes them. */
export const CONTENT = 0;
export const DANGLING = 2;
export const PUNCTUATION = 3;

const NUM_COLUMNS = 4; // in each line; some lines have a fifth column, with a written form

/** The tokens of a network, by id. */
export class Vocabulary {
  /** @param {string} text Content of vocabulary.tsv. */
  constructor(text) {
    const rows = text.trimEnd().split("\n").slice(1);
    const columns = rows.map((row) => row.split("\t"));
    /** @type {string[]} */
    this.words = columns.map(([word]) => word);
    this.words[NEWLINE] = NEWLINE_TEXT;
    /** How often each token occurs in the training songs. */
    this.counts = Float64Array.from(columns, ([, count]) => Number(count));
    /** Rhyme class of each token: 0 rhymes with nothing, -1 is punctuation that starts no line. */
    this.rhymeClasses = Int32Array.from(columns, ([, , rhymeClass]) => Number(rhymeClass));
    /** Kind of each token: CONTENT, DANGLING, PUNCTUATION, or another. */
    this.wordKinds = Int32Array.from(columns, ([, , , kind]) => Number(kind));
    /** Written forms of words that are not lowercase inside a line: "I" for "i". */
    this.forms = new Map(
      columns
        .filter((cells) => cells.length > NUM_COLUMNS)
        .map((cells) => [cells[0], cells[NUM_COLUMNS]]),
    );
    this.ids = new Map(this.words.map((word, i) => [word, i]));
    /** Ids of the slots, if the vocabulary has any. See slots.js. @type {number[]} */
    this.slots = [...this.words.keys()].filter((i) => SLOT_NAME.test(this.words[i]));
  }

  /** The ids of words; UNK for a word that is not in the vocabulary. @param {string[]} words */
  encode(words) {
    return words.map((word) => this.ids.get(word) ?? UNK);
  }

  /** The distinct words that are not in the vocabulary, in order. @param {string[]} words */
  outOfVocabulary(words) {
    return [...new Set(words)].filter((word) => !this.ids.has(word));
  }
}
