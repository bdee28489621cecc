// @ts-check
/** Counts what is found in the visitor's files: the twin of `data/lyrics/summary.py`. */

import { oneLine, take } from "./python.js";

const MAX_EXAMPLE = 60;

/** @typedef {{reason: string, count: number, example: string}} Skipped */

export class Summary {
  constructor() {
    /** The number of files of each recognized format. @type {Map<string, number>} */
    this.sources = new Map();
    /** The number of songs that were repaired, by kind of repair. @type {Map<string, number>} */
    this.repaired = new Map();
    /** @type {Map<string, Skipped>} */
    this.reasons = new Map();
    /** Sentences about what only Python can do. @type {Set<string>} */
    this.limits = new Set();
    this.withoutLines = 0;
  }

  /** Count a file of a recognized format. @param {string} format */
  add(format) {
    this.sources.set(format, (this.sources.get(format) ?? 0) + 1);
  }

  /** Add the encoding to the name of a format. @param {string} format @param {string} encoding */
  addEncoding(format, encoding) {
    const count = this.sources.get(format) ?? 0;
    const name = `${format}, ${encoding}`;
    this.sources.delete(format);
    this.sources.set(name, (this.sources.get(name) ?? 0) + count);
  }

  /** @param {string} kind */
  repair(kind) {
    this.repaired.set(kind, (this.repaired.get(kind) ?? 0) + 1);
  }

  /** Count a skipped text; the first one becomes the example. @param {string} reason @param {string} where @param {string} text */
  skip(reason, where, text = "") {
    const known = this.reasons.get(reason);
    const shown = take(oneLine(text.slice(0, 1000)), MAX_EXAMPLE);
    const example = [where, shown].filter(Boolean).join(", ");
    this.reasons.set(
      reason,
      known ? { ...known, count: known.count + 1 } : { reason, count: 1, example },
    );
  }

  /** What was recognized, such as "2 x table, commas, text = lyrics". @returns {string[]} */
  get recognized() {
    return [...this.sources].map(([name, count]) => (count === 1 ? name : `${count} x ${name}`));
  }

  /** What was skipped, the most frequent reason first. @returns {Skipped[]} */
  get skipped() {
    return [...this.reasons.values()].sort((a, b) => b.count - a.count);
  }
}
