// @ts-check
/** Split lines of CSV into cells as Python's `csv.reader` does, which accepts quotes in the wrong places. */

/** States of the reader. */
const START = 0; // of a cell
const PLAIN = 1; // in a cell without quotes
const QUOTED = 2; // in a quoted cell
const QUOTE = 3; // after a quote in a quoted cell

/**
 * Yield the rows of a table.
 *
 * @param {Iterable<string>} lines Each with its line end.
 * @param {{delimiter: string, quote: string, spaced: boolean}} dialect quote: "" if cells are not quoted; spaced: whether a space
 * before a cell is dropped.
 */
export function* csvRows(lines, dialect) {
  const row = new Row(dialect);
  for (const line of lines) {
    row.read(line);
    if (row.state === QUOTED) continue;
    yield row.finish();
  }
  if (row.state === QUOTED) yield row.finish();
}

/** The row that is being read. */
class Row {
  /** @param {{delimiter: string, quote: string, spaced: boolean}} dialect */
  constructor({ delimiter, quote, spaced }) {
    this.delimiter = delimiter;
    this.quote = quote;
    this.spaced = spaced;
    this.reset();
  }

  reset() {
    this.state = START;
    this.cell = "";
    /** @type {string[]} */
    this.cells = [];
    this.isEmpty = true;
  }

  /** The cells that were read. */
  finish() {
    const cells = this.isEmpty ? [] : [...this.cells, this.cell];
    this.reset();
    return cells;
  }

  /** @param {string} line */
  read(line) {
    const end = line.endsWith("\n") ? line.length - 1 : line.length;
    for (let i = 0; i < end; ) {
      this.isEmpty = false;
      i =
        this.state === PLAIN || this.state === QUOTED
          ? this.readRun(line, i, end)
          : this.readMark(line, i);
    }
    if (this.state === QUOTED) this.cell += line.slice(end);
    if (this.state === QUOTED) this.isEmpty = false;
  }

  /** Read up to the next character that ends a cell or its quotes. @param {string} line @param {number} i @param {number} end */
  readRun(line, i, end) {
    const mark = this.state === QUOTED ? this.quote : this.delimiter;
    const found = line.indexOf(mark, i);
    const stop = found < 0 || found >= end ? end : found;
    this.cell += line.slice(i, stop);
    if (stop === end) return end;
    if (this.state === QUOTED) this.state = QUOTE;
    else this.endCell();
    return stop + 1;
  }

  /** Read one character at the start of a cell or after a quote. @param {string} line @param {number} i */
  readMark(line, i) {
    const character = line[i];
    const isQuote = this.quote !== "" && character === this.quote;
    if (character === this.delimiter) this.endCell();
    else if (isQuote) this.readQuote(character);
    else if (!(this.state === START && this.spaced && character === " ")) this.readPlain(character);
    return i + 1;
  }

  /** @param {string} character */
  readQuote(character) {
    if (this.state === QUOTE) this.cell += character;
    this.state = QUOTED;
  }

  /** @param {string} character */
  readPlain(character) {
    this.cell += character;
    this.state = PLAIN;
  }

  endCell() {
    this.cells.push(this.cell);
    this.cell = "";
    this.state = START;
  }
}
