// @ts-check
/** Builds the index of training songs that song-index.js reads: the twin of `export/song_index.py`, which describes the format. */

import { murmur3Finalizer } from "./prng.js";
import { UNK } from "./vocabulary.js";

export const PHRASE_LENGTH = 6;
const MAX_BYTES = 1_250_000;
const MAX_SONGS = 2 ** 16; // their numbers have at most 16 bits
const SHARES = [1, 2, 4, 8]; // n means that a share of 1 / n of the fingerprints is kept

/** @typedef {{artist: string, title: string, tokens: ArrayLike<number>}} IndexedSong */

/**
 * @param {IndexedSong[]} songs
 * @param {number} maxBytes
 * @returns {Uint8Array<ArrayBuffer> | undefined} Content of song-index.bin; undefined if there are no phrases, or too many.
 */
export function buildSongIndex(songs, maxBytes = MAX_BYTES) {
  const owners = phraseOwners(songs.slice(0, MAX_SONGS));
  const prints = Uint32Array.from(owners.keys()).sort();
  if (!prints.length) return undefined;
  for (const share of SHARES) {
    const kept = prints.filter((print) => print < 2 ** 32 / share);
    const index = encode(kept, owners, songs, share);
    if (index.length <= maxBytes) return index;
  }
  return undefined;
}

/** The first song with each phrase, by the phrase's fingerprint. @param {IndexedSong[]} songs */
function phraseOwners(songs) {
  /** @type {Map<number, number>} */
  const owners = new Map();
  songs.forEach(({ tokens }, owner) => {
    for (let start = 0; start + PHRASE_LENGTH <= tokens.length; start++) {
      const phrase = Array.from({ length: PHRASE_LENGTH }, (_, i) => tokens[start + i]);
      if (phrase.includes(UNK)) continue;
      const print = phrase.reduce((before, token) => murmur3Finalizer(before ^ token), 0);
      if (!owners.has(print)) owners.set(print, owner);
    }
  });
  return owners;
}

/** @param {Uint32Array} prints Ascending. @param {Map<number, number>} owners @param {IndexedSong[]} songs @param {number} share */
function encode(prints, owners, songs, share) {
  const ownersOfPrints = Array.from(prints, (print) => Number(owners.get(print)));
  const named = [...new Set(ownersOfPrints)].sort((a, b) => a - b);
  const numbers = new Map(named.map((owner, i) => [owner, i]));
  const differences = Array.from(prints, (print, i) => print - (prints[i - 1] ?? 0));
  const mean = (prints[prints.length - 1] ?? 0) / Math.max(prints.length, 1);
  const rice = Math.floor(Math.log2(1 + 0.69 * mean)); // ln 2 times the mean: the best parameter
  const bits = Math.max(1, Math.ceil(Math.log2(named.length)));
  const header = {
    ...{ phrase_length: PHRASE_LENGTH, count: prints.length, rice, bits, share: 1 / share },
    songs: named.map((owner) => [songs[owner].artist, songs[owner].title]),
  };
  const firstLine = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const ones = differences.map((difference) => Math.floor(difference / 2 ** rice));
  const numBits = ones.reduce((sum, count) => sum + count + 1 + rice + bits, 0);
  const writer = new BitWriter(firstLine, numBits);
  differences.forEach((difference, i) => {
    writer.writeUnary(ones[i]);
    writer.write(difference % 2 ** rice, rice);
    writer.write(Number(numbers.get(ownersOfPrints[i])), bits);
  });
  return writer.bytes;
}

/** Writes numbers as bits, highest bit first, after some bytes. */
class BitWriter {
  /** @param {Uint8Array} start @param {number} numBits How many bits will follow. */
  constructor(start, numBits) {
    this.bytes = new Uint8Array(start.length + Math.ceil(numBits / 8));
    this.bytes.set(start);
    this.position = 8 * start.length;
  }

  /** @param {number} bit 0 or 1. */
  writeBit(bit) {
    this.bytes[this.position >> 3] |= bit << (7 - (this.position & 7));
    this.position++;
  }

  /** @param {number} value @param {number} width In bits. */
  write(value, width) {
    for (let bit = width - 1; bit >= 0; bit--) this.writeBit((value >>> bit) & 1);
  }

  /** Write this many ones, then a zero. @param {number} ones */
  writeUnary(ones) {
    for (let i = 0; i < ones; i++) this.writeBit(1);
    this.writeBit(0);
  }
}
