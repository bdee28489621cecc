// @ts-check
/** The networks in memory: the latest ones stay, so that returning to one takes no time and no connection. */

import { SongIndex } from "../core/song-index.js";
import { BOS_EOS } from "../core/vocabulary.js";
import { MissingError, pauseDownloads } from "../shared/download.js";
import { fetchFiles, fetchIndex, MODELS } from "../shared/model.js";
import { UserError } from "../shared/user-error.js";
import { LyricsModel } from "./lyrics-model.js";

const DTYPE = "uint8";
const SONG_INDEX = "song-index.bin";
const MAX_LOADED = 3;

/** @typedef {import("../shared/model.js").ModelEntry} ModelEntry */
/** @typedef {import("./client.js").Wanted} Wanted */
/** @typedef {(bytes: {loaded: number, total: number}) => void} OnProgress */

/** A network with its song index. */
export class LoadedNetwork {
  /**
   * @param {ModelEntry} entry
   * @param {LyricsModel} model
   */
  constructor(entry, model) {
    this.entry = entry;
    this.model = model;
    /** @type {SongIndex | null | undefined} Undefined until it is requested, null if there is none. */
    this.songIndex = undefined;
  }

  async loadSongIndex() {
    if (this.songIndex) return;
    const isWanted = (/** @type {string} */ path) => path === SONG_INDEX;
    const files = await fetchFiles(this.entry, isWanted).catch(() => new Map());
    this.songIndex = files.has(SONG_INDEX) ? new SongIndex(files.get(SONG_INDEX)) : null;
  }
}

export class LoadedNetworks {
  /**
   * @param {any} tf
   * @param {(tf: any) => Promise<void>} startBackend
   */
  constructor(tf, startBackend) {
    this.tf = tf;
    this.startBackend = startBackend;
    /** By folder, the latest last. @type {Map<string, LoadedNetwork>} */
    this.loaded = new Map();
    /** Promises of files by folder. They stay until the network is built, even if another one is used first. */
    this.downloads = new Map();
  }

  /**
   * The network of a run.
   *
   * @param {Wanted} wanted
   * @param {OnProgress} onProgress
   * @param {() => boolean} isWanted Whether it is still wanted when its files have arrived.
   * @returns {Promise<LoadedNetwork | undefined>} Undefined if it is no longer wanted.
   */
  async load({ run, entry }, onProgress, isWanted) {
    const known = entry && this.loaded.get(entry.folder);
    this.letOthersWait(entry?.folder);
    const making = known ?? this.make({ run, entry }, onProgress, isWanted);
    const network = await Promise.resolve(making).finally(() => this.letOthersWait());
    if (!network || !isWanted()) return undefined;
    const { folder } = network.entry;
    this.loaded.delete(folder);
    this.loaded.set(folder, network);
    this.forgetOldest();
    return network;
  }

  /**
   * Build a network; the parameters are those of `load`.
   *
   * @param {Wanted} wanted
   * @param {OnProgress} onProgress
   * @param {() => boolean} isWanted
   */
  make(wanted, onProgress, isWanted) {
    const { entry } = wanted;
    return entry?.file ? this.open(entry) : this.build(wanted, onProgress, isWanted);
  }

  /** A network from a file of the visitor. @param {ModelEntry} entry */
  async open(entry) {
    const { readGeneFile } = await import("./gene-file.js"); // few visitors need it
    const [content] = await Promise.all([readGeneFile(entry.file), this.startBackend(this.tf)]);
    const network = new LoadedNetwork(entry, LyricsModel.fromGeneFile(this.tf, content));
    network.songIndex = content.songIndex;
    return network;
  }

  /**
   * A network of the site; takes what `load` takes.
   *
   * @param {Wanted} wanted
   * @param {OnProgress} onProgress
   * @param {() => boolean} isWanted
   */
  async build(wanted, onProgress, isWanted) {
    const [{ entry, files }] = await Promise.all([
      this.fetch(wanted, onProgress),
      this.startBackend(this.tf),
    ]);
    if (!isWanted()) return undefined;
    const model = await LyricsModel.from(this.tf, files, DTYPE);
    this.downloads.delete(entry.folder);
    model.start();
    model.step([BOS_EOS]); // warm up
    if (isWanted()) return new LoadedNetwork(entry, model);
    model.dispose();
    return undefined;
  }

  /**
   * Pause the downloads of all networks but one, so that it does not have to share the connection with them.
   *
   * @param {string} [folder] Of that network; by default, none is paused.
   */
  letOthersWait(folder) {
    for (const other of this.downloads.keys())
      pauseDownloads(new URL(`${other}/`, MODELS), Boolean(folder) && other !== folder);
  }

  forgetOldest() {
    while (this.loaded.size > MAX_LOADED) {
      const [[folder, { model }]] = this.loaded;
      this.loaded.delete(folder);
      model.dispose();
    }
  }

  /** @param {Wanted} wanted */
  prefetch(wanted) {
    return this.fetch(wanted, () => {});
  }

  /**
   * The files of a run, even if the site has been published again since the page was opened.
   *
   * @param {Wanted} wanted
   * @param {OnProgress} onProgress
   */
  async fetch({ run, entry }, onProgress) {
    if (!entry) return this.download(await findEntry(run), onProgress);
    try {
      return await this.download(entry, onProgress);
    } catch (error) {
      if (!(error instanceof MissingError)) throw error;
      const current = await findEntry(run);
      if (current.folder === entry.folder) throw error;
      return this.download(current, onProgress);
    }
  }

  /**
   * Fetch a network's files once; `onProgress` is called only if the download begins with this call.
   *
   * @param {ModelEntry} entry
   * @param {OnProgress} onProgress
   */
  async download(entry, onProgress) {
    const { folder } = entry;
    if (!this.downloads.has(folder)) {
      const download = fetchFiles(entry, LyricsModel.needs(DTYPE), onProgress);
      this.downloads.set(folder, download);
      download.catch(() => this.downloads.delete(folder));
    }
    return { entry, files: await this.downloads.get(folder) };
  }
}

/** @param {string} run @returns {Promise<ModelEntry>} */
async function findEntry(run) {
  const index = await fetchIndex();
  const found = index.find((model) => model.task === "lyrics" && model.run === run);
  if (!found) throw new UserError(`There is no network “${run}” on this site. Choose another one.`);
  return found;
}
