// @ts-check
/** Find the columns of a table: the twin of `data/lyrics/columns.py`, which states the rules. */

import { UserError } from "../shared/user-error.js";
import { tables } from "../vendor/song-tables.js";
import { patternsOf } from "./pattern.js";
import { casefold, isDigit, length, oneLine, strip, take, title } from "./python.js";

const PATTERNS = patternsOf("columns");
export const MIN_LYRICS_CHARACTERS = 60;
const MAX_NAME = 40;
const HEADER_ROWS = 5;
const MAX_HEADER_CELL = 30;
const SHOWN_COLUMNS = 20;
const LINE_NUMBERS = new Set(tables.lineNumberNames);

/** @typedef {"artist" | "title" | "text"} Field */
/** @type {Field[]} */
export const FIELDS = ["artist", "title", "text"];

/**
 * @typedef {object} Columns Positions of columns.
 * @property {number} total
 * @property {number} [artist]
 * @property {number} [title]
 * @property {number} text
 * @property {boolean} hasHeader
 * @property {boolean} hasLineNumbers
 */

/** The name of a column in lowercase letters and digits, without accents. @param {string} name */
export function normalize(name) {
  const plain = PATTERNS.ACCENTS.sub(casefold(name).normalize("NFKD"), () => "");
  return plain.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "");
}

/** The field that a column of this name contains. @param {string} name @returns {Field | undefined} */
export function fieldOf(name) {
  const normalized = normalize(name);
  const field = FIELDS.find((each) => tables.columnNames[each].includes(normalized));
  if (field) return field;
  const isLyrics = normalized.includes("lyric") && !PATTERNS.NOT_LYRICS.search(normalized);
  return isLyrics ? "text" : undefined;
}

/** The field of a cell if it is short enough for a name. @param {string} cell */
export const fieldOfCell = (cell) => (length(cell) < MAX_NAME ? fieldOf(cell) : undefined);

/**
 * Find the columns of a table.
 *
 * @param {string} where The file, for messages.
 * @param {string[][]} rows The first rows.
 * @returns {Columns}
 * @throws {UserError} No column contains lyrics.
 */
export function findColumns(where, rows) {
  const named = byName(rows[0]);
  const isNamed = named.text !== undefined;
  const total = isNamed ? rows[0].length : usualWidth(rows);
  const found = isNamed ? named : { ...named, ...byContent(where, rows, named, total) };
  const hasHeader = isNamed || looksLikeHeader(rows, found.text);
  const hasLineNumbers = isNamed && rows[0].some((name) => LINE_NUMBERS.has(normalize(name)));
  return {
    total,
    artist: found.artist,
    title: found.title,
    text: found.text,
    hasHeader,
    hasLineNumbers,
  };
}

/** The names of the columns that were found, for the summary. @param {Columns} columns @param {string[]} firstRow */
export function describeColumns(columns, firstRow) {
  const found = FIELDS.filter((field) => columns[field] !== undefined).map((field) => {
    const position = Number(columns[field]);
    const name = columns.hasHeader ? strip(firstRow[position] ?? "") : "";
    return `${field} = ${name ? take(name, 80) : `number ${position + 1}`}`;
  });
  return found.join(", ");
}

/** The most frequent width; of several, the largest. @param {string[][]} rows */
function usualWidth(rows) {
  const counts = new Map();
  for (const { length: width } of rows) counts.set(width, (counts.get(width) ?? 0) + 1);
  const [[width]] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || b - a);
  return width;
}

/** @param {string[]} header @returns {Partial<Record<Field, number>>} */
function byName(header) {
  const names = header.map(normalize);
  /** @type {Partial<Record<Field, number>>} */
  const found = {};
  for (const field of FIELDS) {
    const known = tables.columnNames[field].find((name) => names.includes(name));
    const position =
      known === undefined
        ? header.findIndex((name) => fieldOf(name) === field)
        : names.indexOf(known);
    if (position >= 0) found[field] = position;
  }
  return found;
}

/**
 * Take the longest column as the lyrics, and the one with most repetitions as the artist.
 *
 * @param {string} where
 * @param {string[][]} rows
 * @param {Partial<Record<Field, number>>} known
 * @param {number} total
 */
function byContent(where, rows, known, total) {
  const body = bodyOf(rows, total);
  const free = [...Array(total).keys()].filter((i) => !Object.values(known).includes(i));
  const lengths = free.map((i) => body.reduce((sum, row) => sum + length(row[i]), 0) / body.length);
  const longest = lengths.reduce((most, size) => Math.max(most, size), 0);
  if (!free.length || longest < MIN_LYRICS_CHARACTERS) throw noLyrics(where, rows[0]);
  const text = free[lengths.indexOf(longest)];
  const short = free.filter(
    (i, at) => i !== text && lengths[at] > 0 && lengths[at] < MIN_LYRICS_CHARACTERS,
  );
  return { text, ...namesByContent(short, body, known) };
}

/** The rows with enough cells, without the header if there are others. @param {string[][]} rows @param {number} total */
function bodyOf(rows, total) {
  const body = rows.slice(1).filter((row) => row.length >= total);
  return body.length ? body : rows.filter((row) => row.length >= total);
}

/** @param {string} where @param {string[]} header */
function noLyrics(where, header) {
  const shown = header.slice(0, SHOWN_COLUMNS).map((name) => take(oneLine(name), MAX_NAME));
  return new UserError(
    `${where}: no column contains lyrics; found: ${shown.join(", ")}. Name the columns artist, title and text in the first row.`,
  );
}

/** The columns of artists and titles. @param {number[]} short Columns with short cells. @param {string[][]} body @param {Partial<Record<Field, number>>} known */
function namesByContent(short, body, known) {
  const names = short.filter((i) => !body.every((row) => isNoName(row[i])));
  const distinct = new Map(names.map((i) => [i, new Set(body.map((row) => row[i])).size]));
  names.sort((a, b) => Number(distinct.get(a)) - Number(distinct.get(b)));
  if (names.length === 1 && body.length > 1 && distinct.get(names[0]) === body.length)
    return known.title === undefined ? { title: names[0] } : {};
  /** @type {Partial<Record<Field, number>>} */
  const found = {};
  for (const field of /** @type {Field[]} */ (["artist", "title"]))
    if (known[field] === undefined && names.length) found[field] = names.shift();
  return found;
}

/** Whether a cell is empty, a number or an address. @param {string} cell */
function isNoName(cell) {
  const stripped = strip(cell);
  return (
    !stripped || isDigit(stripped.replaceAll(".", "")) || !!PATTERNS.ADDRESS.fullmatch(stripped)
  );
}

/** The number of rows before the header; 0 if no header is found. @param {string[][]} rows */
export function linesBeforeHeader(rows) {
  const fields = rows.slice(0, HEADER_ROWS).map((row) => new Set(row.map(fieldOfCell)));
  if (!fields.length || fields[0].has("text")) return 0;
  return Math.max(
    fields.findIndex((found) => found.has("text") && found.has("artist")),
    0,
  );
}

/** Whether the lyrics of the first row are much shorter than those of the others. @param {string[][]} rows @param {number} text */
function looksLikeHeader(rows, text) {
  const [first, ...others] = rows
    .filter((row) => row.length > text)
    .map((row) => length(row[text]));
  if (rows[0].length <= text || !others.length || rows[0][text].includes("\n")) return false;
  const mean = others.reduce((sum, size) => sum + size, 0) / others.length;
  return first < MAX_HEADER_CELL && first * 4 < mean;
}

/** The name of an artist; an address such as /tin-orchard/ becomes "Tin Orchard". @param {string} cell */
export function artistName(cell) {
  const slug = PATTERNS.SLUG.fullmatch(strip(cell));
  return slug ? title(slug[1].replaceAll("-", " ")) : oneLine(cell);
}
