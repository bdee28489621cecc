// @ts-check
/** Counts how songs write their words: the twin of `FormCounter` in `data/lyrics/typography.py`, whose comments hold here too. */

import { tokenize } from "./tokenizer.js";
import { sentenceStarts } from "./typography.js";

const MIN_SHARE = 0.5;
const TITLE_SHARE = 0.7;
const OTHER_SHARE = 0.02;

/** How often a form occurs inside lines, and how often before a capital. */
/** @typedef {{count: number, beforeCapitals: number}} Occurrences */

export class FormCounter {
  constructor() {
    /** By word, then by form. @type {Map<string, Map<string, Occurrences>>} */
    this.words = new Map();
  }

  /** Count the words of a clean song, except in lines that are all capitals. @param {string} text */
  add(text) {
    const lines = text.split("\n").filter((line) => line !== line.toUpperCase());
    const content = lines.join("\n");
    const tokens = tokenize(content);
    const forms = tokenize(content, false);
    if (forms.length !== tokens.length) return;
    const starts = sentenceStarts(tokens);
    tokens.forEach((word, i) => {
      if (!starts[i]) this.count(word, forms[i], startsWithCapital(forms[i + 1] ?? "\n"));
    });
  }

  /** @param {string} word @param {string} form @param {boolean} isBeforeCapital */
  count(word, form, isBeforeCapital) {
    const forms = this.words.get(word) ?? new Map();
    const found = forms.get(form) ?? { count: 0, beforeCapitals: 0 };
    found.count++;
    if (isBeforeCapital) found.beforeCapitals++;
    this.words.set(word, forms.set(form, found));
  }

  /** The usual forms of words that are usually not lowercase. @returns {Map<string, string>} */
  forms() {
    /** @type {Map<string, string>} */
    const usual = new Map();
    for (const [word, forms] of this.words) {
      const total = [...forms.values()].reduce((sum, { count }) => sum + count, 0);
      for (const [form, occurrences] of forms) {
        const isUsual = form !== word && occurrences.count > MIN_SHARE * total;
        if (isUsual && !isTitle(occurrences, total)) usual.set(word, form);
      }
    }
    if ([...this.words.keys()].some((word) => word.includes("\u0131"))) usual.set("i", "\u0130");
    return usual;
  }
}

/** Whether a form is that of a title before names, such as "Miss". @param {Occurrences} occurrences @param {number} total */
const isTitle = ({ count, beforeCapitals }, total) =>
  beforeCapitals > TITLE_SHARE * count && total - count > OTHER_SHARE * total;

/** @param {string} form */
function startsWithCapital(form) {
  const [letter = ""] = form;
  return letter === letter.toUpperCase() && letter !== letter.toLowerCase();
}
