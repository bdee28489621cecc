// @ts-check
/** Numbers as text for visitors. */

/** A number as text, with a minus sign instead of a hyphen, but none before 0. @param {string} text */
const withMinus = (text) => (/[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", ""));

/**
 * A number with a fixed number of decimals and thousands separators: 1,234, −0.50.
 *
 * @param {number} value
 * @param {number} decimals
 */
export const formatFixed = (value, decimals) =>
  withMinus(
    value.toLocaleString("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }),
  );

/** A count with thousands separators: 1,234. @param {number} value */
export const formatCount = (value) => withMinus(value.toLocaleString("en"));

/**
 * A share as a percentage: 25%, or 2.5% below a tenth.
 *
 * @param {number} share From 0 to 1.
 * @param {number} digits Decimal places; by default one below a tenth and none above.
 */
export const formatPercent = (share, digits = share && share < 0.1 ? 1 : 0) =>
  `${(100 * share).toFixed(digits)}%`;

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Whether a text contains letters that are written from right to left. @param {string} text */
export const isRightToLeft = (text) => RIGHT_TO_LEFT.test(text);

const MAX_QUOTED_LENGTH = 40; // characters

/**
 * A visitor's words for use in a sentence: quoted, cut off if long, and kept from changing the direction of the sentence.
 *
 * @param {string} text
 */
export function quote(text) {
  const short = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
  return isRightToLeft(short) ? `\u2068“${short}”\u2069` : `“${short}”`;
}

/** The size of a file or download: 163 KB, 2.4 MB. @param {number} bytes */
export const formatBytes = (bytes) =>
  bytes < 1e6 ? `${Math.round(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** A duration of minutes or hours. @param {number} seconds */
export const formatTime = (seconds) =>
  seconds < 5400
    ? `${Math.max(1, Math.round(seconds / 60))} minutes`
    : `${(seconds / 3600).toFixed(1)} hours`;

/** What a page says while its network is loading. @param {{loaded: number, total: number}} bytes */
export const formatLoading = ({ loaded, total }) =>
  `Loading the network… ${formatBytes(loaded)} of ${formatBytes(total)}`;

/**
 * A number of any size in a few characters: 0.57, −23.5, 1.2e−7.
 *
 * @param {number} value
 */
export function formatShort(value) {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3))
    return value.toExponential(1).replace("e+", "e").replaceAll("-", "−");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return formatCount(Number(value.toFixed(digits)));
}
