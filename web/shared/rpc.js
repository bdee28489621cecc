// @ts-check
/**
 * Calls from a page to its worker, as promises.
 *
 * A request is {id, method, args}. The worker answers it with any number of {id, progress}, then one {id, result} or
 * {id, error}, where the error is a sentence for the visitor. On its own, it sends {stall} once it runs, and whenever its
 * downloads stall or resume; {retry: true} makes it request them again.
 */

import { showStall } from "./stall-notice.js";
import { onStall, retryStalled, STALL_MS } from "./stalls.js";
import { trustedUrl } from "./trusted-url.js";
import { UserError } from "./user-error.js";

const POLL_MS = 1000;

const NO_MODULE_WORKERS =
  "This browser has no module workers, which this page needs: open it in a current Chrome, Edge, Firefox or Safari.";

/**
 * In the worker: answer calls.
 *
 * @param {Record<string, (args: any, onProgress: (progress: any) => void) => any>} methods What the page may call.
 * @param {(args: any) => void} onError Cleans up after a failed call.
 */
export function serve(methods, onError = () => {}) {
  onStall((stall) => self.postMessage({ stall }));
  self.postMessage({ stall: "" });
  self.onmessage = async ({ data: { id, method, args, retry } }) => {
    if (retry) {
      retryStalled();
      return;
    }
    try {
      const onProgress = (progress) => self.postMessage({ id, progress });
      self.postMessage({ id, result: await methods[method](args, onProgress) });
    } catch (error) {
      onError(args);
      const isExpected = error instanceof UserError;
      if (!isExpected) console.error(error);
      const message = isExpected ? error.message : `Something went wrong: ${error.message}`;
      self.postMessage({ id, error: message });
    }
  };
}

/** Why a script does not start, and what to do. @param {URL} url @returns {Promise<string>} */
const explain = (url) =>
  new Promise((resolve) => /** @type {any} */ (globalThis).explainFailure(url.href, resolve));

/** The workers of this page. @type {Set<RemoteWorker>} */
const workers = new Set();

/** Resolves when all workers of the page have finished loading. */
export async function whenLoaded() {
  do await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  while ([...workers].some((worker) => worker.isLoading));
}

/** In the page: a worker whose methods can be called. */
export class RemoteWorker {
  /** @param {URL} url The worker's module. */
  constructor(url) {
    /** @type {Map<number, {method: string, onProgress: (progress: any) => void, resolve: Function, reject: Function}>} */
    this.calls = new Map();
    /** @type {Map<string, number>} */
    this.latest = new Map();
    this.lastId = 0;
    /** @type {string | Promise<string> | undefined} Why the worker does not run; undefined while it does. */
    this.failure = undefined;
    workers.add(this);
    onStall((stall) => showStall(window, stall, retryStalled));
    this.startTimer = setTimeout(() => showStall(this, "engine", () => {}), STALL_MS);
    this.start(url);
  }

  /** @param {URL} url */
  start(url) {
    let readsType = false; // whether the browser supports the `type` of workers
    const options = {
      get type() {
        readsType = true;
        return /** @type {const} */ ("module");
      },
    };
    try {
      this.worker = new Worker(trustedUrl(url), options);
    } catch {
      this.fail(explain(url));
      return;
    }
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = ({ message }) => {
      if (!readsType) this.fail(NO_MODULE_WORKERS);
      else this.fail(message ? `Something went wrong: ${message}` : explain(url));
    };
  }

  /** Reject all calls, including later ones. @param {string | Promise<string>} reason */
  async fail(reason) {
    this.failure ??= reason;
    this.forgetStall();
    const error = await this.failure;
    for (const id of this.calls.keys()) this.receive({ id, error });
  }

  /**
   * Whether the page's network is still being loaded: a method whose name begins with "load" is running, or no method has
   * been called yet.
   */
  get isLoading() {
    if (this.failure) return false;
    return !this.lastId || [...this.calls.values()].some(({ method }) => method.startsWith("load"));
  }

  /**
   * Call a method of the worker.
   *
   * @param {string} method
   * @param {object} args
   * @param {(progress: any) => void} onProgress
   * @returns {Promise<any>} The result. Rejects with a UserError.
   */
  call(method, args = {}, onProgress = () => {}) {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { method, onProgress, resolve, reject });
      if (this.failure) this.fail(this.failure);
      else this.worker.postMessage({ id, method, args });
    });
  }

  /**
   * Call a method whose outcome matters only until the next such call in the same group.
   *
   * @param {string} method
   * @param {object} args
   * @param {(progress: any) => void} onProgress No longer called once another call has replaced this one.
   * @param {string} group
   * @returns {Promise<any>} The result, or undefined if another call replaced this one. Rejects with a UserError.
   */
  async callLatest(method, args, onProgress = () => {}, group = method) {
    const result = this.call(method, args, (progress) => isLatest() && onProgress(progress));
    const token = this.lastId;
    const isLatest = () => this.latest.get(group) === token;
    this.latest.set(group, token);
    return result.then(
      (value) => (isLatest() ? value : undefined),
      (error) => {
        if (isLatest()) throw error;
      },
    );
  }

  /** @param {{id?: number, progress?: any, result?: any, error?: string, stall?: any}} message */
  receive({ id, progress, result, error, stall }) {
    clearTimeout(this.startTimer);
    if (stall !== undefined) {
      showStall(this, stall, () => this.worker.postMessage({ retry: true }));
      return;
    }
    const call = this.calls.get(id);
    if (progress !== undefined) {
      call?.onProgress(progress);
      return;
    }
    this.calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new UserError(error));
  }

  /** Terminate the worker; pending calls are never answered. */
  terminate() {
    this.worker?.terminate();
    this.forgetStall();
    workers.delete(this);
  }

  forgetStall() {
    clearTimeout(this.startTimer);
    showStall(this, "", () => {});
  }
}
