// @ts-check
/** Read songs from JSON with any nesting, and from JSON Lines: the twin of `data/lyrics/readers/json_songs.py`. */

import { UserError } from "../shared/user-error.js";
import { fieldOf, MIN_LYRICS_CHARACTERS } from "./columns.js";
import { cellOf, NotJson, parseJson, parseJsonAt } from "./json.js";
import { length, strip } from "./python.js";
import { readRows } from "./tables.js";

/** @typedef {import("./json.js").Json} Json */
/** @typedef {import("./summary.js").Summary} Summary */
/** @typedef {import("./tables.js").RawSong} RawSong */
/** @typedef {{artist?: string, title?: string, text?: string}} Fields */

const MAX_DEPTH = 40;
const MAX_VERSES_DEPTH = 3;
const MAX_FAILURES = 100;
const BROKEN = "lines that are not JSON";
const NO_LYRICS = "lines without lyrics";
const DAMAGED = "damaged JSON objects";
const START = /[{[]/g;

/** Yield the songs of a file with a JSON object per line. @param {string} name @param {Iterable<string>} lines @param {Summary} summary @returns {Generator<RawSong>} */
export function* readJsonLines(name, lines, summary) {
  summary.add("JSON Lines");
  let number = 0;
  for (const line of lines) {
    const where = `${name} line ${++number}`;
    if (!strip(line)) continue;
    const value = parseOr(strip(line).replace(/,+$/, ""));
    if (value === undefined) {
      summary.skip(BROKEN, where, line);
      continue;
    }
    const found = [...songsIn(where, value, {}, 0)];
    if (!found.length) summary.skip(NO_LYRICS, where, line);
    yield* found;
  }
}

/** @param {string} text @returns {Json | undefined} */
function parseOr(text) {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** Yield the songs of a JSON file. @param {string} name @param {string} text @param {Summary} summary @returns {Generator<RawSong>} */
export function* readJson(name, text, summary) {
  const value = /** @type {any} */ (parseOr(text) ?? wholeValues(name, text, summary));
  if (isTable(value)) {
    yield* readRows(
      name,
      value.map((row) => row.map(cellOf)),
      summary,
    );
    return;
  }
  summary.add("JSON");
  let count = 0;
  for (const song of songsIn(name, value, {}, 0))
    yield { ...song, where: `${name} song ${++count}` };
  if (count) return;
  for (const song of looseSongs(name, value, "", "", 0))
    yield { ...song, where: `${name} song ${++count}` };
  if (!count)
    throw new UserError(`${name}: no object contains lyrics; name their field "lyrics" or "text".`);
}

/** The objects and arrays of a damaged file that are complete. @param {string} name @param {string} text @param {Summary} summary */
function wholeValues(name, text, summary) {
  const values = [];
  let failures = 0;
  for (let at = nextStart(text, 0); at >= 0 && failures < MAX_FAILURES; ) {
    const found = valueAt(text, at);
    if (found) values.push(found.value);
    else {
      const isOuter = text[at] === "[" && !failures;
      failures++;
      if (!isOuter) summary.skip(DAMAGED, `${name} character ${at + 1}`, text.slice(at, at + 100));
    }
    at = nextStart(text, found?.end ?? at + 1);
  }
  if (!values.length)
    throw new UserError(`${name}: not valid JSON; export it again as JSON or as CSV.`);
  return values;
}

/** @param {string} text @param {number} from */
function nextStart(text, from) {
  START.lastIndex = from;
  return START.exec(text)?.index ?? -1;
}

/** @param {string} text @param {number} at */
function valueAt(text, at) {
  try {
    return parseJsonAt(text, at);
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

/** Whether a value is an array of rows. @param {any} value */
const isTable = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((row) => Array.isArray(row) && !row.some(isNested)) &&
  value.some((row) => row.length > 1);

/** @param {Json} cell */
const isNested = (cell) => Array.isArray(cell) || cell instanceof Map;

/**
 * Yield the songs in a JSON value.
 *
 * @param {string} where
 * @param {Json} value
 * @param {Fields} around Fields from the enclosing objects.
 * @param {number} depth
 * @returns {Generator<RawSong>}
 */
function* songsIn(where, value, around, depth) {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value))
    for (const item of value) yield* songsIn(where, item, around, depth + 1);
  if (!(value instanceof Map)) return;
  const { artist = "", title = "", text } = { ...around, ...fieldsOf(value) };
  const rows = text ? undefined : asRows(value);
  if (text) yield { where, artist, title, text };
  else if (rows) yield* songsIn(where, rows, around, depth + 1);
  else yield* songsInside(where, value, artist || title, depth);
}

/**
 * Yield the songs in the items of an object; if the artist is unknown, the name of a list is taken as the artist.
 *
 * @param {string} where
 * @param {Map<string, any>} value
 * @param {string} artist
 * @param {number} depth
 * @returns {Generator<RawSong>}
 */
function* songsInside(where, value, artist, depth) {
  for (const [name, item] of value) {
    const known = artist || (Array.isArray(item) ? name : "");
    yield* songsIn(where, item, { artist: known }, depth + 1);
  }
}

/** @param {Map<string, any>} value @returns {Fields} */
function fieldsOf(value) {
  /** @type {Fields} */
  const found = {};
  for (const [name, item] of value) {
    const field = fieldOf(name);
    if (!field || field in found) continue;
    const text = textOf(item, field === "text");
    if (text) found[field] = text;
  }
  return found;
}

/** @param {any} item @param {boolean} isLyrics @returns {string} */
function textOf(item, isLyrics) {
  if (typeof item === "string") return item;
  if (isLyrics) return joinedLines(item, 0);
  if (Array.isArray(item))
    return item.every((part) => typeof part === "string") ? item.join(", ") : "";
  const name = item instanceof Map ? firstTruthy(item.get("name"), item.get("title")) : "";
  return typeof name === "string" ? name : "";
}

/** The first value if it is truthy in Python, otherwise the second. @param {any} first @param {any} second */
const firstTruthy = (first, second) => {
  const isEmpty = Array.isArray(first)
    ? !first.length
    : first instanceof Map
      ? !first.size
      : !first;
  return isEmpty ? second : first;
};

/** Join lyrics that are a list of lines, of verses, or of objects with one line each. @param {any} item @param {number} depth @returns {string} */
function joinedLines(item, depth) {
  if (typeof item === "string") return item;
  if (item instanceof Map) {
    const [, text] = [...item].find(([name]) => fieldOf(name) === "text" || name === "line") ?? [];
    return typeof text === "string" ? text : "";
  }
  if (!Array.isArray(item) || depth > MAX_VERSES_DEPTH) return "";
  const separator = item.some((part) => Array.isArray(part)) ? "\n\n" : "\n";
  return item
    .map((part) => ({ part, text: joinedLines(part, depth + 1) }))
    .filter(({ part, text }) => text || part === "")
    .map(({ text }) => text)
    .join(separator);
}

/**
 * Yield every string that looks like lyrics, for JSON without known names.
 *
 * @param {string} where
 * @param {any} value
 * @param {string} artist
 * @param {string} title
 * @param {number} depth
 * @returns {Generator<RawSong>}
 */
function* looseSongs(where, value, artist, title, depth) {
  const isLyrics =
    typeof value === "string" && (length(value) >= MIN_LYRICS_CHARACTERS || value.includes("\n"));
  if (isLyrics) yield { where, artist, title, text: value };
  if (depth >= MAX_DEPTH) return;
  const items = Array.isArray(value)
    ? value.map((item) => ["", item])
    : value instanceof Map
      ? value
      : [];
  for (const [name, item] of items)
    yield* looseSongs(where, item, artist || title, name, depth + 1);
}

/**
 * The rows of a table that pandas wrote with orient="columns" or orient="split"; undefined for other objects.
 *
 * @param {Map<string, any>} value
 * @returns {any[] | undefined}
 */
function asRows(value) {
  const names = value.get("columns");
  const rows = value.get("data");
  if (Array.isArray(names) && Array.isArray(rows))
    return rows.filter(Array.isArray).map((row) => zipped(names, row));
  const [, text] = [...value].find(([name]) => fieldOf(name) === "text") ?? [];
  if (!(text instanceof Map)) return undefined;
  const columns = [...value].filter(([, item]) => item instanceof Map);
  return [...text.keys()].map(
    (key) =>
      new Map(
        columns.filter(([, item]) => item.has(key)).map(([name, item]) => [name, item.get(key)]),
      ),
  );
}

/** @param {any[]} names @param {any[]} row */
const zipped = (names, row) =>
  new Map(names.slice(0, row.length).map((name, i) => [cellOf(name), row[i]]));
