// @ts-check
/** Replace the entities of HTML: the twin of Python's `html.unescape`. */

import { tables } from "../vendor/song-tables.js";
import { WINDOWS_1252 } from "./utf8.js";

const REFERENCE = /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu;
const MAX_CODE = 0x10ffff;
const REPLACEMENT = "\ufffd";
const CARRIAGE_RETURN = 0x0d;

/** @param {string} text */
export const unescapeEntities = (text) =>
  text.replace(REFERENCE, (_, name) => (name.startsWith("#") ? numbered(name) : named(name)));

/** @param {string} name "#228;" or "#xe4;" */
function numbered(name) {
  const digits = name.replace(";", "").slice(1);
  const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits);
  if (code === 0 || code > MAX_CODE || (code >= 0xd800 && code <= 0xdfff)) return REPLACEMENT;
  if (code >= 0x80 && code <= 0x9f) return WINDOWS_1252[code - 0x80];
  if (code === CARRIAGE_RETURN) return "\r";
  return isInvalid(code) ? "" : String.fromCodePoint(code);
}

/** Whether a code is that of a control or of no character. @param {number} code */
function isInvalid(code) {
  const isControl = code < 0x20 && !(code >= 0x09 && code <= 0x0a) && code !== 0x0c;
  const isUnassigned = code >= 0xfdd0 && code <= 0xfdef;
  return isControl || code === 0x7f || isUnassigned || (code & 0xfffe) === 0xfffe;
}

/** Replace the longest known name at the start, even without a semicolon. @param {string} name */
function named(name) {
  const letters = [...name];
  for (let end = letters.length; end > 1; end--) {
    const known = letters.slice(0, end).join("");
    if (Object.hasOwn(tables.entities, known))
      return tables.entities[known] + letters.slice(end).join("");
  }
  return `&${name}`;
}
