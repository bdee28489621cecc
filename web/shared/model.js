/**
 * Models of the site: found in models/index.json, fetched with progress, checked, made into TensorFlow.js graphs.
 *
 * Every file is checked against the size and the sha256 that the index names before anything is made of it.
 */

/** Something that went wrong, told in a sentence for the visitor. */
export class Trouble extends Error {}

/** The index: a list of models, each {task, run, folder, files: [{path, bytes, sha256}]}. */
export async function fetchIndex(base) {
  const response = await get(new URL("index.json", base), { cache: "no-cache" });
  const models = await response
    .json()
    .then((index) => index.models)
    .catch(() => undefined);
  if (!isSound(models, base)) throw new Trouble(damaged({ path: "index.json" }));
  await forgetAllBut(models, base);
  return models;
}

/** Whether a list of models is one, and leads to files of this site alone. */
function isSound(models, base) {
  const inside = (path) => new URL(path, base).href.startsWith(base.href);
  const isFile = ({ path, bytes, sha256 }, folder) =>
    inside(`${folder}/${path}`) &&
    Number.isInteger(bytes) &&
    bytes >= 0 &&
    bytes < 2 ** 30 &&
    /^[0-9a-f]{64}$/.test(sha256);
  try {
    return models.every(
      ({ task, run, folder, files }) =>
        [task, run, folder].every((text) => typeof text === "string") &&
        inside(`${folder}/`) &&
        files.every((file) => isFile(file, folder)),
    );
  } catch {
    return false;
  }
}

/**
 * Fetch those files of a model whose path `wanted` lets through, all at once.
 * @param {(loaded: number, total: number) => void} onProgress in bytes
 * @returns {Promise<Map<string, Uint8Array>>} path to content, each as the index says
 */
export async function fetchFiles(base, entry, wanted, onProgress = () => {}) {
  const files = entry.files.filter(({ path }) => wanted(path));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const shelf = await openShelf();
  let loaded = 0;
  const contents = await Promise.all(
    files.map(async (file) => {
      const url = new URL(`${entry.folder}/${file.path}`, base),
        kept = await shelf?.match(url);
      const response = kept ?? (await get(url));
      const content = await readBody(response, file, (bytes) =>
        onProgress((loaded += bytes), total),
      );
      try {
        await check(file, content);
      } catch (error) {
        await shelf?.delete(url);
        throw error;
      }
      if (!kept) await shelf?.put(url, new Response(content)).catch(() => {}); // a full disk keeps nothing
      return [file.path, content];
    }),
  );
  return new Map(contents);
}

/** Where fetched files wait for the next visit: a folder's name changes with its content, so none is ever out of date. */
async function openShelf() {
  try {
    return await caches.open("models");
  } catch {
    return undefined; // absent on plain http and in some private windows
  }
}

/** Let go of networks that the site has replaced. */
async function forgetAllBut(models, base) {
  const shelf = await openShelf(),
    folders = models.map(({ folder }) => new URL(`${folder}/`, base).href);
  for (const { url } of (await shelf?.keys()) ?? []) {
    if (url.startsWith(base.href) && !folders.some((folder) => url.startsWith(folder)))
      await shelf.delete(url);
  }
}

async function get(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Trouble(
      "The network could not be fetched. Is there a connection? Reload the page to try again.",
    );
  }
  if (!response.ok) {
    throw new Trouble(
      `The network is not where it should be (${url.pathname.split("/").at(-1)}: ${response.status}).`,
    );
  }
  return response;
}

async function readBody(response, file, onBytes) {
  const content = new Uint8Array(file.bytes),
    reader = response.body.getReader();
  let place = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (place + part.value.length > file.bytes) throw new Trouble(damaged(file));
      content.set(part.value, place);
      place += part.value.length;
      onBytes(part.value.length);
    }
  } catch {
    throw new Trouble(damaged(file));
  }
  if (place !== file.bytes) throw new Trouble(damaged(file));
  return content;
}

async function check(file, content) {
  if (!globalThis.crypto?.subtle) return; // absent on plain http, where the size alone is checked
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== file.sha256) throw new Trouble(damaged(file));
}

function damaged({ path }) {
  return `The network arrived damaged (${path}). Reload the page; if that does not help, the site must be exported anew.`;
}

/** The text and the JSON of a fetched file. */
export const text = (bytes) => new TextDecoder().decode(bytes);
export const json = (bytes) => JSON.parse(text(bytes));

/**
 * A TensorFlow.js graph model out of fetched files.
 * @param {object} tf vendor/tfjs.js
 * @param {Map<string, Uint8Array>} files as `fetchFiles` gives them
 * @param {string} form "uint8" or "float16"
 */
export async function graphModel(tf, files, form) {
  const model = json(files.get(`${form}/model.json`));
  const weightSpecs = model.weightsManifest.flatMap((group) => group.weights);
  const shards = model.weightsManifest.flatMap((group) =>
    group.paths.map((path) => files.get(`${form}/${path}`)),
  );
  const weightData = await new Blob(shards).arrayBuffer();
  const { modelTopology, format, generatedBy, convertedBy, signature } = model;
  return tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology,
      format,
      generatedBy,
      convertedBy,
      signature,
      weightSpecs,
      weightData,
    }),
  );
}

/** Make WebAssembly the engine of `tf`, out of the files at `vendor`. Trouble where the browser cannot. */
export async function startEngine(tf, vendor) {
  if (typeof WebAssembly !== "object") {
    throw new Trouble(
      "This browser has no WebAssembly, and without it the network cannot think here. Any browser of the last years has it; a strict privacy mode may switch it off.",
    );
  }
  tf.setWasmPaths(vendor.href);
  try {
    if (!(await tf.setBackend("wasm"))) throw new Error("no backend");
  } catch {
    throw new Trouble(
      "The engine that runs the network (WebAssembly) could not be started. Reload the page to try again.",
    );
  }
}
