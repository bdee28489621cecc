// @ts-check
/**
 * Calls from a page to its worker, as promises.
 *
 * A request is {id, method, args}. The worker answers it with any number of {id, progress}, then one {id, result} or
 * {id, error}, where the error is a sentence for the visitor.
 */

import { UserError } from "./user-error.js";

const NO_WORKER = "This browser could not start the network’s worker. A newer browser can.";

/**
 * In the worker: answer calls.
 *
 * @param {Record<string, (args: any, onProgress: (progress: any) => void) => any>} methods What the page may call.
 * @param {(args: any) => void} onError Cleans up after a failed call.
 */
export function serve(methods, onError = () => {}) {
  self.onmessage = async ({ data: { id, method, args } }) => {
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

/** In the page: a worker whose methods can be called. */
export class RemoteWorker {
  /** @param {URL} url The worker's module. */
  constructor(url) {
    /** @type {Map<number, {onProgress: (progress: any) => void, resolve: Function, reject: Function}>} */
    this.calls = new Map();
    /** @type {Map<string, number>} */
    this.latest = new Map();
    this.lastId = 0;
    this.hasFailed = false;
    this.worker = new Worker(url, { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = () => {
      this.hasFailed = true;
      for (const id of this.calls.keys()) this.receive({ id, error: NO_WORKER });
    };
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
    if (this.hasFailed) return Promise.reject(new UserError(NO_WORKER));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.calls.set(id, { onProgress, resolve, reject });
      this.worker.postMessage({ id, method, args });
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
    return result.then((value) => (isLatest() ? value : undefined));
  }

  /** @param {{id: number, progress?: any, result?: any, error?: string}} message */
  receive({ id, progress, result, error }) {
    const call = this.calls.get(id);
    if (progress !== undefined) {
      call?.onProgress(progress);
      return;
    }
    this.calls.delete(id);
    if (error === undefined) call?.resolve(result);
    else call?.reject(new UserError(error));
  }

  /** End the worker; calls under way are never answered. */
  terminate() {
    this.worker.terminate();
  }
}
