/**
 * The generators, away from the page: the page sends {type, ...}, the worker answers.
 *
 *     load {run}                              -> progress {loaded, total} ... ready {run, meta, page}
 *     draw {run, place, id, noise, hot}       -> drawn {place, id, first, pixels, last, seconds, tensors} ...
 *
 * Pictures come a few at a time, so that the first are soon there; `first` is the number of the first of them. A new
 * draw for a place ends the one under way. Whatever goes wrong is told as trouble {run, text}.
 */

import * as tf from "../vendor/tfjs.js";
import { Avatars, SIZE, toPixels } from "../core/avatars.js";
import { fetchFiles, fetchIndex, startBackend } from "../shared/model.js";
import { UserError } from "../shared/user-error.js";
import { yieldToEventLoop } from "../shared/yield-to-event-loop.js";

const FORM = "uint8",
  FEW = 4;

const networks = new Map(),
  latest = new Map();
let engine = null;

async function open(run) {
  const entry = (await fetchIndex()).find((model) => model.task === "avatars" && model.run === run);
  if (!entry) throw new UserError(`There is no network “${run}” on this site.`);
  const onProgress = ({ loaded, total }) =>
    self.postMessage({ type: "progress", run, loaded, total });
  engine ??= startBackend(tf);
  const [files] = await Promise.all([fetchFiles(entry, Avatars.wants(FORM), onProgress), engine]);
  const network = await Avatars.from(tf, files, FORM),
    { latent, labels = 0 } = network.meta.config;
  network.draw(new Float32Array(latent), new Float32Array(labels));
  return network;
}

const tasks = {
  async load({ run }) {
    if (!networks.has(run)) networks.set(run, open(run));
    const { meta, page } = await networks.get(run);
    self.postMessage({ type: "ready", run, meta, page });
  },

  async draw({ run, place, id, noise, hot }) {
    latest.set(place, id);
    const network = await networks.get(run),
      { latent, labels = 0 } = network.meta.config,
      count = noise.length / latent;
    await yieldToEventLoop();
    for (
      let first = 0, start = performance.now();
      first < count && latest.get(place) === id;
      first += FEW
    ) {
      const part = (values, size) => values.subarray(first * size, (first + FEW) * size);
      const pixels = toPixels(network.draw(part(noise, latent), part(hot, labels)));
      self.postMessage({
        type: "drawn",
        place,
        id,
        first,
        pixels,
        last: first + FEW >= count,
        seconds: (performance.now() - start) / 1000,
        tensors: tf.memory().numTensors,
      });
      await yieldToEventLoop();
    }
  },
};

self.onmessage = async ({ data: { type, ...rest } }) => {
  try {
    await tasks[type](rest);
  } catch (error) {
    if (!(error instanceof UserError)) console.error(error);
    networks.delete(rest.run);
    self.postMessage({
      type: "trouble",
      run: rest.run,
      text: error instanceof UserError ? error.message : `Something went wrong: ${error.message}`,
    });
  }
};
