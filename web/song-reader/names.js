// @ts-check
/** Find the artist and the title of a song in its path or its first lines: the twin of `data/lyrics/readers/names.py`. */

import { fieldOf } from "./columns.js";
import { patternsOf } from "./pattern.js";
import { count, isAlnum, isDigit, strip } from "./python.js";

/** @typedef {import("./tables.js").RawSong} RawSong */

const PATTERNS = patternsOf("names");
const MAX_FIELDS = 12;

/** The artist and the title according to a path; "" if unknown. @param {string} path @param {boolean} isAlone @returns {{artist: string, title: string}} */
export function namesOf(path, isAlone) {
  const parts = path
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part && part !== ".");
  const name = parts.pop() ?? "";
  const folders = isAlone ? [] : withoutGeneric(parts);
  const stem = stemOf(name);
  const generic = PATTERNS.GENERIC.fullmatch(stem) ? folders.pop() : undefined;
  const spaced = spacedOut(generic ?? stem);
  const plain = PATTERNS.TRACK_NUMBER.match(spaced)
    ? PATTERNS.TRACK_NUMBER.removeFirst(spaced)
    : spaced;
  const [artist, title] = PATTERNS.DASH.splitOnce(plain);
  if (title !== undefined) return { artist: strip(artist), title: strip(title) };
  return { artist: folders[0] ?? "", title: plain };
}

/** The name of a file without its ending. @param {string} name */
export function stemOf(name) {
  const dot = name.lastIndexOf(".");
  return isAlnum(suffixOf(name).slice(1)) ? name.slice(0, dot) : name;
}

/** The ending of the name of a file, such as ".txt", or "". @param {string} name */
export function suffixOf(name) {
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot) : "";
}

/** @param {string} stem */
function spacedOut(stem) {
  if (!stem.includes("_") || stem.includes(" ")) return stem;
  const spaced = stem.replaceAll("_", " ");
  return count(spaced, "-") === 1 ? spaced.replace("-", " - ") : spaced;
}

/** The folders of a file without generic ones, such as "lyrics", at the beginning. @param {string[]} folders */
function withoutGeneric(folders) {
  const start = folders.findIndex((folder) => !PATTERNS.GENERIC.fullmatch(folder));
  return start < 0 ? [] : folders.slice(start);
}

/** Take the artist and the title from the first lines of a song, and remove these lines. @param {RawSong} song @returns {RawSong} */
export function withFields(song) {
  const lines = song.text.split("\n");
  /** @type {Record<string, string>} */
  const found = {};
  let end = 0;
  for (const line of lines.slice(0, MAX_FIELDS)) {
    const [field, value] = fieldIn(line, lines[end + 1], found);
    if (strip(line) && !field) break;
    if (field && !(field in found)) found[field] = value;
    end++;
  }
  const { artist, title } = found;
  if (artist === undefined && title === undefined) return song;
  return {
    ...song,
    artist: artist ?? song.artist,
    title: title ?? song.title,
    text: lines.slice(end).join("\n"),
  };
}

/** The field that a line specifies, and its value. @param {string} line @param {string | undefined} after @param {Record<string, string>} found */
function fieldIn(line, after, found) {
  const isNumbered = isDigit([...strip(line)][0] ?? "");
  return isNumbered && after && strip(after) ? ["", ""] : fieldOfLine(line, found);
}

/** @param {string} line @param {Record<string, string>} found @returns {[string, string]} */
function fieldOfLine(line, found) {
  const heading = PATTERNS.HEADING.fullmatch(line);
  if (heading && !Object.keys(found).length) return ["title", strip(heading[1])];
  const match = PATTERNS.FIELD.fullmatch(line);
  if (!match) return ["", ""];
  const name = strip(match[1]).toLowerCase();
  const field = name === "by" ? "artist" : fieldOf(name);
  if (field === "text") return strip(match[2]) ? ["", ""] : ["text", ""];
  const other = PATTERNS.OTHER_FIELDS.fullmatch(name) ? "other" : "";
  return [field ?? other, strip(match[2])];
}
