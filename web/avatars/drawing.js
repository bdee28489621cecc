// @ts-check
/** The networks of the faces page, in a worker: they are loaded once and draw faces a few at a time. */

import { faceFromSeed, oneHot, seedsFrom } from "../core/avatars.js";
import { hideProgress, say, showProgress, showsError } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { randomSeed } from "../shared/random-seed.js";
import { RemoteWorker } from "../shared/rpc.js";

/** @typedef {import("../core/avatars.js").Input} Input */

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
/** Promises of {meta, page}, by run. @type {Map<string, Promise<any>>} */
const loading = new Map();

/**
 * Load a network and show the progress.
 *
 * @param {string} run
 * @param {() => boolean} isShown Whether the page shows this network.
 * @returns {Promise<{meta: any, page: any, side: number, hasAlpha: boolean} | undefined>} Undefined if it could not be loaded.
 */
export function load(run, isShown) {
  if (!loading.has(run)) {
    const onProgress = (/** @type {{loaded: number, total: number}} */ bytes) => {
      if (!isShown() || showsError()) return; // one file failed while others are still being loaded
      showProgress(bytes);
      say(formatLoading(bytes));
    };
    const loaded = worker.call("load", { run }, onProgress).catch((error) => {
      hideProgress();
      say(error.message, true);
      loading.delete(run);
    });
    loading.set(run, loaded);
  }
  return /** @type {Promise<any>} */ (loading.get(run));
}

/**
 * Draw faces for a place on the page.
 *
 * @param {string} run
 * @param {string} place A later drawing for the same place replaces this one.
 * @param {Input[]} faces
 * @param {(first: number, pixels: Uint8ClampedArray) => void} show Called with a few faces at a time.
 * @returns {Promise<{seconds: number} | undefined>} Undefined if another drawing replaced it, or it failed.
 */
export async function draw(run, place, faces, show) {
  const flat = (/** @type {Float32Array[]} */ values) =>
    Float32Array.from(values.flatMap((part) => [...part]));
  const noise = flat(faces.map((face) => face.noise));
  const hot = flat(faces.map((face) => face.hot));
  const onProgress = (/** @type {any} */ { first, pixels }) => show(first, pixels);
  try {
    const drawn = await worker.callLatest("draw", { run, place, noise, hot }, onProgress, place);
    if (drawn) document.body.dataset.tensors = drawn.tensors;
    return drawn;
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

/**
 * Draw new faces with any network.
 *
 * @param {string} run
 * @param {{meta: any}} network
 * @param {number} count
 * @param {(first: number, pixels: Uint8ClampedArray) => void} show
 */
export async function drawNew(run, { meta }, count, show) {
  const { attributes } = meta.data;
  const faces = seedsFrom(randomSeed(), count).map((seed) => {
    const { noise, labels } = faceFromSeed(seed, attributes, meta.config.latent_dim);
    return { noise, hot: oneHot(labels, attributes) };
  });
  await draw(run, run, faces, show);
}
