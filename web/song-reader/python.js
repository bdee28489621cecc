// @ts-check
/** What Python's strings do: white space, digits and lengths are those of Python. */

/** White space, for use in a character class of a regular expression. */
export const SPACE =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEADING = new RegExp(`^[${SPACE}]+`);
const SPACES = new RegExp(`[${SPACE}]+`);
const IS_SPACE = new RegExp(`[${SPACE}]`);
const LINE_ENDS = "\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";
const LINE = new RegExp(`[^${LINE_ENDS}]*(?:\\r\\n|[${LINE_ENDS}]|$)`, "gy");
const DIGITS = /^[\p{Nd}]+$/u;
const LETTERS_AND_DIGITS = /^[\p{L}\p{N}]+$/u;
const DOTLESS_I = "\u0131";
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** @param {string} text */
export const lstrip = (text) => text.replace(LEADING, "");

/** @param {string} text */
export function rstrip(text) {
  let end = text.length;
  while (end && IS_SPACE.test(text[end - 1])) end--;
  return text.slice(0, end);
}

/** @param {string} text */
export const strip = (text) => lstrip(rstrip(text));

/** The words of a text. @param {string} text */
export const split = (text) => text.split(SPACES).filter(Boolean);

/** A text on one line, with single spaces. @param {string} text */
export const oneLine = (text) => split(text).join(" ");

/** The lines of a text, with their ends. @param {string} text */
export const splitLines = (text) => text.match(LINE)?.filter(Boolean) ?? [];

/** @param {string} text @param {string} part */
export const count = (text, part) => text.split(part).length - 1;

/** @param {string} text */
export const isDigit = (text) => DIGITS.test(text);

/** @param {string} text */
export const isAlnum = (text) => LETTERS_AND_DIGITS.test(text);

/** The number of code points. @param {string} text */
export const length = (text) => text.length - (text.match(PAIR)?.length ?? 0);

/** The first code points. @param {string} text @param {number} limit */
export const take = (text, limit) =>
  text.length <= limit ? text : [...text.slice(0, 2 * limit)].slice(0, limit).join("");

/** The form in which texts of any case are compared. @param {string} text */
export const casefold = (text) =>
  text
    .split(DOTLESS_I)
    .map((part) => [...part.toUpperCase()].map((letter) => letter.toLowerCase()).join(""))
    .join(DOTLESS_I);

/** Every word with a capital. @param {string} text */
export function title(text) {
  let isInside = false;
  return [...text]
    .map((letter) => {
      const changed = isInside ? letter.toLowerCase() : capital(letter);
      isInside = letter.toLowerCase() !== letter.toUpperCase();
      return changed;
    })
    .join("");
}

/** A ligature becomes a capital and lowercase letters. @param {string} letter */
function capital(letter) {
  const [first, ...rest] = letter.toUpperCase();
  return first + rest.join("").toLowerCase();
}
