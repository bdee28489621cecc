// @ts-check
/**
 * Downloads over connections that break or stall, from hosts that are busy.
 *
 * What arrived before a connection broke is kept, and only the rest is requested if the host supports such requests.
 */

import { noteArrival, watch } from "./stalls.js";
import { UserError } from "./user-error.js";

const RETRY_SECONDS = [0.5, 1, 2, 4];
const MAX_RETRY_SECONDS = 30; // visitors do not wait longer than this for a busy host
const TEMPORARY_STATUSES = [408, 425, 429, 500, 502, 503, 504];
const PARTIAL_CONTENT = 206;
const RANGE_NOT_SATISFIABLE = 416;

const NO_CONNECTION =
  "The network could not be loaded. Check your connection, then reload the page.";

/** The host has no such file. The site may have been published again since the page was opened. */
export class MissingError extends UserError {}

/** A failure that may soon pass. */
class TemporaryError extends UserError {
  /** @param {string} message @param {number} [seconds] How long to wait, if the host says so. */
  constructor(message, seconds) {
    super(message);
    this.seconds = seconds;
  }
}

/** The downloads that are running or paused. @type {Set<Download>} */
const downloads = new Set();

/**
 * Pause downloads, because others are needed first, or resume them. What has arrived is kept.
 *
 * @param {URL} folder Only downloads of the files in it are paused or resumed.
 * @param {boolean} isPaused
 */
export function pauseDownloads(folder, isPaused) {
  for (const job of downloads) {
    if (!job.url.href.startsWith(folder.href)) continue;
    if (isPaused) job.pause();
    else job.resume();
  }
}

/**
 * Download a file, with retries.
 *
 * @param {URL} url
 * @param {number} bytes Its size, or Infinity if that is not known.
 * @param {(bytes: number) => void} onBytes Called with the number of new bytes; negative for a fresh start.
 * @param {RequestCache} cache
 * @returns {Promise<Uint8Array<ArrayBuffer>>} What the host has at the address. If its size differs from `bytes`, it is
 *   not the expected file.
 * @throws {UserError} If nothing could be downloaded.
 */
export function download(url, bytes = Infinity, onBytes = () => {}, cache = "default") {
  const job = new Download(url, bytes, onBytes, cache);
  downloads.add(job);
  return watch(job, job.run()).finally(() => downloads.delete(job));
}

class Download {
  /** The parameters are those of `download`. @param {URL} url @param {number} bytes @param {(bytes: number) => void} onBytes @param {RequestCache} cache */
  constructor(url, bytes, onBytes, cache) {
    this.url = url;
    this.bytes = bytes;
    this.onBytes = onBytes;
    this.cache = cache;
    /** @type {Uint8Array<ArrayBuffer>[]} */
    this.chunks = [];
    this.position = 0;
    /** The largest position so far: if an attempt gets further, earlier failures no longer count. */
    this.farthest = 0;
    /** @type {import("./stalls.js").Stall} */
    this.stall = "silent";
    this.failures = 0;
    this.controller = new AbortController();
    /** Resolves when the download may go on; undefined if it is not paused. @type {Promise<void> | undefined} */
    this.pauseEnd = undefined;
    this.resume = () => {};
  }

  async run() {
    let isComplete = false;
    while (!isComplete) {
      if (this.pauseEnd) await this.waitForResume();
      isComplete = await this.receive().catch((error) => this.recover(error));
    }
    return new Uint8Array(await new Blob(this.chunks).arrayBuffer());
  }

  /** Send the request again immediately. */
  retry() {
    this.failures = 0;
    this.controller.abort();
  }

  /** Wait until `resume` is called. */
  pause() {
    if (this.pauseEnd) return;
    this.pauseEnd = new Promise((resolve) => {
      this.resume = () => {
        this.pauseEnd = undefined;
        resolve();
      };
    });
    this.controller.abort();
  }

  async waitForResume() {
    this.stall = "";
    await this.pauseEnd;
    this.stall = "silent";
  }

  /** Receive what the host sends. @returns {Promise<boolean>} Whether that is all it has. @throws {UserError} */
  async receive() {
    const start = this.position;
    this.controller = new AbortController();
    const response = await this.request();
    if (response.status === RANGE_NOT_SATISFIABLE) return true;
    if (response.status !== PARTIAL_CONTENT) this.restart();
    await this.read(response);
    const isUnchanged = this.position === start; // this attempt ended where the one before did
    if (this.position >= this.bytes || this.bytes === Infinity || isUnchanged) return true;
    throw new TemporaryError(NO_CONNECTION);
  }

  async request() {
    const { url, cache } = this;
    const headers = this.position ? { Range: `bytes=${this.position}-` } : undefined;
    let response;
    try {
      response = await fetch(url, { headers, cache, signal: this.controller.signal });
    } catch {
      throw new TemporaryError(NO_CONNECTION);
    }
    noteArrival();
    if (response.ok || (headers && response.status === RANGE_NOT_SATISFIABLE)) return response;
    throw refusal(url, response);
  }

  /** @param {Response} response */
  async read(response) {
    const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (
      response.body
    ).getReader();
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        this.add(chunk.value);
        if (this.position > this.bytes) return this.controller.abort();
      }
    } catch {
      throw new TemporaryError(NO_CONNECTION);
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} chunk */
  add(chunk) {
    noteArrival();
    this.chunks.push(chunk);
    this.position += chunk.length;
    this.onBytes(chunk.length);
  }

  restart() {
    this.onBytes(-this.position);
    this.chunks = [];
    this.position = 0;
  }

  /**
   * Wait after a failure; rethrow it if there have been too many.
   *
   * @returns {Promise<boolean>} Always false: the download is not complete.
   */
  async recover(error) {
    const isTemporary = error instanceof TemporaryError;
    if (this.position > this.farthest) this.failures = 0;
    this.farthest = Math.max(this.farthest, this.position);
    if (!isTemporary || this.failures === RETRY_SECONDS.length) throw error;
    if (this.bytes === Infinity) this.restart();
    if (this.controller.signal.aborted) return false;
    this.stall = error.message === NO_CONNECTION ? "silent" : "busy";
    await wait(error.seconds ?? RETRY_SECONDS[this.failures], this.controller.signal);
    this.failures++;
    this.stall = "silent";
    return false;
  }
}

/** The error for a response that is not OK. @param {URL} url @param {Response} response */
function refusal(url, response) {
  const { status, headers } = response;
  const name = url.pathname.split("/").at(-1);
  if (!TEMPORARY_STATUSES.includes(status)) {
    return new MissingError(
      `A network file is missing (${name}: ${status}). Reload the page. If that does not help, the folder “models” has to be uploaded to this site again.`,
    );
  }
  const seconds = secondsToWait(headers.get("Retry-After"));
  if (seconds === undefined || seconds <= MAX_RETRY_SECONDS) {
    return new TemporaryError(
      `This site is busy or down (${name}: ${status}). Wait a minute, then reload the page.`,
      seconds,
    );
  }
  return new UserError(
    `This site is busy (${name}: ${status}). It asks you to come back in ${Math.ceil(seconds / 60)} minutes.`,
  );
}

/** The seconds that a Retry-After header asks for. @param {string | null} value A number, or a date. */
function secondsToWait(value) {
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Wait, or only until the signal is aborted. @param {number} seconds @param {AbortSignal} signal */
function wait(seconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
