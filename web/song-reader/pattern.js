// @ts-check
/** Python's regular expressions, which `export/song_tables.py` translates. */

import { tables } from "../vendor/song-tables.js";

/** A regular expression with the methods of Python's `re.Pattern`. */
export class Pattern {
  /** @param {string} source With groups but without flags; see `export/javascript_pattern.py`. */
  constructor(source) {
    this.source = source;
    /** @type {Map<string, RegExp>} */
    this.compiled = new Map();
  }

  /** @param {string} flags @param {string} source @returns {RegExp} */
  expression(flags, source = this.source) {
    const found = this.compiled.get(flags) ?? new RegExp(source, flags.replace("full", ""));
    this.compiled.set(flags, found);
    found.lastIndex = 0;
    return found;
  }

  /** The first match. @param {string} text @returns {RegExpExecArray | null} */
  search(text) {
    return this.expression("u").exec(text);
  }

  /** A match at the start. @param {string} text @returns {RegExpExecArray | null} */
  match(text) {
    return this.expression("uy").exec(text);
  }

  /** A match of the whole text. @param {string} text @returns {RegExpExecArray | null} */
  fullmatch(text) {
    return this.expression("fullu", `^(?:${this.source})$`).exec(text);
  }

  /** The number of matches. @param {string} text */
  count(text) {
    return text.match(this.expression("gu"))?.length ?? 0;
  }

  /** @param {string} text @param {(...match: any[]) => string} replace Takes what `String.replace` passes on. */
  sub(text, replace) {
    return text.replace(this.expression("gu"), replace);
  }

  /** The first match is removed, if there is one. @param {string} text */
  removeFirst(text) {
    return text.replace(this.expression("u"), "");
  }

  /** The texts before and after the first match, or the text alone. @param {string} text */
  splitOnce(text) {
    const found = this.search(text);
    if (!found) return [text];
    return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
  }
}

/**
 * The patterns of a Python module by their names.
 *
 * @param {string} module
 * @returns {Record<string, Pattern>}
 */
export const patternsOf = (module) =>
  Object.fromEntries(
    Object.entries(tables.patterns[module]).map(([name, source]) => [name, new Pattern(source)]),
  );
