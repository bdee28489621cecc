// @ts-check
/** The worker that reads songs and trains, from the panel's first look at songs until the panel is closed. */

import { randomSeed } from "../shared/random-seed.js";
import { RemoteWorker } from "../shared/rpc.js";
import { tunable } from "./plans.js";
import { fetchSettings, fetchSource, fetchVocabulary } from "./site-networks.js";

/** @typedef {import("./plans.js").Plan} Plan */
/** @typedef {import("./sentences.js").Card} Card */
/** @typedef {(bytes: {loaded: number, total: number}) => void} OnBytes */

const DEFAULT_RUN = "gene-lyrica-three"; // has the settings that new networks get
const MAX_SEED = 2 ** 31;

export class Session {
  /** @param {any[]} entries Of the networks on the page. */
  constructor(entries) {
    this.entries = entries;
    /** Networks that training can start from. */
    this.runs = tunable(entries);
    /** @type {RemoteWorker | undefined} */
    this.worker = undefined;
    /** @type {any} */
    this.settings = undefined;
  }

  /** @param {string} run */
  entryOf(run) {
    return this.entries.find((entry) => entry.run === run);
  }

  /** @param {string} method @param {object} [args] @param {(progress: any) => void} [onProgress] @returns {Promise<any>} */
  call(method, args, onProgress) {
    this.worker ??= new RemoteWorker(new URL("../lyrics-trainer/worker.js", import.meta.url));
    return this.worker.call(method, args, onProgress);
  }

  /**
   * The content of vocabulary.tsv of one of the site's networks; undefined if there is no network or no connection.
   *
   * @returns {Promise<string | undefined>}
   */
  async vocabulary() {
    const entry = this.entryOf(this.runs[0]) ?? this.entries.find(({ files }) => files.length);
    return entry && fetchVocabulary(entry).catch(() => undefined);
  }

  /** Read songs, which stay in the worker. @param {object[]} sources @returns {Promise<Card>} */
  async read(sources) {
    return this.call("read", { sources, vocabulary: await this.vocabulary() });
  }

  /**
   * Train a network on the songs that were read.
   *
   * @param {Plan} plan
   * @param {OnBytes} onBytes
   * @param {(progress: any) => void} onProgress See the worker.
   * @returns {Promise<{diverged: boolean}>}
   */
  async train({ recipe, run }, onBytes, onProgress) {
    this.settings ??= await fetchSettings(this.entryOf(DEFAULT_RUN) ?? this.entries[0]);
    const source = run && (await fetchSource(this.entryOf(run), onBytes));
    const dictionary = source ? undefined : await this.vocabulary();
    const seed = randomSeed() % MAX_SEED;
    return this.call("train", { recipe, seed, source, dictionary }, onProgress);
  }

  /** The next line of the network as it is now. @param {number} seed */
  sample(seed) {
    return this.call("sample", { config: { ...this.settings, temperature: 0.8 }, seed });
  }

  /** The network as a file. @param {{title: string, file: string, isLatest: boolean}} about @returns {Promise<Blob>} */
  pack(about) {
    return this.call("pack", { ...about, settings: this.settings });
  }

  /** End the worker, whatever it does. */
  end() {
    this.worker?.terminate();
    this.worker = undefined;
  }
}
