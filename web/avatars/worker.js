/**
 * The worker of the faces page, called through shared/rpc.js.
 *
 *     load({run})                      -> {meta, page, side, hasAlpha}; progress: {loaded, total}
 *     draw({run, place, noise, hot})   -> {seconds, tensors}, or undefined if another drawing for the place replaced it;
 *                                         progress: {first, pixels}
 *
 * Faces come a few at a time, so that the first appear soon; `first` is the index of the first of them.
 */

import { AvatarModel, toPixels } from "../core/avatars.js";
import { fetchFiles, fetchIndex, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/tfjs.js";

const DTYPE = "uint8";
const BATCH = 4; // faces per answer

/** Promises of networks, by run. */
const networks = new Map();
/** The last drawing that was asked for, by place. */
const latest = new Map();
let backend = null;

async function open(run, onProgress) {
  const index = await fetchIndex();
  const entry = index.find((model) => model.task === "avatars" && model.run === run);
  if (!entry) throw new UserError(`There is no network “${run}” on this site.`);
  backend ??= startBackend(tf);
  const [files] = await Promise.all([
    fetchFiles(entry, AvatarModel.wants(DTYPE), onProgress),
    backend,
  ]);
  const network = await AvatarModel.from(tf, files, DTYPE);
  network.draw(new Float32Array(network.latentDim), new Float32Array(network.numLabels)); // warm up
  return network;
}

serve({
  async load({ run }, onProgress) {
    if (!networks.has(run)) {
      networks.set(run, open(run, onProgress));
      networks.get(run).catch(() => networks.delete(run)); // the next attempt may succeed
    }
    const { meta, page, side, channels } = await networks.get(run);
    return { meta, page, side, hasAlpha: channels === 4 };
  },

  async draw({ run, place, noise, hot }, onProgress) {
    const token = Symbol(place);
    latest.set(place, token);
    const network = await networks.get(run);
    const count = noise.length / network.latentDim;
    await yieldToEventLoop();
    const start = performance.now();
    for (let first = 0; first < count; first += BATCH) {
      if (latest.get(place) !== token) return undefined;
      const part = (values, size) => values.subarray(first * size, (first + BATCH) * size);
      const pixels = toPixels(
        network.draw(part(noise, network.latentDim), part(hot, network.numLabels)),
        network.channels,
      );
      onProgress({ first, pixels });
      await yieldToEventLoop();
    }
    return { seconds: (performance.now() - start) / 1000, tensors: tf.memory().numTensors };
  },
});
