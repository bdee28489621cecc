// @ts-check
/**
 * A page's state and its address: one table per page, `{name: field}`, and the hash that holds the values.
 *
 * Links must keep working forever, so the hash begins with the version of the table, and a value that is missing or makes
 * no sense becomes the field's default. A link with garbage in it opens the page as usual.
 */

import { changeEntry } from "./history-entries.js";

/** @typedef {string | number | boolean} Value */
/**
 * A field: its default, and how to read a value from text; undefined if the text makes no sense.
 *
 * @template {Value} [T=any]
 * @typedef {{start: T, read: (text: string) => T | undefined}} Field
 */
/** @typedef {Record<string, Field>} Table Fields by name. */
/** @typedef {Record<string, any>} State Values by name; each page knows their types. */

const VERSION = "1";

/**
 * A number between two limits, rounded to a multiple of `step`.
 *
 * @param {number} start
 * @param {number} low
 * @param {number} high
 * @param {number} step
 * @returns {Field<number>}
 */
export const number = (start, low, high, step = 1) => ({
  start,
  read(text) {
    const value = Math.round(Number(text) / step) * step;
    return text.trim() !== "" && value >= low && value <= high
      ? Number(value.toFixed(6))
      : undefined;
  },
});

/**
 * Any text, cut off after `longest` characters.
 *
 * @param {string} start
 * @param {number} longest
 * @returns {Field<string>}
 */
export const words = (start, longest) => ({ start, read: (text) => text.slice(0, longest) });

/**
 * A text that matches a pattern.
 *
 * @param {string} start
 * @param {RegExp} pattern
 * @returns {Field<string>}
 */
export const choice = (start, pattern) => ({
  start,
  read: (text) => (pattern.test(text) ? text : undefined),
});

/**
 * The name of a run: any text without control characters, its accents encoded as in models/index.json.
 *
 * @param {string} start
 * @returns {Field<string>}
 */
export const runName = (start) => ({
  start,
  read: (text) => (/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(text) ? text.normalize("NFC") : undefined),
});

/**
 * Yes or no, written 1 or 0.
 *
 * @param {boolean} start
 * @returns {Field<boolean>}
 */
export const flag = (start) => ({
  start,
  read: (text) => (["0", "1"].includes(text) ? text === "1" : undefined),
});

/**
 * The state that a hash holds, and whether the hash has the version of the table.
 *
 * @param {Table} table
 * @param {string} hash
 * @returns {{state: State, known: boolean}}
 */
export function readHash(table, hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const known = given.get("v") === VERSION;
  /** @type {State} */
  const state = {};
  for (const [name, field] of Object.entries(table)) {
    const text = known ? given.get(name) : null;
    state[name] = (text === null ? undefined : field.read(text)) ?? field.start;
  }
  return { state, known };
}

/**
 * Change a page's state, and its address with it.
 *
 * @param {Table} table
 * @param {State} state
 * @param {State} changes
 */
export function saveState(table, state, changes) {
  Object.assign(state, changes);
  changeEntry(writeHash(table, state));
}

/**
 * The hash that holds a state.
 *
 * @param {Table} table
 * @param {State} state
 * @param {string[]} names Names of the fields to include.
 * @returns {string}
 */
export function writeHash(table, state, names = Object.keys(table)) {
  const pairs = names.map((name) => [
    name,
    typeof state[name] === "boolean" ? String(Number(state[name])) : String(state[name]),
  ]);
  return `#${new URLSearchParams([["v", VERSION], ...pairs])}`;
}

/**
 * A short hash for print, without values that are defaults. Unlike that of a link, its meaning changes when defaults change.
 *
 * @param {Table} table
 * @param {State} state
 * @param {{always?: string[], never?: string[]}} names Names of fields to always or never include.
 */
export function writeShortHash(table, state, { always = [], never = [] } = {}) {
  const isNeeded = (/** @type {string} */ name) =>
    always.includes(name) || (state[name] !== table[name].start && !never.includes(name));
  return writeHash(table, state, Object.keys(table).filter(isNeeded));
}
