// @ts-check
/** The lyrics worker as pages use it. A newer request replaces an older one of the same kind. */

import { RemoteWorker } from "../shared/rpc.js";

/** @typedef {import("../shared/model.js").ModelEntry} ModelEntry */
/** @typedef {{run: string, entry?: ModelEntry}} Wanted A run, and its entry in the site's index if there is one. */

export class LyricsClient {
  /** @param {(message: string) => void} onError */
  constructor(onError = () => {}) {
    this.worker = new RemoteWorker(new URL("../lyrics/worker.js", import.meta.url));
    this.onError = onError;
  }

  /**
   * The result of a call, or undefined if it failed or was replaced.
   *
   * @param {string} method
   * @param {object} [args]
   * @param {(progress: any) => void} [onProgress]
   */
  call(method, args, onProgress) {
    return this.worker
      .callLatest(method, args, onProgress)
      .catch((error) => this.onError(error.message));
  }

  /**
   * Load a network: {run, folder, meta, forms, canRhyme}.
   *
   * @param {Wanted} wanted
   * @param {(bytes: {loaded: number, total: number}) => void} [onProgress]
   */
  load(wanted, onProgress) {
    return this.call("load", wanted, onProgress);
  }

  /** Download another network while this one writes; true when `load` no longer has to wait for it. @param {Wanted} wanted */
  prefetch(wanted) {
    return this.call("prefetch", wanted);
  }

  /** What is in a .gene file, see worker.js. Rejects with a UserError. @param {Blob} file @returns {Promise<any>} */
  inspect(file) {
    return this.worker.call("inspect", { file });
  }

  /** Load the index of the training songs; returns the share of copied phrases that it can find. */
  loadSongIndex() {
    return this.call("loadSongIndex");
  }

  /**
   * Write a song: `onWords` gets its words as they come. Returns {count, seconds} at the end.
   *
   * @param {object} request What the worker's `write` takes.
   * @param {(more: {words: string[], unknown?: string[], lost?: string[]}) => void} onWords
   */
  write(request, onWords) {
    return this.call("write", request, onWords);
  }

  /** The phrases of a song that are copied from training songs. @param {string[]} words */
  findCopies(words) {
    return this.call("findCopies", { words });
  }

  /** What may follow some words: [{word, probability}]. @param {object} request */
  alternatives(request) {
    return this.call("alternatives", request);
  }

  interrupt() {
    this.call("interrupt");
  }

  terminate() {
    this.worker.terminate();
  }
}
