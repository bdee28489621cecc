// @ts-check
/**
 * Slots: tokens that stand for the words of a song that are not in the vocabulary.
 *
 * The twin of `data/lyrics/slots.py`, whose comments apply here, too; `tests/golden/slots.json` checks both.
 */

import { isWord, tokenize } from "./tokenizer.js";
import { UNK } from "./vocabulary.js";

const MAX_TITLE_WORDS = 8;

/** The first words of a title, without punctuation: what networks read of it. @param {string} title */
export function titleWords(title) {
  return tokenize(title).filter(isWord).slice(0, MAX_TITLE_WORDS);
}

/** Encodes the words of one song, and decodes its tokens. */
export class SongSlots {
  /** @param {import("./vocabulary.js").Vocabulary} vocabulary If it has no slots, all unknown words are UNK. */
  constructor(vocabulary) {
    this.vocabulary = vocabulary;
    /** The words that have slots, in order. @type {string[]} */
    this.words = [];
  }

  /** The ids of words; a new unknown word gets the next slot. @param {string[]} words */
  encode(words) {
    return this.vocabulary
      .encode(words)
      .map((token, i) => (token === UNK ? this.slot(words[i]) : token));
  }

  /** @param {string} word */
  slot(word) {
    const { slots } = this.vocabulary;
    if (!this.words.includes(word)) {
      if (this.words.length === slots.length) return UNK;
      this.words.push(word);
    }
    return slots[this.words.indexOf(word)];
  }

  /** The id of a word if it has one. @param {string} word @returns {number | undefined} */
  find(word) {
    return this.vocabulary.ids.get(word) ?? this.vocabulary.slots[this.words.indexOf(word)];
  }

  /** The words for ids; a slot becomes the word that it stands for in this song. @param {number[]} ids */
  decode(ids) {
    const { slots, words } = this.vocabulary;
    return ids.map((token) => this.words[slots.indexOf(token)] ?? words[token]);
  }

  /** The distinct unknown words that have no slot, in order. @param {string[]} words */
  withoutSlot(words) {
    return this.vocabulary.outOfVocabulary(words).filter((word) => !this.words.includes(word));
  }
}
