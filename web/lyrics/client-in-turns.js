// @ts-check
/** A lyrics client that several networks use one after another. */

import { LyricsClient } from "./client.js";

/** @typedef {import("../shared/model.js").ModelEntry} ModelEntry */
/** @typedef {Map<string, string>} Forms See core/vocabulary.js. */

export class ClientInTurns {
  /**
   * @param {LyricsClient} [client] By default a new one, whose worker starts with the first task.
   * @param {Forms} [forms] Those of the network that this client has loaded, if it always uses the same one.
   */
  constructor(client, forms) {
    this.client = client;
    this.forms = forms;
    /** The last task. @type {Promise<void>} */
    this.last = Promise.resolve();
    /** @type {(message: string) => void} */
    this.fail = () => {};
  }

  /**
   * Use a network as soon as all earlier tasks have ended.
   *
   * @param {ModelEntry} entry The entry of the network.
   * @param {(client: LyricsClient, forms: Forms) => Promise<void>} task
   * @param {() => boolean} isWanted Whether the task is still wanted then.
   * @param {(message: string) => void} fail Called if the network cannot be loaded or used.
   */
  use(entry, task, isWanted, fail) {
    this.last = this.last.then(async () => {
      if (!isWanted()) return;
      this.fail = fail;
      this.client ??= new LyricsClient((message) => this.fail(message));
      const forms = this.forms ?? (await this.client.load({ run: entry.run, entry }))?.forms;
      if (forms && isWanted()) await task(this.client, forms);
    });
    return this.last;
  }

  /** End the song that is being written. */
  interrupt() {
    this.client?.interrupt();
  }

  terminate() {
    this.client?.terminate();
  }
}
