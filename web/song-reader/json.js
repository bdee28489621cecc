// @ts-check
/**
 * Read JSON as Python does: objects keep the order of their names, numbers their notation, and damaged text yields the values
 * that are whole.
 */

const MAX_DEPTH = 900; // of values inside each other
const BLANKS = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they may not be in strings
const STRING = /"([^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*)"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const WORD = /true|false|null|NaN|-?Infinity/y;
const WORDS = { true: true, false: false, null: null };

/** The text is not JSON. */
export class NotJson extends Error {}

/** A number as it is written in Python. */
class JsonNumber {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {string | boolean | null | JsonNumber | JsonArray | Map<string, any>} Json */
/** @typedef {any[]} JsonArray */

/**
 * Read a text that is one JSON value.
 *
 * @param {string} text
 * @returns {Json}
 * @throws {NotJson}
 */
export function parseJson(text) {
  const reader = new JsonReader(text, 0);
  const value = reader.value(0);
  reader.take(BLANKS);
  if (reader.position < text.length) throw new NotJson();
  return value;
}

/**
 * Read the value that starts at a position.
 *
 * @param {string} text
 * @param {number} position
 * @returns {{value: Json, end: number}}
 * @throws {NotJson}
 */
export function parseJsonAt(text, position) {
  const reader = new JsonReader(text, position);
  const value = reader.value(0);
  return { value, end: reader.position };
}

/** A value as Python writes it. @param {Json} value @returns {string} */
export function cellOf(value) {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return value instanceof JsonNumber ? value.text : String(value);
}

class JsonReader {
  /** @param {string} text @param {number} position */
  constructor(text, position) {
    this.text = text;
    this.position = position;
  }

  /** @param {number} depth @returns {Json} */
  value(depth) {
    if (depth > MAX_DEPTH) throw new NotJson();
    this.take(BLANKS);
    const start = this.text[this.position];
    if (start === "{") return this.object(depth);
    if (start === "[") return this.array(depth);
    if (start === '"') return this.string();
    const word = this.take(WORD)?.[0];
    if (word !== undefined)
      return word in WORDS
        ? WORDS[word]
        : new JsonNumber(word.replace("Infinity", "inf").replace("NaN", "nan"));
    return this.number();
  }

  /** @param {number} depth */
  object(depth) {
    const found = new Map();
    this.position++;
    if (this.skips("}")) return found;
    do {
      this.take(BLANKS);
      const name = this.string();
      this.expect(":");
      found.set(name, this.value(depth + 1));
    } while (this.skips(","));
    this.expect("}");
    return found;
  }

  /** @param {number} depth */
  array(depth) {
    const items = [];
    this.position++;
    if (this.skips("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.skips(","));
    this.expect("]");
    return items;
  }

  string() {
    const found = this.take(STRING);
    if (!found) throw new NotJson();
    return found[1].includes("\\") ? JSON.parse(found[0]) : found[1];
  }

  number() {
    const found = this.take(NUMBER);
    if (!found?.[0]) throw new NotJson();
    const [text, fraction, exponent] = found;
    return new JsonNumber(
      fraction || exponent ? pythonFloat(Number(text)) : text === "-0" ? "0" : text,
    );
  }

  /** @param {string} mark */
  expect(mark) {
    if (!this.skips(mark)) throw new NotJson();
  }

  /** Skip blanks and a mark, if it is there. @param {string} mark */
  skips(mark) {
    this.take(BLANKS);
    const isThere = this.text[this.position] === mark;
    if (isThere) this.position++;
    return isThere;
  }

  /** Skip what matches, and return the match. @param {RegExp} pattern Sticky. */
  take(pattern) {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found) this.position += found[0].length;
    return found;
  }
}

/** @param {number} value */
function pythonFloat(value) {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size && (size < 1e-4 || size >= 1e16))
    return value.toExponential().replace(/e([-+])(\d)$/, "e$10$2");
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}
