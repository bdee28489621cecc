// @ts-check
/**
 * Models of the site: listed in models/index.json, fetched with progress, checked, loaded as TensorFlow.js graphs.
 *
 * Every file is checked against the size and the SHA-256 in the index before it is used.
 *
 * @typedef {{path: string, bytes: number, sha256: string}} ModelFile
 * @typedef {{task: string, run: string, folder: string, files: ModelFile[], file?: Blob}} ModelEntry file: see
 *   lyrics/own-networks.js.
 * @typedef {Map<string, Uint8Array<ArrayBuffer>>} FileContents By path.
 */

import { download } from "./download.js";
import { findKept, forgetAllBut, keep } from "./model-cache.js";
import { watch } from "./stalls.js";
import { UserError } from "./user-error.js";

/** Where the exported models are. */
export const MODELS = new URL("../models/", import.meta.url);
const VENDOR = new URL("../vendor/", import.meta.url);
const ENGINE = "tfjs-backend-wasm.wasm";
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0); // magic number and version
const MAX_FILE_BYTES = 2 ** 30;

/**
 * Fetch the list of models; delete cached files of models that are no longer in it.
 *
 * @param {URL} base The folder of index.json.
 * @returns {Promise<ModelEntry[]>}
 */
export async function fetchIndex(base = MODELS) {
  const models = (await readIndex(base, "no-cache")) ?? (await readIndex(base, "reload"));
  forgetAllBut(
    base,
    models.map(({ folder }) => folder),
  );
  return models;
}

/**
 * Read the list of models. The first attempt returns undefined for an invalid list, since the download may have been cut off.
 *
 * @param {URL} base
 * @param {"no-cache" | "reload"} cache
 */
async function readIndex(base, cache) {
  const content = await download(new URL("index.json", base), undefined, undefined, cache);
  const models = parseIndex(content);
  if (isValidIndex(models, base)) return models;
  if (cache === "reload") throw await damage({ path: "index.json", bytes: 0 }, content);
  return undefined;
}

/** @param {Uint8Array<ArrayBuffer>} content */
function parseIndex(content) {
  try {
    return json(content).models;
  } catch {
    return undefined;
  }
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
  let loaded = 0;
  const onBytes = (bytes) => {
    loaded += bytes;
    onProgress({ loaded, total });
  };
  const contents = await Promise.all(
    files.map(async (file) => {
      const url = new URL(`${entry.folder}/${file.path}`, base);
      return /** @type {const} */ ([file.path, await fetchFile(file, url, onBytes)]);
    }),
  );
  return new Map(contents);
}

/**
 * Get one file from the cache or the site, and check it. If it is damaged, fetch it once more, bypassing the browser's cache.
 *
 * @param {ModelFile} file
 * @param {URL} url
 * @param {(bytes: number) => void} onBytes
 */
async function fetchFile(file, url, onBytes) {
  const kept = await findKept(url);
  if (kept && (await isSound(file, kept))) {
    onBytes(kept.length);
    return kept;
  }
  let content = await download(url, file.bytes, onBytes);
  if (!(await isSound(file, content))) {
    onBytes(-content.length);
    content = await download(url, file.bytes, onBytes, "reload");
    if (!(await isSound(file, content))) throw await damage(file, content);
  }
  keep(url, content);
  return content;
}

/**
 * The error for a damaged file. The code that finds the cause is loaded on demand, because few visitors need it.
 *
 * @param {{path: string, bytes: number}} file
 * @param {Uint8Array} content
 */
async function damage(file, content) {
  const { damaged } = await import("./damage.js");
  return damaged(file, content);
}

/** Whether a file matches the index. @param {ModelFile} file @param {Uint8Array<ArrayBuffer>} content */
async function isSound(file, content) {
  if (content.length !== file.bytes) return false;
  if (!globalThis.crypto?.subtle) return true; // absent on plain http, where only the size is checked
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex === file.sha256;
}

/** A fetched file as text. @param {AllowSharedBufferSource | undefined} bytes */
export const text = (bytes) => new TextDecoder().decode(bytes);

/** A fetched JSON file as a value. @param {AllowSharedBufferSource | undefined} bytes */
export const json = (bytes) => JSON.parse(text(bytes));

/**
 * Load a TensorFlow.js graph model from fetched files.
 *
 * @param {any} tf vendor/tfjs.js or vendor/tfjs-cpu.js
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

/** @type {Promise<void> | undefined} */
let backend;

/**
 * Make WebAssembly the backend of TensorFlow.js. Its engine is downloaded once, however often this is called.
 *
 * @param {any} tf vendor/tfjs.js
 */
export function startBackend(tf) {
  backend ??= setBackend(tf).catch((error) => {
    backend = undefined;
    throw error;
  });
  return backend;
}

/** @param {any} tf vendor/tfjs.js */
async function setBackend(tf) {
  if (typeof WebAssembly !== "object") {
    throw new UserError(
      "This browser does not support WebAssembly, which the networks need. A strict privacy mode may have turned it off.",
    );
  }
  tf.setWasmPaths(VENDOR.href);
  try {
    const started = await watch({ stall: "engine", retry() {} }, tf.setBackend("wasm"));
    if (!started) throw new Error("no backend");
  } catch {
    throw new UserError(await explainNoWasm());
  }
}

/** Why WebAssembly does not start; if not even an empty module compiles, it is not allowed. */
async function explainNoWasm() {
  try {
    await WebAssembly.compile(EMPTY_MODULE);
  } catch {
    return "This page is not allowed to run WebAssembly, which the networks need: the Content-Security-Policy of the site’s host must contain script-src 'wasm-unsafe-eval'.";
  }
  const status = await statusOf(new URL(ENGINE, VENDOR));
  if (status >= 400)
    return `The site’s host does not send ${ENGINE} (${status}), which runs the networks: it must serve .wasm files as application/wasm, and the file must be uploaded.`;
  return "WebAssembly could not be started. Reload the page to try again.";
}

/** The status of the response; 0 if there is none. @param {URL} url */
async function statusOf(url) {
  try {
    return (await fetch(url, { method: "HEAD" })).status;
  } catch {
    return 0;
  }
}
