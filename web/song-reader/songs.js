// @ts-check
/** Clean the songs of the visitor's files and count their words: the twin of `data/lyrics/songs.py`. */

import { isWord, NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { cleanLyrics, hasWords, reasonToSkip } from "./cleaning.js";
import { notesOn, nothingLeft, tooFewWords } from "./notes.js";
import { patternsOf } from "./pattern.js";
import { casefold, count, oneLine, strip } from "./python.js";
import { readSources } from "./sources.js";
import { Summary } from "./summary.js";

/** @typedef {import("./read-songs.js").Source} Source */
/** @typedef {import("./read-songs.js").Song} Song */
/** @typedef {import("./read-songs.js").Result} Result */
/** @typedef {import("./tables.js").RawSong} RawSong */

const { GUESTS } = patternsOf("songs");
const MAX_SONG_WORDS = 20_000;
const UNKNOWN_ARTIST = "Unknown artist";
const LONG_LINE = 60;
const MIN_WORDS = 4;

/**
 * Read, clean and count songs.
 *
 * @param {Source[]} sources
 * @returns {Result}
 * @throws {UserError} There is nothing to learn from.
 */
export function readAll(sources) {
  const summary = new Summary();
  const songs = [...cleanSongs(readSources(sources, summary), summary)];
  if (!songs.length) throw nothingLeft(summary);
  const counts = { ...countWords(songs), songs: songs.length, artists: artistsOf(songs) };
  if (counts.words < MIN_WORDS) throw tooFewWords(counts.words);
  const { recognized, skipped } = summary;
  return {
    songs,
    summary: { recognized, ...counts, skipped },
    notes: notesOn(counts.lines, songs, summary),
  };
}

/** @param {Iterable<RawSong>} records @param {Summary} summary @returns {Generator<Song>} */
export function* cleanSongs(records, summary) {
  /** @type {Map<string, string>} */
  const spellings = new Map();
  const seen = new Set();
  for (const record of records) {
    const text = cleanText(record, summary);
    if (!text) continue;
    const artist = usualSpelling(GUESTS.sub(record.artist, () => "") || UNKNOWN_ARTIST, spellings);
    const key = [artist, record.title, oneLine(casefold(text))].map(casefold).join("\n");
    if (seen.has(key)) summary.skip("duplicates", record.where, `${artist} - ${record.title}`);
    else yield { artist, title: record.title, text };
    seen.add(key);
  }
}

/** The first spelling of the name of an artist. @param {string} artist @param {Map<string, string>} spellings */
function usualSpelling(artist, spellings) {
  const key = casefold(artist);
  const spelling = spellings.get(key) ?? artist;
  spellings.set(key, spelling);
  return spelling;
}

/** The clean lyrics of a record, or "" if it is skipped. @param {RawSong} record @param {Summary} summary */
function cleanText(record, summary) {
  const noSong = reasonToSkip(record.text);
  const text = strip(noSong ? record.text : cleanLyrics(record.text, summary));
  const spaces = count(text, " ") + count(text, "\n");
  const reason = noSong || reasonToLeaveOut(text, spaces);
  if (reason) {
    summary.skip(reason, record.where, record.title);
    return "";
  }
  if (!text.includes("\n") && spaces > LONG_LINE) summary.withoutLines++;
  return text;
}

/** @param {string} text @param {number} spaces */
function reasonToLeaveOut(text, spaces) {
  if (!text || !hasWords(text)) return "songs without lyrics";
  return spaces > MAX_SONG_WORDS ? "songs of more than 20,000 words" : "";
}

/** @param {Song[]} songs */
const artistsOf = (songs) => new Set(songs.map(({ artist }) => artist)).size;

/** The numbers of lines, words and distinct words. @param {Song[]} songs */
function countWords(songs) {
  let lines = 0;
  let words = 0;
  const distinct = new Set();
  for (const { text } of songs) {
    let isNewLine = true;
    for (const token of tokenize(text)) {
      if (isNewLine && token !== NEWLINE_TEXT) lines++;
      isNewLine = token === NEWLINE_TEXT;
      if (!isWord(token)) continue;
      words++;
      distinct.add(token);
    }
  }
  return { lines, words, distinctWords: distinct.size };
}
