// @ts-check
/**
 * Models of the site: listed in models/index.json, fetched with progress, checked, loaded as TensorFlow.js graphs.
 *
 * Every file is checked against the size and the SHA-256 in the index before it is used.
 *
 * @typedef {{path: string, bytes: number, sha256: string}} ModelFile
 * @typedef {{task: string, run: string, folder: string, files: ModelFile[]}} ModelEntry
 * @typedef {Map<string, Uint8Array<ArrayBuffer>>} FileContents By path.
 */

import { UserError } from "./user-error.js";

/** Where the exported models are. */
export const MODELS = new URL("../models/", import.meta.url);
const VENDOR = new URL("../vendor/", import.meta.url);
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Fetch the list of models; drop cached files of models that are no longer in it.
 *
 * @param {URL} base The folder of index.json.
 * @returns {Promise<ModelEntry[]>}
 */
export async function fetchIndex(base = MODELS) {
  const response = await get(new URL("index.json", base), { cache: "no-cache" });
  const models = await response.json().then(
    (index) => index.models,
    () => undefined,
  );
  if (!isValidIndex(models, base)) throw damaged("index.json");
  await forgetAllBut(models, base);
  return models;
}

/**
 * Whether a value is a list of models, all of whose files are inside the folder `base`.
 *
 * @param {any} models
 * @param {URL} base
 */
function isValidIndex(models, base) {
  const isInside = (path) => new URL(path, base).href.startsWith(base.href);
  const isValidFile = ({ path, bytes, sha256 }, folder) =>
    isInside(`${folder}/${path}`) &&
    Number.isInteger(bytes) &&
    bytes >= 0 &&
    bytes < MAX_FILE_BYTES &&
    /^[0-9a-f]{64}$/.test(sha256);
  try {
    return models.every(
      ({ task, run, folder, files }) =>
        [task, run, folder].every((text) => typeof text === "string") &&
        isInside(`${folder}/`) &&
        files.every((file) => isValidFile(file, folder)),
    );
  } catch {
    return false;
  }
}

/**
 * Fetch a model's files in parallel.
 *
 * @param {ModelEntry} entry
 * @param {(path: string) => boolean} isWanted Chooses files by path.
 * @param {(bytes: {loaded: number, total: number}) => void} onProgress
 * @param {URL} base The folder of index.json.
 * @returns {Promise<FileContents>} Each file as the index describes it.
 */
export async function fetchFiles(entry, isWanted, onProgress = () => {}, base = MODELS) {
  const files = entry.files.filter(({ path }) => isWanted(path));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const cache = await openCache();
  let loaded = 0;
  const onBytes = (bytes) => {
    loaded += bytes;
    onProgress({ loaded, total });
  };
  const contents = await Promise.all(
    files.map(async (file) => {
      const url = new URL(`${entry.folder}/${file.path}`, base);
      return /** @type {const} */ ([file.path, await fetchFile(file, url, cache, onBytes)]);
    }),
  );
  return new Map(contents);
}

/**
 * Read one file from the cache or the site, check it and keep it.
 *
 * @param {ModelFile} file
 * @param {URL} url
 * @param {Cache | undefined} cache
 * @param {(bytes: number) => void} onBytes
 */
async function fetchFile(file, url, cache, onBytes) {
  const kept = await cache?.match(url);
  const content = await readBody(kept ?? (await get(url)), file, onBytes);
  try {
    await check(file, content);
  } catch (error) {
    await cache?.delete(url);
    throw error;
  }
  if (!kept) await cache?.put(url, new Response(content)).catch(() => {}); // the disk may be full
  return content;
}

/** The cache of model files. A folder's name changes with its content, so that no file is ever out of date. */
async function openCache() {
  try {
    return await caches.open("models");
  } catch {
    return undefined; // absent on plain http and in some private windows
  }
}

/** @param {ModelEntry[]} models @param {URL} base */
async function forgetAllBut(models, base) {
  const cache = await openCache();
  const folders = models.map(({ folder }) => new URL(`${folder}/`, base).href);
  for (const { url } of (await cache?.keys()) ?? []) {
    const isCurrent = folders.some((folder) => url.startsWith(folder));
    if (url.startsWith(base.href) && !isCurrent) await cache?.delete(url);
  }
}

/** @param {URL} url @param {RequestInit} [options] */
async function get(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new UserError(
      "The network could not be loaded. Check your connection, then reload the page.",
    );
  }
  if (!response.ok) {
    const name = url.pathname.split("/").at(-1);
    throw new UserError(`A file of the network is missing (${name}: ${response.status}).`);
  }
  return response;
}

/**
 * @param {Response} response
 * @param {ModelFile} file
 * @param {(bytes: number) => void} onBytes
 */
async function readBody(response, file, onBytes) {
  const content = new Uint8Array(file.bytes);
  let position = 0;
  try {
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      content.set(chunk.value, position); // throws when the file is too long
      position += chunk.value.length;
      onBytes(chunk.value.length);
    }
  } catch {
    throw damaged(file.path);
  }
  if (position !== file.bytes) throw damaged(file.path);
  return content;
}

/** @param {ModelFile} file @param {Uint8Array<ArrayBuffer>} content */
async function check(file, content) {
  if (!globalThis.crypto?.subtle) return; // absent on plain http, where only the size is checked
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== file.sha256) throw damaged(file.path);
}

/** @param {string} path */
const damaged = (path) =>
  new UserError(
    `A file of the network is damaged (${path}). Reload the page; if that does not help, the site must be exported again.`,
  );

/** A fetched file as text. @param {AllowSharedBufferSource | undefined} bytes */
export const text = (bytes) => new TextDecoder().decode(bytes);

/** A fetched JSON file as a value. @param {AllowSharedBufferSource | undefined} bytes */
export const json = (bytes) => JSON.parse(text(bytes));

/**
 * Load a TensorFlow.js graph model from fetched files.
 *
 * @param {any} tf vendor/tfjs.js or vendor/training.js
 * @param {FileContents} files
 * @param {string} dtype Which exported weights: "uint8", "float16" or "float32".
 */
export async function loadGraph(tf, files, dtype) {
  const { weightsManifest, ...model } = json(files.get(`${dtype}/model.json`));
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const shards = weightsManifest.flatMap((group) =>
    group.paths.map((path) => files.get(`${dtype}/${path}`)),
  );
  const weightData = await new Blob(shards).arrayBuffer();
  return tf.loadGraphModel(tf.io.fromMemory({ ...model, weightSpecs, weightData }));
}

/**
 * Make WebAssembly the backend of TensorFlow.js.
 *
 * @param {any} tf vendor/tfjs.js
 */
export async function startBackend(tf) {
  if (typeof WebAssembly !== "object") {
    throw new UserError(
      "This browser does not support WebAssembly, which the networks need. A strict privacy mode may have switched it off.",
    );
  }
  tf.setWasmPaths(VENDOR.href);
  try {
    if (!(await tf.setBackend("wasm"))) throw new Error("no backend");
  } catch {
    throw new UserError("WebAssembly could not be started. Reload the page to try again.");
  }
}
