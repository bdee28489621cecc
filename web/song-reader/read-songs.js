// @ts-check
/**
 * Read the songs that a visitor pastes or drops.
 *
 * It takes seconds for 10 MB and uses no DOM, so it belongs in a worker.
 */

import { formatBytes } from "../shared/format.js";
import { UserError } from "../shared/user-error.js";
import { readAll } from "./songs.js";

/**
 * @typedef {object} Source A dropped file or a pasted text.
 * @property {string} name Name of the file, or "" for pasted text.
 * @property {string} [path] Path of a file of a dropped folder, which starts with the name of that folder, as in
 * `webkitRelativePath`. As with `--songs FOLDER`, the folders in it are artists.
 * @property {Uint8Array} [bytes] Content of a file.
 * @property {string} [text] A pasted text.
 *
 * @typedef {object} Song
 * @property {string} artist
 * @property {string} title "" if unknown.
 * @property {string} text Clean lyrics.
 *
 * @typedef {object} Summary
 * @property {string[]} recognized What was recognized, such as "text, one song per file".
 * @property {number} songs
 * @property {number} artists
 * @property {number} lines
 * @property {number} words
 * @property {number} distinctWords
 * @property {{reason: string, count: number, example: string}[]} skipped
 *
 * @typedef {object} Result
 * @property {Song[]} songs
 * @property {Summary} summary
 * @property {string[]} notes Sentences for the visitor.
 */

/** The page learns from at most this many bytes. */
export const MAX_BYTES = 10_000_000;

/**
 * Read, clean and summarize songs.
 *
 * @param {Source[]} sources
 * @returns {Promise<Result>}
 * @throws {UserError} There is nothing to learn from, or too much.
 */
export async function readSongs(sources) {
  const size = sources.reduce((sum, { bytes, text }) => sum + (bytes ?? text ?? "").length, 0);
  if (size > MAX_BYTES)
    throw new UserError(
      `These songs take up ${formatBytes(size)}; the page learns from at most ${formatBytes(MAX_BYTES)}. Leave some out, or train with Python.`,
    );
  return readAll(sources);
}
