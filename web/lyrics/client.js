/** The lyrics worker as pages use it. A newer song or question replaces an older one of its kind. */

import { RemoteWorker } from "../shared/rpc.js";

export class LyricsClient {
  /** @param {(message: string) => void} onError */
  constructor(onError) {
    this.worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
    this.onError = onError;
  }

  /** The result of a call, or undefined if it failed or was replaced. */
  call(method, args, onProgress) {
    return this.worker
      .callLatest(method, args, onProgress)
      .catch((error) => this.onError(error.message));
  }

  /** Load a network: {folder, meta}. */
  load(run, onProgress) {
    return this.call("load", { run }, onProgress);
  }

  /** Load the index of the training songs: the share of copied phrases that it can find. */
  loadSongIndex() {
    return this.call("loadSongIndex");
  }

  /** Write a song: `onWords(words, unknown)` gets its words as they come; {count, seconds} at the end. */
  write(request, onWords) {
    return this.call("write", request, ({ words, unknown }) => onWords(words, unknown));
  }

  /** The phrases of a song that are copied from training songs. */
  findCopies(words) {
    return this.call("findCopies", { words });
  }

  /** What may follow some words: [{word, probability}]. */
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
