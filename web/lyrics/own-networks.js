// @ts-check
/**
 * Networks of the visitor's own: .gene files that stay in this browser, in IndexedDB, or only for this visit if the
 * browser stores nothing.
 *
 * @typedef {object} OwnEntry Like the entry of a network in the site's index.
 * @property {"lyrics"} task
 * @property {string} run "own-" and the fingerprint of the file.
 * @property {string} folder The same.
 * @property {never[]} files None that could be fetched.
 * @property {Record<string, string>} card
 * @property {true} own_data
 * @property {Blob} file
 * @property {any} meta What the page uses of meta.json.
 * @property {import("../core/samplers.js").GenerationConfig} settings
 * @property {number} added When, in milliseconds since 1970.
 */

import { Database } from "../shared/database.js";

const MAX_NETWORKS = 50;
const PREFIX = "own-";
const MAX_TITLE_LENGTH = 60;

const database = new Database({
  name: "networks",
  store: "networks",
  key: "run",
  order: "added",
  most: MAX_NETWORKS,
  denied:
    "This browser does not let the site store anything, as in some private windows: the network is gone when you close the page.",
  full: "There is no room left on this device: the network is gone when you close the page.",
  aborted:
    "50 networks are kept here, and there may be no more: this one is gone when you close the page.",
});

/** Whether a run is the name of such a network, here or in another browser. @param {string} run */
export const isFromFile = (run) => run.startsWith(PREFIX);

/**
 * The entry of a network that was opened.
 *
 * @param {Blob} file
 * @param {string} fileName
 * @param {{fingerprint: string, card: Record<string, string>, meta: any, settings: any}} content As the worker read it.
 * @returns {OwnEntry}
 */
export function makeEntry(file, fileName, { fingerprint, card, meta, settings }) {
  const run = PREFIX + fingerprint;
  const name = fileName.replace(/\.gene$/i, "").slice(0, MAX_TITLE_LENGTH);
  return {
    ...{ task: "lyrics", run, folder: run, files: [], own_data: true, file, settings },
    card: { ...card, title: card.title?.trim() || name },
    meta,
    added: Date.now(),
  };
}

/** The networks that were kept, the oldest first; none if the browser stores nothing. @returns {Promise<OwnEntry[]>} */
export const keptNetworks = () => database.all().catch(() => []);

/** Keep a network in this browser. @param {OwnEntry} entry @throws {import("../shared/user-error.js").UserError} It stays for this visit only. */
export const keepNetwork = (entry) => database.add([entry]);

/** Forget a network. @param {string} run */
export const forgetNetwork = (run) => database.remove([run]).catch(() => {});
