// @ts-check
/** Read songs from the rows of a table: the twin of `data/lyrics/readers/tables.py`, which says what is repaired. */

import { UserError } from "../shared/user-error.js";
import {
  artistName,
  describeColumns,
  findColumns,
  linesBeforeHeader,
  normalize,
} from "./columns.js";
import {
  describeDialect,
  detectDialect,
  dialectRows,
  SAMPLE_CHARACTERS,
  stripPreamble,
} from "./dialect.js";
import { length, strip } from "./python.js";

/** @typedef {import("./columns.js").Columns} Columns */
/** @typedef {import("./dialect.js").Dialect} Dialect */
/** @typedef {import("./summary.js").Summary} Summary */
/** @typedef {{where: string, artist: string, title: string, text: string}} RawSong A song before cleaning. */
/** @typedef {[number, string[]]} Row Number, counted from 1, and cells. */

const BROKEN = "broken rows, with more or fewer cells than the header";
const CUT_OFF = "rows cut off at the end of the file";
const HEADER_AGAIN = "repeated header rows";
const SAMPLE_ROWS = 200;
const MAX_HEADER_CELL = 100;
const MIN_LINES = 3;
/** Added after the last line of a file. If it ends up inside a cell, a quote was never closed. */
const END = "\ue000end of file";

/**
 * Yield the songs of a CSV file.
 *
 * @param {string} name Of the file.
 * @param {Iterator<string>} lines
 * @param {Summary} summary
 * @returns {Generator<RawSong>}
 */
export function* readCsv(name, lines, summary) {
  const sample = takeSample(lines);
  const { start, delimiter } = stripPreamble(sample);
  if (start === sample.length) throw new UserError(`${name}: the file is empty.`);
  const dialect = detectDialect(sample.slice(start), delimiter);
  const rows = dialectRows(dialect, withEnd(sample.slice(start), lines));
  yield* readRows(name, finished(name, rows, summary), summary, dialect);
}

/** @param {Iterator<string>} lines */
function takeSample(lines) {
  const sample = [];
  let size = 0;
  while (size <= SAMPLE_CHARACTERS) {
    const { value, done } = lines.next();
    if (done) break;
    sample.push(value);
    size += length(value);
  }
  return sample;
}

/** @param {string[]} first @param {Iterator<string>} others */
function* withEnd(first, others) {
  yield* first;
  for (let each = others.next(); !each.done; each = others.next()) yield each.value;
  yield `${END}\n`;
}

/**
 * Yield all rows except a last one that is cut off.
 *
 * @param {string} name
 * @param {Iterable<string[]>} rows
 * @param {Summary} summary
 */
function* finished(name, rows, summary) {
  let number = 0;
  for (const row of rows) {
    number++;
    if (!row[row.length - 1]?.includes(END)) yield row;
    else if (row.length > 1 || row[0] !== END)
      summary.skip(CUT_OFF, `${name} row ${number}`, row.slice(0, 2).join(" "));
  }
}

/**
 * Yield the songs of a table.
 *
 * @param {string} name Of the file.
 * @param {Iterable<string[]>} rows
 * @param {Summary} summary
 * @param {Dialect} [dialect] Of a CSV file.
 * @returns {Generator<RawSong>}
 */
export function* readRows(name, rows, summary, dialect) {
  const numbered = numberedRows(rows);
  const first = takeRows(numbered);
  const written = first.map(([, row]) => row).filter((row) => row.some(strip));
  if (!written.length) throw new UserError(`${name}: the file is empty.`);
  const samples = written.slice(linesBeforeHeader(written));
  const columns = findColumns(name, samples);
  addFormat(samples[0], columns, summary, dialect);
  const start = first.findIndex(([, row]) => row === samples[0]);
  const header = columns.hasHeader ? samples[0] : undefined;
  const songs = rowSongs(name, chain(first.slice(start), numbered), columns, header, summary);
  if (!hasARowPerLine(samples, columns)) {
    yield* songs;
    return;
  }
  summary.add("  with a row per line of a song");
  yield* joinLines(songs);
}

/** @param {Iterable<string[]>} rows @returns {Generator<Row>} */
function* numberedRows(rows) {
  let number = 0;
  for (const row of rows) yield [++number, row];
}

/** @param {Iterator<Row>} rows */
function takeRows(rows) {
  const taken = [];
  while (taken.length < SAMPLE_ROWS) {
    const { value, done } = rows.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** @param {Row[]} first @param {Iterable<Row>} others */
function* chain(first, others) {
  yield* first;
  yield* others;
}

/** @param {string[]} firstRow @param {Columns} columns @param {Summary} summary @param {Dialect} [dialect] */
function addFormat(firstRow, columns, summary, dialect) {
  const header = columns.hasHeader ? "" : ", no header";
  const kind = dialect ? `table, ${describeDialect(dialect)}${header}` : "table";
  summary.add(`${kind}, ${describeColumns(columns, firstRow)}`);
}

/**
 * @param {string} name
 * @param {Iterable<Row>} rows
 * @param {Columns} columns
 * @param {string[] | undefined} header
 * @param {Summary} summary
 * @returns {Generator<RawSong>}
 */
function* rowSongs(name, rows, columns, header, summary) {
  const names = header?.map(normalize);
  let wasBroken = false;
  for (const [number, row] of rows) {
    const where = `${name} row ${number}`;
    if (!row.some(strip)) continue;
    if (names && isHeader(row, names)) {
      if (number > 1 && row !== header) summary.skip(HEADER_AGAIN, where, row.join(","));
      continue;
    }
    const cells = fit(row, columns);
    // A single stray quote can break many successive rows.
    if (!cells && !wasBroken) summary.skip(BROKEN, where, row.join(","));
    wasBroken = !cells;
    if (cells) yield rawSong(where, cells, columns);
  }
}

/** Whether a row repeats the header. @param {string[]} row @param {string[]} names */
const isHeader = (row, names) =>
  length(row[0]) <= MAX_HEADER_CELL &&
  row.length >= names.length &&
  names.every((name, i) => normalize(row[i]) === name);

/** The cells of a row, repaired if necessary, or undefined if they do not fit. @param {string[]} row @param {Columns} columns */
function fit(row, { total, text }) {
  const cells = [...row];
  while (cells.length > total && !strip(cells[cells.length - 1])) cells.pop();
  const extra = cells.length - total;
  if (extra < 0) return cells.length > text && cells.length > 1 ? cells : undefined;
  const joined = cells.slice(text, text + extra + 1).join(",");
  if (extra > 0 && !joined.includes("\n")) cells.splice(text, extra + 1, joined);
  return cells;
}

/** @param {string} where @param {string[]} cells @param {Columns} columns @returns {RawSong} */
function rawSong(where, cells, { artist, title, text }) {
  const cell = (/** @type {number | undefined} */ position) =>
    position === undefined ? "" : strip(cells[position] ?? "");
  return { where, artist: artistName(cell(artist)), title: cell(title), text: cells[text] };
}

/** @param {string[][]} rows @param {Columns} columns */
function hasARowPerLine(rows, { total, artist, title, text, hasHeader, hasLineNumbers }) {
  const body = rows.slice(hasHeader ? 1 : 0).filter((row) => row.length === total);
  if (title === undefined || body.some((row) => strip(row[text]).includes("\n"))) return false;
  const keys = body.map((row) => JSON.stringify([artist !== undefined && row[artist], row[title]]));
  const songs = keys.filter((key, i) => key !== keys[i - 1]).length;
  return hasLineNumbers || (songs > 0 && body.length >= MIN_LINES * songs);
}

/** Join successive rows with the same artist and title into one song. @param {Iterable<RawSong>} songs @returns {Generator<RawSong>} */
function* joinLines(songs) {
  /** @type {RawSong | undefined} */
  let song;
  for (const line of songs) {
    const isSame = song && song.artist === line.artist && song.title === line.title;
    if (song && !isSame) yield song;
    song = song && isSame ? { ...song, text: `${song.text}\n${line.text}` } : line;
  }
  if (song) yield song;
}
