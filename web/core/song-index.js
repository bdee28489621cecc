// @ts-check
/** The index of training songs, which finds phrases that a network copies; `export/song_index.py` describes it. */

import { murmur3Finalizer } from "./prng.js";

const LINE_FEED = 10;

/**
 * A copied phrase.
 *
 * @typedef {object} CopiedPhrase
 * @property {number} start Position of its first word in the song.
 * @property {number} length In words.
 * @property {string} artist
 * @property {string} title
 */

export class SongIndex {
  /** @param {Uint8Array} bytes Content of song-index.bin; throws an Error if it is damaged. */
  constructor(bytes) {
    const headerEnd = bytes.indexOf(LINE_FEED);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(0, headerEnd)));
    if (!isSoundHeader(header, bytes.length - headerEnd)) throw new Error("song-index.bin");
    /** Length of the shortest phrase that can be found, in words. @type {number} */
    this.phraseLength = header.phrase_length;
    /** Share of the copied phrases that can be found. @type {number} */
    this.share = header.share;
    /** Artist and title of each song. @type {[string, string][]} */
    this.songs = header.songs;
    this.fingerprints = new Uint32Array(header.count);
    this.owners = new Uint16Array(header.count);
    const bits = new BitReader(bytes, headerEnd + 1);
    let fingerprint = 0;
    for (let i = 0; i < header.count; i++) {
      fingerprint += bits.readUnary() * 2 ** header.rice + bits.read(header.rice);
      this.fingerprints[i] = fingerprint;
      this.owners[i] = bits.read(header.bits);
      if (this.owners[i] >= this.songs.length) throw new Error("song-index.bin");
    }
  }

  /**
   * The phrases of a song that are copied, each from one training song.
   *
   * @param {number[]} tokens
   * @returns {CopiedPhrase[]}
   */
  findCopies(tokens) {
    /** @type {{start: number, length: number, owner: number}[]} */
    const phrases = [];
    for (let start = 0; start + this.phraseLength <= tokens.length; start++) {
      const end = start + this.phraseLength;
      const owner = this.owner(tokens.slice(start, end));
      if (owner === undefined) continue;
      const last = phrases[phrases.length - 1];
      if (last?.owner === owner && last.start + last.length === end - 1) last.length++;
      else phrases.push({ start, length: this.phraseLength, owner });
    }
    return phrases.map(({ owner, start, length }) => {
      const [artist, title] = this.songs[owner];
      return { start, length, artist, title };
    });
  }

  /**
   * The number of the training song that contains a phrase, if one does.
   *
   * @param {number[]} phrase `phraseLength` tokens.
   */
  owner(phrase) {
    const fingerprint = phrase.reduce((before, token) => murmur3Finalizer(before ^ token), 0);
    let low = 0;
    let high = this.fingerprints.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.fingerprints[middle] < fingerprint) low = middle + 1;
      else high = middle;
    }
    return this.fingerprints[low] === fingerprint ? this.owners[low] : undefined;
  }
}

/**
 * Whether the first line of an index is valid and fits the bytes that follow. The index is not trusted.
 *
 * @param {any} header
 * @param {number} numBytes Number of bytes that follow.
 */
function isSoundHeader({ phrase_length, count, rice, bits, share, songs }, numBytes) {
  const isIn = (/** @type {unknown} */ value, low, high) =>
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
  return (
    isIn(phrase_length, 2, 100) &&
    isIn(rice, 0, 31) &&
    isIn(bits, 1, 16) &&
    isIn(count, 0, (8 * numBytes) / (rice + 1 + bits)) &&
    share > 0 &&
    share <= 1 &&
    Array.isArray(songs) &&
    songs.every((song) => song?.length === 2 && song.every((name) => typeof name === "string"))
  );
}

/** Reads numbers from bytes, highest bit first. */
class BitReader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} start Index of the first byte.
   */
  constructor(bytes, start) {
    this.bytes = bytes;
    this.position = 8 * start;
  }

  /**
   * The next `width` bits as a number; up to 32.
   *
   * @param {number} width
   * @returns {number}
   */
  read(width) {
    if (width > 16) {
      const high = this.read(width - 16);
      return high * 65536 + this.read(16);
    }
    const i = this.position >> 3;
    const next3 = (this.bytes[i] << 16) | (this.bytes[i + 1] << 8) | this.bytes[i + 2];
    const value = next3 >> (24 - (this.position & 7) - width);
    this.position += width;
    return value & ((1 << width) - 1);
  }

  /** How many ones come before the next zero, which is skipped. */
  readUnary() {
    let ones = 0;
    while (this.read(1)) ones++;
    return ones;
  }
}
