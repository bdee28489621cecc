// @ts-check
/** What training needs of the networks of the site: one to start from, its words, and settings for writing. */

import { fetchFiles, json, text } from "../shared/model.js";

const DTYPE = "uint8";
const CONFIG = "generation_config.json";
const VOCABULARY = "vocabulary.tsv";

/** @typedef {import("../shared/model.js").ModelEntry} ModelEntry */

/** Fetch a small file of a network. @param {ModelEntry} entry @param {string} path */
async function fetchFile(entry, path) {
  const files = await fetchFiles(entry, (name) => name === path);
  return files.get(path);
}

/** The content of vocabulary.tsv. @param {ModelEntry} entry */
export const fetchVocabulary = async (entry) => text(await fetchFile(entry, VOCABULARY));

/** The default settings of a network, which a new one gets, too. @param {any} entry */
export const fetchSettings = async (entry) =>
  entry.settings ?? json(await fetchFile(entry, CONFIG));

/**
 * A network to start from, as the trainer's worker takes it.
 *
 * @param {ModelEntry} entry
 * @param {(bytes: {loaded: number, total: number}) => void} onProgress
 */
export async function fetchSource(entry, onProgress) {
  const isWanted = (/** @type {string} */ path) =>
    path.startsWith(`${DTYPE}/`) || ["meta.json", VOCABULARY].includes(path);
  const files = await fetchFiles(entry, isWanted, onProgress);
  const model = json(files.get(`${DTYPE}/model.json`));
  const paths = model.weightsManifest.flatMap((/** @type {any} */ { paths }) => paths);
  const shards = paths.map((/** @type {string} */ path) => files.get(`${DTYPE}/${path}`));
  return {
    config: json(files.get("meta.json")).config,
    model,
    data: await new Blob(shards).arrayBuffer(),
    vocabulary: text(files.get(VOCABULARY)),
  };
}
