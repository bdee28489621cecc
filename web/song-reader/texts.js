// @ts-check
/**
 * Read songs from plain text, timed lyrics and subtitles: the twin of `data/lyrics/readers/texts.py`, which states the
 * rules.
 */

import { namesOf, suffixOf, withFields } from "./names.js";
import { patternsOf } from "./pattern.js";
import { count, isDigit, SPACE, strip } from "./python.js";

/** @typedef {import("./summary.js").Summary} Summary */
/** @typedef {import("./tables.js").RawSong} RawSong */

const PATTERNS = patternsOf("texts");
export const TIMED_SUFFIXES = [".lrc", ".srt", ".vtt"];
const LONG = 150;
const LONG_LINE = 40;
const EMPTY_LINES = new RegExp(`\\n[${SPACE}]*\\n`);

/**
 * Yield the songs of a text file.
 *
 * @param {{name: string, path: string, isAlone: boolean}} file
 * @param {Iterable<string>} lines
 * @param {Summary} summary
 * @returns {Generator<RawSong>}
 */
export function* readText({ name, path, isAlone }, lines, summary) {
  const suffix = suffixOf(path).toLowerCase();
  const { artist, title } = namesOf(path, isAlone);
  const song = { where: name, artist, title };
  if (suffix === ".lrc") {
    summary.add("lyrics with times (.lrc)");
    yield readLrc(song, lines);
  } else if (TIMED_SUFFIXES.includes(suffix)) {
    summary.add(`subtitles (${suffix})`);
    yield { ...song, text: [...cues(lines)].join("\n") };
  } else if (isAlone) yield* readMany(name, lines, artist || title, summary);
  else {
    summary.add("text, one song per file");
    yield withFields({ ...song, text: [...lines].join("") });
  }
}

/** @param {{where: string, artist: string, title: string}} song @param {Iterable<string>} lines @returns {RawSong} */
function readLrc(song, lines) {
  const found = { ...song };
  const kept = [];
  for (const line of lines) {
    const field = PATTERNS.LRC_FIELD.fullmatch(line);
    const name = field?.[1].toLowerCase();
    if (name === "ar") found.artist = strip(field[2]);
    else if (name === "ti") found.title = strip(field[2]);
    else if (!field) kept.push(strip(PATTERNS.LRC_TIME.sub(line, () => "")));
  }
  return { ...found, text: kept.join("\n") };
}

/** The text of subtitles without numbers, times and markup. @param {Iterable<string>} lines */
function* cues(lines) {
  let previous = "";
  let isHeader = true;
  for (const line of lines) {
    if (PATTERNS.CUE_TIME.match(line)) {
      isHeader = false;
      previous = "";
      continue;
    }
    if (!isHeader && previous) yield previous;
    const text = strip(PATTERNS.CUE_MARKUP.sub(line, () => ""));
    previous = isDigit(text) ? "" : text;
  }
  if (!isHeader && previous) yield previous;
}

/** Split a file into songs at separators and titles. @param {string} name @param {Iterable<string>} lines @param {string} artist @param {Summary} summary @returns {Generator<RawSong>} */
function* readMany(name, lines, artist, summary) {
  summary.add("text, songs separated by --- or empty lines");
  /** @type {string[]} */
  let song = [];
  let start = 1;
  let empty = 1;
  let titles = 0;
  let number = 0;
  for (const [line, after] of withNext(lines)) {
    number++;
    const isEmpty = !strip(line);
    const isRule = PATTERNS.RULE.fullmatch(line) !== null;
    const isHeading = empty > 0 && isTitle(line, after, titles + 1);
    if (isHeading) titles++;
    if (song.length && (isRule || isHeading || (!isEmpty && empty > 1))) {
      yield* blocks(name, start, artist, song);
      song = [];
    }
    empty = isEmpty ? empty + 1 : 0;
    if (isRule) continue;
    if (!song.length) start = number;
    if (song.length || !isEmpty) song.push(line);
  }
  if (song.length) yield* blocks(name, start, artist, song);
}

/** Each line with the one after it. @param {Iterable<string>} lines @returns {Generator<[string, string]>} */
function* withNext(lines) {
  let previous;
  for (const line of lines) {
    if (previous !== undefined) yield [previous, line];
    previous = line;
  }
  if (previous !== undefined) yield [previous, ""];
}

/** Whether a line is a title: "# Title", or "3. Title" before an empty line. @param {string} line @param {string} after @param {number} number */
function isTitle(line, after, number) {
  if (PATTERNS.HEADING.match(line)) return true;
  const found = PATTERNS.NUMBERED.match(line);
  return found !== null && Number(found[1]) === number && !strip(after);
}

/** One song, or one for each line or block of lines if there is too much text. @param {string} name @param {number} start @param {string} artist @param {string[]} lines @returns {Generator<RawSong>} */
function* blocks(name, start, artist, lines) {
  const text = lines.join("");
  const isLong = count(text, " ") > LONG_LINE * lines.length && lines.length > 1;
  const parts = isLong ? lines : lines.length > LONG ? text.split(EMPTY_LINES) : [text];
  let line = start;
  for (const part of parts) {
    yield withFields({ where: `${name} line ${line}`, artist, title: "", text: part });
    line += count(part, "\n") + (parts.length > 1 && parts !== lines ? 2 : 0);
  }
}
