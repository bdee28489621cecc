// @ts-check
/** Reads the files and texts with a visitor's songs, and says how well they suit training in the page. */

import { isWord, tokenize } from "../core/tokenizer.js";
import { Vocabulary } from "../core/vocabulary.js";
import { UserError } from "../shared/user-error.js";
import { readSongs } from "../song-reader/read-songs.js";

/** The most words to train on: on an ordinary computer, an epoch of the largest network then takes two minutes. */
export const MAX_WORDS = 200_000;
const OPENING_WORDS = 2;

/** @typedef {import("../song-reader/read-songs.js").Song} Song */
/** @typedef {import("../song-reader/read-songs.js").Summary} Summary */

/**
 * @typedef {object} Found
 * @property {Song[]} songs To train on: at most `MAX_WORDS`.
 * @property {Summary} summary Of all songs.
 * @property {string[]} notes
 * @property {number} used Number of songs to train on.
 * @property {string} opening Words that the first song begins with.
 * @property {number} known The share of the words of `songs` that are in the vocabulary.
 */

/**
 * @param {object} request
 * @param {{name: string, path?: string, file?: File, text?: string}[]} request.sources
 * @param {string} [request.vocabulary] Content of the vocabulary.tsv of a network that training may start from.
 * @returns {Promise<Found>}
 * @throws {UserError} The sources cannot be read, or have no songs.
 */
export async function readSources({ sources, vocabulary }) {
  const { songs, ...found } = await readSongs(await Promise.all(sources.map(open)));
  const known = vocabulary ? new Vocabulary(vocabulary).ids : new Map();
  const kept = [];
  let [numWords, numKnown] = [0, 0];
  for (const song of songs) {
    const words = tokenize(song.text).filter(isWord);
    if (kept.length && numWords + words.length > MAX_WORDS) break;
    kept.push(song);
    numWords += words.length;
    numKnown += words.filter((word) => known.has(word)).length;
  }
  const opening = tokenize(kept[0]?.text ?? "")
    .filter(isWord)
    .slice(0, OPENING_WORDS)
    .join(" ");
  return {
    songs: kept,
    ...found,
    used: kept.length,
    opening,
    known: numKnown / Math.max(numWords, 1),
  };
}

/** @param {{name: string, path?: string, file?: File, text?: string}} source */
async function open({ file, ...source }) {
  if (!file) return { ...source, text: source.text ?? "" };
  try {
    return { ...source, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new UserError(
      `“${source.name}” could not be read: it was moved, or the browser is not allowed to open it.`,
    );
  }
}
