// @ts-check
/** Which songs are held out: the twin of `data/lyrics/splits.py`, whose comments hold here too. */

import { NEWLINE_TEXT } from "../core/tokenizer.js";

export const TRAINING = 0;
export const VALIDATION = 1;
const TEST = 2;

const MIN_GROUPS = 4;
const HELD_OUT_PERCENT = 8;
const SKETCH = 6;
const MIN_LINE_WORDS = 3;
const LINE_WORDS = 8;

/**
 * @typedef {object} Song
 * @property {string} artist
 * @property {string} title
 * @property {string} text
 */

/**
 * The split of each song.
 *
 * @param {Song[]} songs
 * @param {string[][]} words The tokens of each song.
 * @returns {{splits: number[], holdsOutLines: boolean}} holdsOutLines: whether there are too few songs to hold out a
 *   whole one, so that lines are held out instead.
 */
export function splitSongs(songs, words) {
  const groups = [];
  const percentiles = [];
  const byLine = new Map();
  songs.forEach((song, i) => {
    const lines = sketch(words[i]);
    const similar = similarGroup(lines, byLine);
    const group = similar ?? percentiles.length;
    if (similar === undefined) percentiles.push(percentile(song));
    for (const line of lines) if (!byLine.has(line)) byLine.set(line, group);
    groups.push(group);
  });
  const holdsOutLines = percentiles.length < MIN_GROUPS;
  const splits = splitGroups(percentiles, holdsOutLines);
  return { splits: groups.map((group) => splits[group]), holdsOutLines };
}

/** @param {number[]} percentiles @param {boolean} holdsOutLines */
function splitGroups(percentiles, holdsOutLines) {
  if (holdsOutLines) return percentiles.map(() => TRAINING);
  const splits = percentiles.map(splitOf);
  const training = splits.filter((split) => split === TRAINING).length;
  if (splits.includes(VALIDATION) && 2 * training >= splits.length) return splits;
  const lowest = percentiles.indexOf(Math.min(...percentiles));
  return percentiles.map((_, i) => (i === lowest ? VALIDATION : TRAINING));
}

/** @param {number} of Percentile of a song. */
function splitOf(of) {
  if (of < HELD_OUT_PERCENT) return VALIDATION;
  return of < 2 * HELD_OUT_PERCENT ? TEST : TRAINING;
}

/** @param {Song} song */
function percentile({ artist, text }) {
  return crc32(`${artist}\n${text.replaceAll("\r\n", "\n").replaceAll("\r", "\n")}`) % 100;
}

/** The group with more than half of these lines. @param {number[]} lines @param {Map<number, number>} byLine */
function similarGroup(lines, byLine) {
  const counts = new Map();
  for (const line of lines) {
    const group = byLine.get(line);
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  if (2 * most <= lines.length || !counts.size) return undefined;
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** The lowest hashes of the lines of a song. @param {string[]} words */
function sketch(words) {
  const texts = new Set();
  for (const line of words.join(" ").split(NEWLINE_TEXT)) {
    const cells = line.split(" ");
    for (let start = 0; start < cells.length; start += LINE_WORDS) {
      const part = cells.slice(start, start + LINE_WORDS);
      if (part.length >= MIN_LINE_WORDS) texts.add(part.join(" ").trim());
    }
  }
  return [...texts]
    .map(crc32)
    .sort((a, b) => a - b)
    .slice(0, SKETCH);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The CRC-32 of a text in UTF-8. @param {string} text */
function crc32(text) {
  let value = 0xffffffff;
  for (const byte of new TextEncoder().encode(text))
    value = CRC_TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
