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

  /** Load the index of the training songs: the share of copied runs that it can find. */
  loadSongIndex() {
    return this.call("loadSongIndex");
  }

  /** Write a song: `onWords(words, unknown)` gets its words as they come; {count, seconds} at the end. */
  write(request, onWords) {
    return this.call("write", request, ({ words, unknown }) => onWords(words, unknown));
  }

  /** Runs of words copied from the training songs. */
  recall(words) {
    return this.call("recall", { words });
  }

  /** What may follow some words: [{word, chance}]. */
  consider(request) {
    return this.call("consider", request);
  }

  interrupt() {
    this.call("interrupt");
  }

  terminate() {
    this.worker.terminate();
  }
}
