// @ts-check
/**
 * The training batches of `train/lyrics/stateful_batches.py`, whose comments hold here too.
 *
 * The same songs and seed give the same batches as in Python.
 */

import { BOS_EOS, PAD } from "../core/vocabulary.js";
import { NumpyRandom } from "./numpy-random.js";

const ARTIST_DROPOUT = 0.3;
const MIN_STEPS = 20; // of an epoch, as in train/lyrics/build.py

/**
 * The windows that the rows of a batch read, row after row.
 *
 * @typedef {object} Batch
 * @property {Int32Array} inputs Token ids.
 * @property {Int32Array} targets
 * @property {Float32Array} weights 1 for a target, 0 for padding.
 */

/** The songs of one pass over the data: for each row, the songs that it reads, and the steps at which they start. */
/** @typedef {{songs: number[], starts: number[]}[]} Rows */

export class StatefulBatches {
  /**
   * @param {ArrayLike<number>[]} songs Token ids of each song, starting with BOS_EOS and, in a network with artists, the artist.
   * @param {object} options
   * @param {number} options.batchSize Rows per batch.
   * @param {number} options.sequenceLength Tokens per row.
   * @param {number} [options.seed]
   * @param {number} [options.anyArtist] The token that means any artist.
   */
  constructor(songs, { batchSize, sequenceLength, seed = 0, anyArtist }) {
    this.songs = songs;
    this.batchSize = batchSize;
    this.sequenceLength = sequenceLength;
    this.seed = seed;
    this.anyArtist = anyArtist;
    this.windows = songs.map(({ length }) => Math.ceil(length / sequenceLength));
    const total = this.windows.reduce((sum, count) => sum + count, 0);
    this.stepsPerPass = this.windows.reduce(
      (most, count) => Math.max(most, count),
      Math.floor(total / batchSize),
    );
    this.passes = Math.ceil(MIN_STEPS / this.stepsPerPass);
    /** Steps of an epoch. */
    this.steps = this.stepsPerPass * this.passes;
  }

  /** The batches of an epoch. @param {number} epoch From 0. @returns {Generator<Batch, void>} */
  *epoch(epoch) {
    const random = new NumpyRandom([this.seed, epoch]);
    const passes = Array.from({ length: this.passes }, () => this.order(random));
    for (const { rows, hidden } of passes)
      for (let step = 0; step < this.stepsPerPass; step++) yield this.batch(rows, hidden, step);
  }

  /** All windows once, with all artists hidden. @returns {Generator<Batch, void>} */
  *all() {
    const rows = this.assign(this.songs.keys());
    const hidden = this.songs.map(() => true);
    const steps = Math.max(...rows.map(({ starts }) => starts[starts.length - 1]));
    for (let step = 0; step < steps; step++) yield this.batch(rows, hidden, step);
  }

  /** @param {NumpyRandom} random */
  order(random) {
    const rows = this.assign(random.permutation(this.songs.length));
    const hidden = this.songs.map(() => random.random() < ARTIST_DROPOUT);
    return { rows, hidden };
  }

  /** Give each song to the row that is shortest so far. @param {Iterable<number>} order @returns {Rows} */
  assign(order) {
    const rows = Array.from({ length: this.batchSize }, () => ({ songs: [], starts: [0] }));
    const ends = rows.map(() => 0);
    for (const song of order) {
      const shortest = ends.indexOf(Math.min(...ends));
      ends[shortest] += this.windows[song];
      rows[shortest].songs.push(song);
      rows[shortest].starts.push(ends[shortest]);
    }
    return rows;
  }

  /** @param {Rows} rows @param {boolean[]} hidden Whether the artist of a song is hidden. @param {number} step @returns {Batch} */
  batch(rows, hidden, step) {
    const size = this.batchSize * this.sequenceLength;
    const batch = {
      inputs: new Int32Array(size).fill(PAD),
      targets: new Int32Array(size).fill(PAD),
      weights: new Float32Array(size),
    };
    rows.forEach(({ songs, starts }, row) => {
      const next = starts.findIndex((start) => start > step);
      if (next < 0) return;
      const song = songs[next - 1];
      const first = row * this.sequenceLength;
      this.fill(batch, first, song, step - starts[next - 1]);
      if (this.anyArtist && step === starts[next - 1]) {
        batch.targets[first] = PAD;
        batch.weights[first] = 0;
        if (hidden[song]) batch.inputs[first + 1] = this.anyArtist;
      }
    });
    return batch;
  }

  /** Copy a window of a song into a batch. @param {Batch} batch @param {number} first @param {number} song @param {number} window */
  fill({ inputs, targets, weights }, first, song, window) {
    const tokens = this.songs[song];
    const start = window * this.sequenceLength;
    const end = Math.min(start + this.sequenceLength, tokens.length);
    for (let i = start; i < end; i++) {
      inputs[first + i - start] = tokens[i];
      targets[first + i - start] = tokens[i + 1] ?? BOS_EOS;
      weights[first + i - start] = 1;
    }
  }
}
