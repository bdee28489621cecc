/**
 * A page's state and its address: one table per page, `{name: field}`, and the hash that holds the values.
 *
 * A link made today must open forever, so the hash begins with the version of the table, and a value that is missing
 * or makes no sense becomes the field's default: a link with garbage in it opens the page as if new.
 */

const VERSION = "1";

/** Fields: each has a `start` value and `read(text)`, which gives a value or undefined. */
export const number = (start, low, high, step = 1) => ({
  start,
  read(text) {
    const value = Math.round(Number(text) / step) * step;
    return text.trim() !== "" && value >= low && value <= high
      ? Number(value.toFixed(6))
      : undefined;
  },
});
export const words = (start, longest) => ({ start, read: (text) => text.slice(0, longest) });
export const choice = (start, pattern) => ({
  start,
  read: (text) => (pattern.test(text) ? text : undefined),
});
export const flag = (start) => ({
  start,
  read: (text) => (["0", "1"].includes(text) ? text === "1" : undefined),
});

/** The state that a hash holds, and whether it holds any of this table. */
export function readHash(table, hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const known = given.get("v") === VERSION;
  const state = {};
  for (const [name, field] of Object.entries(table)) {
    const text = known ? given.get(name) : null;
    state[name] = (text === null ? undefined : field.read(text)) ?? field.start;
  }
  return { state, known };
}

/** Change a page's state, and its address with it. */
export function saveState(table, state, changes) {
  Object.assign(state, changes);
  history.replaceState(null, "", writeHash(table, state));
}

/** The hash that holds a state. */
export function writeHash(table, state) {
  const pairs = Object.keys(table).map((name) => [
    name,
    typeof state[name] === "boolean" ? String(Number(state[name])) : String(state[name]),
  ]);
  return `#${new URLSearchParams([["v", VERSION], ...pairs])}`;
}
