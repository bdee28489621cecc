// @ts-check
/** Detect the format of each file from its content, and read it: the twin of `data/lyrics/readers/source.py` and `files.py`. */

import { UserError } from "../shared/user-error.js";
import { tables } from "../vendor/song-tables.js";
import { fieldOfCell } from "./columns.js";
import { detectDialect, dialectRows, stripPreamble } from "./dialect.js";
import {
  BLOCK_BYTES,
  detectEncoding,
  encodingName,
  isText,
  splitLines,
  textBlocks,
} from "./encoding.js";
import { readJson, readJsonLines } from "./json-songs.js";
import { stemOf, suffixOf } from "./names.js";
import { lstrip, splitLines as pythonLines, strip } from "./python.js";
import { readCsv } from "./tables.js";
import { readText, TIMED_SUFFIXES } from "./texts.js";

/** @typedef {import("./read-songs.js").Source} Source */
/** @typedef {import("./summary.js").Summary} Summary */
/** @typedef {import("./tables.js").RawSong} RawSong */

/**
 * @typedef {object} SongFile
 * @property {string} name For messages.
 * @property {string} path Within the dropped folder; "" for pasted text.
 * @property {string} suffix
 * @property {Uint8Array} bytes
 * @property {boolean} isAlone Whether it may contain many songs, unlike a text in a folder.
 */

export const PASTED = "the pasted text";
const TABLE_SUFFIXES = [".csv", ".tsv", ".tab", ".psv"];
const WITHOUT_SONGS = "files without songs";
const NO_SONGS = new Set(tables.namesWithoutSongs);
const SYSTEM_NAMES = /^(?:\..*|__macosx|@eadir|thumbs\.db|ehthumbs\.db|desktop\.ini|icon\r)$/;
const THUMBNAIL_FOLDERS = /^thumb(?:nail)?s?$/;
const MARKUP_CHARACTERS = 1000;
const HEADER_LINES = 50;
const TAR = [257, "ustar"];
const COMPRESSED = "a compressed file; unpack it and drop what is inside";
const ARCHIVE = "an archive; unpack it and drop the folder";
/** Descriptions of files that contain no text, by their first bytes. @type {[string, string][]} */
const SIGNATURES = [
  ["%PDF", "a PDF document; save it as plain text"],
  ["\xd0\xcf\x11\xe0", "an old office document; save it as CSV (UTF-8) or as plain text"],
  ["{\\rtf", "a rich text document; save it as plain text"],
  ["SQLite", "an SQLite database; export the table as CSV"],
  ["PK\x03\x04", "an archive or an office document; unpack it, or save it as CSV (UTF-8)"],
  ["7z\xbc\xaf", ARCHIVE],
  ["Rar!", ARCHIVE],
  ["\x1f\x8b", COMPRESSED],
  ["BZh", COMPRESSED],
  ["\xfd7zXZ", COMPRESSED],
  ["\x28\xb5\x2f\xfd", COMPRESSED],
  ["PAR1", "a Parquet file; save the songs as CSV"],
  ["ARROW1", "an Arrow file; save the songs as CSV"],
  ["\x89HDF", "an HDF5 file; save the songs as CSV"],
  ["\x93NUMPY", "a NumPy array; save the songs as CSV"],
  ["\x80\x04", "a Python pickle, which can run code; save the songs as CSV"],
  ["\x89PNG", "a picture instead of lyrics"],
  ["\xff\xd8\xff", "a picture instead of lyrics"],
  ["ID3", "an audio file instead of lyrics"],
];
/** Descriptions of texts that contain no songs, by their beginning. @type {[string, string][]} */
const MARKUP = [
  ["<!doctype html", "an HTML page; save its text as .txt"],
  ["<html", "an HTML page; save its text as .txt"],
  ["<?xml", "an XML file; save the songs as CSV or JSON"],
  ["version https://git-lfs", "a Git LFS pointer, not the file itself; run git lfs pull"],
];

/**
 * Yield the songs of the visitor's files, without cleaning them.
 *
 * @param {Source[]} sources
 * @param {Summary} summary
 * @returns {Generator<RawSong>}
 * @throws {UserError} The only file cannot be read. Of several, those that cannot be read are skipped.
 */
export function* readSources(sources, summary) {
  for (const file of songFiles(sources, summary)) {
    try {
      yield* readFile(file, summary);
    } catch (error) {
      if (!(error instanceof UserError) || sources.length === 1) throw error;
      summary.skip(WITHOUT_SONGS, file.name, error.message.replace(/^.*?: /, ""));
    }
  }
}

/** The files that may contain songs, sorted by their paths. @param {Source[]} sources @param {Summary} summary @returns {SongFile[]} */
function songFiles(sources, summary) {
  const isAlone = sources.length === 1 && !pathOf(sources[0]).includes("/");
  const root = commonFolder(sources);
  const files = sources.map((source) => asFile(source, isAlone, root));
  const wanted = files.filter((file) => {
    const reason = isAlone || !file.path ? "" : reasonToSkip(file.path);
    if (reason) summary.skip(reason, file.name);
    return !reason;
  });
  return wanted.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** @param {Source} source @param {boolean} isAlone @param {string} root @returns {SongFile} */
function asFile({ name, path, bytes, text }, isAlone, root) {
  if (bytes === undefined || text !== undefined) {
    const written = new TextEncoder().encode(text ?? "");
    return { name: PASTED, path: "", suffix: ".txt", bytes: written, isAlone: true };
  }
  const inside = pathOf({ name, path }).slice(root.length);
  const suffix = suffixOf(baseOf(inside)).toLowerCase();
  return { name: inside, path: inside, suffix, bytes, isAlone };
}

/** @param {{name: string, path?: string}} source */
const pathOf = ({ name, path }) => (path || name).replace(/^\/+/, "");

/** @param {string} path */
const baseOf = (path) => path.slice(path.lastIndexOf("/") + 1);

/** The dropped folder, with a slash, if all files are in one. @param {Source[]} sources */
function commonFolder(sources) {
  const paths = sources.map(pathOf).filter(Boolean);
  const folders = new Set(paths.map((path) => path.slice(0, path.indexOf("/") + 1)));
  const [folder] = folders;
  return folders.size === 1 ? folder : "";
}

/** @param {string} path */
function reasonToSkip(path) {
  const parts = path.toLowerCase().split("/");
  const isThumbnail = parts.slice(0, -1).some((part) => THUMBNAIL_FOLDERS.test(part));
  if (isThumbnail || parts.some((part) => SYSTEM_NAMES.test(part))) return "hidden or system files";
  const base = baseOf(path);
  const suffix = suffixOf(base);
  const stem = suffix ? base.slice(0, -suffix.length) : stemOf(base);
  return NO_SONGS.has(stem.toLowerCase()) ? "files that are not songs" : "";
}

/** @param {SongFile} file @param {Summary} summary @returns {Generator<RawSong>} */
function* readFile(file, summary) {
  const head = file.bytes.subarray(0, BLOCK_BYTES);
  if (!head.length && !file.path) return;
  if (!head.length) throw new UserError(`${file.name}: the file is empty.`);
  const meaning = meaningOf(head);
  if (meaning) throw new UserError(`${file.name}: ${meaning}.`);
  const encoding = detectEncoding(head);
  const [start] = textBlocks(file.name, head, encoding);
  const before = new Set(summary.sources.keys());
  yield* readDecoded(file, start, textBlocks(file.name, file.bytes, encoding), summary);
  if (encoding === "utf-8") return;
  for (const format of [...summary.sources.keys()].filter((each) => !before.has(each)))
    summary.addEncoding(format, encodingName(encoding));
}

/** Describe a file that contains no text; "" if it contains text. @param {Uint8Array} head */
function meaningOf(head) {
  const beginning = String.fromCharCode(...head.subarray(0, 300));
  const [, meaning] = SIGNATURES.find(([signature]) => beginning.startsWith(signature)) ?? [];
  if (meaning) return meaning;
  if (beginning.startsWith(String(TAR[1]), Number(TAR[0]))) return ARCHIVE;
  return isText(head) ? "" : "not a text file; use .txt, .csv, .lrc or .json";
}

/** @param {SongFile} file @param {string} head @param {Iterable<string>} blocks @param {Summary} summary @returns {Generator<RawSong>} */
function* readDecoded(file, head, blocks, summary) {
  const { name, path, suffix, isAlone } = file;
  const beginning = lstrip(head.slice(0, MARKUP_CHARACTERS)).toLowerCase();
  const markup = MARKUP.find(([each]) => beginning.startsWith(each));
  if (markup) throw new UserError(`${name}: ${markup[1]}.`);
  const start = lstrip(head)[0];
  const lines = splitLines(blocks);
  const isTable =
    TABLE_SUFFIXES.includes(suffix) || (suffix !== ".txt" && isAlone) || isTableOfSongs(head);
  if (TIMED_SUFFIXES.includes(suffix)) yield* readText({ name, path, isAlone }, lines, summary);
  else if (start === "{" && isJsonLines(head)) yield* readJsonLines(name, lines, summary);
  else if (start === "{" || (start === "[" && isJsonArray(head)))
    yield* readJson(name, [...blocks].join(""), summary);
  else if (isTable) yield* readCsv(name, lines, summary);
  else yield* readText({ name, path, isAlone }, lines, summary);
}

/** Whether the first line is a complete JSON object and another one follows. @param {string} head */
function isJsonLines(head) {
  const text = strip(head);
  const end = text.includes("\n") ? text.indexOf("\n") : text.length;
  const first = text.slice(0, end);
  const isObject = first.replace(/[ ,\r]+$/, "").endsWith("}") && first.includes('"');
  return isObject && lstrip(text.slice(end + 1)).startsWith("{");
}

/** @param {string} head */
const isJsonArray = (head) => /^[{["\]]/.test(lstrip(lstrip(head).slice(1)));

/** Whether the first line of a text is the header of a table of songs. @param {string} head */
function isTableOfSongs(head) {
  const lines = pythonLines(head);
  const { start, delimiter } = stripPreamble(lines);
  if (start === lines.length) return false;
  const dialect = detectDialect(lines.slice(start, start + HEADER_LINES), delimiter);
  const [row = []] = dialectRows(dialect, lines.slice(start));
  const fields = new Set(row.map(fieldOfCell).filter(Boolean));
  return row.length > 1 && fields.has("text") && fields.size > 1;
}
