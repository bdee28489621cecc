// @ts-check
/** Loads the network that writes, shows the progress, and lets a smaller one write on slow connections. */

import { $, hideProgress, say, showProgress } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { describeArrival, speedJudge, writeMeanwhile } from "./early-network.js";

/** @typedef {import("./client.js").Wanted} Wanted */

/**
 * The page: `onChange` is called when a network is being loaded or is ready, `onReady` with the result of loading it,
 * `canReplace` returns whether a smaller one may write first, `prefix` the beginning of messages about a download.
 *
 * @typedef {object} Page
 * @property {() => void} onChange
 * @property {(loaded: any) => void} onReady
 * @property {() => boolean} canReplace
 * @property {() => boolean} hasWritten
 * @property {() => string} prefix
 */

export class Networks {
  /**
   * @param {import("./client.js").LyricsClient} client
   * @param {any[]} entries Of the site's index.
   * @param {Page} page
   */
  constructor(client, entries, page) {
    this.client = client;
    this.entries = entries;
    this.page = page;
    /** The run that can write; "" for none. */
    this.loaded = "";
    /** The run that is being loaded; "" for none. */
    this.loading = "";
    /** The chosen run if it has arrived while a smaller one was in use: it writes the next song. */
    this.arrived = "";
  }

  get isReady() {
    return Boolean(this.loaded) && !this.loading;
  }

  /** The entry of a run in the site's index. @param {string} run */
  entryOf(run) {
    return this.entries.find((entry) => entry.run === run);
  }

  /** @param {string} run @returns {Wanted} */
  wanted(run) {
    return { run, entry: this.entryOf(run) };
  }

  /** Load a network; until it is ready, the earlier one stays. @param {string} run */
  async load(run) {
    this.loading = run;
    this.arrived = "";
    this.page.onChange();
    $("progress").classList.remove("done");
    say(`${this.page.prefix()}Loading the network…`);
    const isSlow = speedJudge();
    const loaded = await this.client.load(this.wanted(run), (bytes) => {
      showProgress(bytes);
      say(this.page.prefix() + formatLoading(bytes));
      if (!this.loaded && this.page.canReplace() && isSlow(bytes)) this.loadSmaller(run);
    });
    if (!loaded) return; // it has failed, or another one was chosen
    this.loaded = run;
    this.end();
    this.page.onReady(loaded);
  }

  /** No network is being loaded anymore. */
  end() {
    this.loading = "";
    hideProgress();
    this.page.onChange();
  }

  /** @param {string} chosen */
  loadSmaller(chosen) {
    return writeMeanwhile(this, chosen, {
      say,
      onArrival: () => {
        if (!this.page.hasWritten()) return this.load(chosen);
        this.arrived = chosen;
        return say(describeArrival(chosen));
      },
    });
  }
}
