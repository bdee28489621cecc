// @ts-check
/** Recognize the dialect of a table: the twin of `data/lyrics/readers/dialect.py`, which describes them. */

import { fieldOfCell } from "./columns.js";
import { csvRows } from "./csv.js";
import { patternsOf } from "./pattern.js";
import { length, strip } from "./python.js";

const PATTERNS = patternsOf("dialect");
export const SAMPLE_CHARACTERS = 1 << 18;
const ONE_COLUMN = "\x1f"; // a delimiter that no text contains
const DELIMITERS = {
  ",": "commas",
  "\t": "tabs",
  ";": "semicolons",
  "|": "bars",
  [ONE_COLUMN]: "one column",
};
/** They are also common in text, so they are recognized only by a header. */
const RARE_DELIMITERS = {
  "^": "carets",
  "~": "tildes",
  "\x01": "control characters",
  ":": "colons",
};
const ALL_DELIMITERS = [...Object.keys(DELIMITERS), ...Object.keys(RARE_DELIMITERS)];

/**
 * @typedef {object} Dialect See Python for what it means.
 * @property {string} delimiter
 * @property {string} quote
 * @property {boolean} backslash
 * @property {boolean} spaced
 * @property {boolean} stray
 */

/** @type {Omit<Dialect, "delimiter">} */
const USUAL = { quote: '"', backslash: false, spaced: false, stray: false };
const KINDS = [
  USUAL,
  { ...USUAL, backslash: true },
  { ...USUAL, quote: "'" },
  { ...USUAL, spaced: true },
  { ...USUAL, quote: "" },
  { ...USUAL, stray: true },
];

/** Yield the rows of a table. @param {Dialect} dialect @param {Iterable<string>} lines */
export function dialectRows(dialect, lines) {
  const escaped = dialect.backslash ? doubledQuotes(lines) : lines;
  return csvRows(dialect.stray ? escapeStrayQuotes(escaped, dialect.delimiter) : escaped, dialect);
}

/** @param {Iterable<string>} lines */
function* doubledQuotes(lines) {
  for (const line of lines) yield line.replaceAll('\\"', '""');
}

/** The name of the delimiter, for the summary. @param {Dialect} dialect @returns {string} */
export const describeDialect = ({ delimiter }) =>
  ({ ...DELIMITERS, ...RARE_DELIMITERS })[delimiter];

/** Double the quotes within quoted cells; only a quote before a delimiter ends a cell. @param {Iterable<string>} lines @param {string} delimiter */
function* escapeStrayQuotes(lines, delimiter) {
  let isInside = false;
  for (const line of lines) {
    const parts = [];
    let start = 0;
    for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', start)) {
      parts.push(line.slice(start, at + 1));
      start = at + 1;
      const after = line.slice(start, start + 1);
      if (!isInside) isInside = at === 0 || line[at - 1] === delimiter;
      else if (after === '"' && line.slice(start + 1, start + 3) !== `${delimiter}"`) {
        parts.push(after);
        start++;
      } else if (after === delimiter || after === "\n" || after === "") isInside = false;
      else parts.push('"');
    }
    yield parts.join("") + line.slice(start);
  }
}

/** The number of lines before the header, and the delimiter that they declare. @param {string[]} lines @returns {{start: number, delimiter?: string}} */
export function stripPreamble(lines) {
  let delimiter;
  for (const [start, line] of lines.entries()) {
    const declared = PATTERNS.SEPARATOR_LINE.fullmatch(line);
    if (declared) delimiter = declared[1];
    else if (strip(line) && !line.startsWith("#"))
      return { start, delimiter: delimiter && delimiter in DELIMITERS ? delimiter : undefined };
  }
  return { start: lines.length };
}

/** The dialect that fits the first lines of a table best. @param {string[]} lines @param {string} [delimiter] @returns {Dialect} */
export function detectDialect(lines, delimiter) {
  const delimiters = delimiter ? [delimiter] : ALL_DELIMITERS.filter((each) => each !== ONE_COLUMN);
  const candidates = KINDS.flatMap((kind) =>
    delimiters.map((each) => ({ ...kind, delimiter: each })),
  );
  let best = { known: 0, share: 0, dialect: { ...USUAL, delimiter: ONE_COLUMN } };
  for (const dialect of candidates) {
    const { known, share } = score(dialect, lines);
    if (known > best.known || (known === best.known && share > best.share))
      best = { known, share, dialect };
  }
  return best.dialect;
}

/** The number of known columns, and the share of the text in rows of the right width. @param {Dialect} dialect @param {string[]} lines */
function score(dialect, lines) {
  const none = { known: 0, share: 0 };
  if (!isPossible(dialect, lines)) return none;
  const rows = [...dialectRows(dialect, lines)].filter((row) => row.some(Boolean));
  if (rows.length > 2) rows.pop(); // the sample may end in the middle of this row
  if (!rows.length) return none;
  const known = new Set(rows[0].map(fieldOfCell).filter(Boolean)).size;
  const width = known ? rows[0].length : usualWidth(rows);
  if (width < 2 || (known < 2 && dialect.delimiter in RARE_DELIMITERS)) return none;
  const sizes = rows.map((row) => row.reduce((sum, cell) => sum + length(cell), 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const fitting = sizes.reduce((sum, size, i) => (fits(rows[i], width) ? sum + size : sum), 0);
  return { known: known > 1 ? known : 0, share: fitting / Math.max(total, 1) };
}

/** The most frequent width; of several, the first. @param {string[][]} rows */
function usualWidth(rows) {
  const counts = new Map();
  for (const { length: width } of rows) counts.set(width, (counts.get(width) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** Whether a row has a width, not counting empty cells beyond it. @param {string[]} row @param {number} width */
const fits = (row, width) =>
  row.length === width || (row.length > width && !row.slice(width).some(Boolean));

/** Whether the lines contain the characters that are typical of a dialect. @param {Dialect} dialect @param {string[]} lines */
function isPossible({ delimiter, quote, backslash, spaced }, lines) {
  if (delimiter in RARE_DELIMITERS && !lines[0].includes(delimiter)) return false;
  if (backslash) return lines.some((line) => line.includes('\\"'));
  if (spaced) return lines.some((line) => line.includes(`${delimiter} "`));
  return quote !== "'" || lines[0].startsWith("'");
}
