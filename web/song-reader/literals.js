// @ts-check
/** Read strings, bytes and lists of strings as Python writes them: a part of Python's `ast.literal_eval`. */

const BLANKS = /[ \t\f]*(?:#[^\n]*)?/y;
const BLANKS_IN_LIST = /(?:[ \t\n\f]|#[^\n]*)*/y;
const PREFIX = /(?:[ru]|b|br|rb)?(?='|")/iy;
const QUOTE = /'''|"""|'|"/y;
const ESCAPES = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const ESCAPE =
  /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\n)|([abfnrtv\\'"])|([xuU]|N\{)|[\s\S])/g;
const MAX_CODE = 0x10ffff;

/** The text is not a literal of one of these kinds. */
class NotALiteral extends Error {}

/**
 * Read a literal.
 *
 * @param {string} text A string or bytes, possibly in several parts, or a list of such.
 * @returns {string | string[] | undefined} undefined if the text is something else.
 */
export function readLiteral(text) {
  try {
    return new Literals(text).read();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

/** A text, read from the left. */
class Literals {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.position = 0;
    this.isList = text.startsWith("[");
    this.blanks = this.isList ? BLANKS_IN_LIST : BLANKS;
  }

  read() {
    const value = this.isList ? this.list() : this.value();
    this.skip(this.blanks);
    if (this.position < this.text.length) throw new NotALiteral();
    return value;
  }

  list() {
    const items = [];
    this.position++;
    while (!this.takes("]")) {
      items.push(this.value());
      if (!this.takes(",") && this.text[this.position] !== "]") throw new NotALiteral();
    }
    return items;
  }

  /** Adjacent strings, joined. */
  value() {
    let value;
    for (let part = this.part(); part; part = this.part()) {
      if (value && value.isBytes !== part.isBytes) throw new NotALiteral();
      value = { isBytes: part.isBytes, text: (value?.text ?? "") + part.text };
    }
    if (!value || (this.isList && value.isBytes)) throw new NotALiteral();
    return value.isBytes ? decodeBytes(value.text) : value.text;
  }

  /** A string with its prefix and quotes, or undefined. */
  part() {
    this.skip(this.blanks);
    const start = this.position;
    const prefix = this.skip(PREFIX)?.toLowerCase();
    const quote = prefix === undefined ? undefined : this.skip(QUOTE);
    if (quote === undefined) {
      this.position = start;
      return undefined;
    }
    const isBytes = prefix.includes("b");
    const raw = this.upTo(quote);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes are ASCII
    if (isBytes && !/^[\x00-\x7f]*$/.test(raw)) throw new NotALiteral();
    return { isBytes, text: prefix.includes("r") ? raw : withoutEscapes(raw, isBytes) };
  }

  /** The text up to the quotes that close it, which are skipped. @param {string} quote */
  upTo(quote) {
    const start = this.position;
    while (!this.text.startsWith(quote, this.position)) {
      const character = this.text[this.position];
      const ends = character === "\n" && quote.length === 1;
      if (character === undefined || ends) throw new NotALiteral();
      this.position += character === "\\" ? 2 : 1;
    }
    this.position += quote.length;
    return this.text.slice(start, this.position - quote.length);
  }

  /** Skip blanks and a mark, if it is there. @param {string} mark */
  takes(mark) {
    this.skip(this.blanks);
    const isThere = this.text.startsWith(mark, this.position);
    if (isThere) this.position += mark.length;
    return isThere;
  }

  /** Skip what matches, and return it. @param {RegExp} pattern Sticky. */
  skip(pattern) {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found) this.position += found[0].length;
    return found?.[0];
  }
}

/** Replace escapes. @param {string} raw @param {boolean} isBytes */
function withoutEscapes(raw, isBytes) {
  return raw.replace(ESCAPE, (sequence, octal, x, u, U, newline, letter, broken) => {
    if (isBytes && /^\\[uUN]/.test(sequence)) return sequence;
    if (broken) throw new NotALiteral();
    if (newline) return "";
    if (letter) return ESCAPES[letter] ?? letter;
    if (octal) return character(Number.parseInt(octal, 8), isBytes);
    const digits = x ?? u ?? U;
    return digits ? character(Number.parseInt(digits, 16), isBytes) : sequence;
  });
}

/** @param {number} code @param {boolean} isByte */
function character(code, isByte) {
  if (code > MAX_CODE) throw new NotALiteral();
  return String.fromCodePoint(isByte ? code & 0xff : code);
}

/** Bytes, which are UTF-8. @param {string} bytes Characters below 256. */
const decodeBytes = (bytes) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
  );
