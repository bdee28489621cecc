/**
 * The worker of the digits page, called through shared/rpc.js.
 *
 *     load()        -> {networks: [{run, meta}], more: [run], words, bytes}; progress: {loaded, total}
 *                      more: further runs to breed against; words, bytes: see core/eigen-digits.js
 *     ask({pictures})                                -> {confidences: an array per network, tensors}
 *     breed({run, method, digit, statistics, seed})  -> undefined when it is done or replaced;
 *                      progress: {generation, pictures, best, own, answers, finished, seconds}
 *                      own: confidences of the network bred against; answers: of all networks
 *     pause(), resume()                              the breeding under way
 *
 * A new breeding replaces the one under way. Generations come no faster than an eye can follow.
 */

import * as tf from "../vendor/tfjs.js";
import { Classifier } from "./digit-model.js";
import { climb } from "../core/gradient-ascent.js";
import { readDigits } from "../core/eigen-digits.js";
import { evolve } from "../core/genetic-search.js";
import { fetchFiles, fetchIndex, json, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { distance, statistics } from "../core/pixel-statistics.js";

const FORM = "float16",
  RUNS = ["seed", "modern"],
  MORE = ["robust"],
  PIXELS = 784;
const PACE = { evolve: 100, climb: 40 },
  SLOW = 20; // milliseconds between the first pictures, and how many are the first
const WEIGHT = 10,
  NEAR = 0.05; // of the statistics in a cost

let entries = new Map(),
  networks = [],
  more = new Map(),
  digits = null,
  breeding = null;

serve(
  {
    async load(_, onProgress) {
      const index = (await fetchIndex()).filter((model) => model.task === "digits");
      entries = new Map(index.map((entry) => [entry.run, entry]));
      if (!RUNS.every((run) => entries.has(run)))
        throw new UserError("There are no digit networks on this site yet.");
      const onBytes = sumProgress(RUNS.length, onProgress);
      const loading = RUNS.map((run, i) => fetchRun(run, onBytes[i]));
      const page = fetchFiles(entries.get(RUNS[0]), (path) => path.startsWith("digits."));
      await Promise.all([startBackend(tf), page, ...loading]);
      networks = await Promise.all(loading.map(open));
      const files = await page;
      const words = json(files.get("digits.json"));
      const bytes = files.get("digits.bin");
      digits = readDigits(words, bytes);
      return {
        networks: networks.map(({ meta }) => ({ run: meta.run, meta })),
        more: MORE.filter((run) => entries.has(run)),
        words,
        bytes,
      };
    },

    ask({ pictures }) {
      const confidences = networks.map((network) => network.confidences(pictures));
      return { confidences, tensors: tf.memory().numTensors };
    },

    async breed({ run, method, digit, seed, statistics: blots }, onProgress) {
      breeding?.wake();
      const current = { method, isPaused: false, wake: () => {} };
      breeding = current;
      const network =
        networks.find(({ meta }) => meta.run === run) ??
        more.get(run) ??
        (await open(fetchRun(run)));
      if (!RUNS.includes(run)) more.set(run, network);
      const { ink } = digits.pixels[digit];
      const { softmax } = network;
      const search =
        method === "climb"
          ? climb(network, { digit, seed })
          : evolve(
              (pictures) => network.ask(pictures),
              { digit, seed, ink, softmax },
              blots ? likeDigits(digit) : undefined,
            );
      await breed(current, network, search, onProgress);
    },

    pause() {
      if (breeding) breeding.isPaused = true;
    },

    resume() {
      if (!breeding) return;
      breeding.isPaused = false;
      breeding.wake();
    },
  },
  () => {
    breeding = null;
  },
);

/** Callbacks for several downloads whose progress is reported as one. */
function sumProgress(count, onProgress) {
  const parts = Array.from({ length: count }, () => ({ loaded: 0, total: 0 }));
  const sum = (key) => parts.reduce((all, part) => all + part[key], 0);
  return parts.map((part) => (bytes) => {
    Object.assign(part, bytes);
    onProgress({ loaded: sum("loaded"), total: sum("total") });
  });
}

/** What it costs a picture to be inked unlike a digit; explore/digits/genetic.py has the same. */
function likeDigits(digit) {
  const target = digits.pixels[digit].statistics;
  return (picture) => WEIGHT * Math.max(0, distance(statistics(picture), target) - NEAR);
}

const fetchRun = (run, onProgress) =>
  fetchFiles(entries.get(run), Classifier.wants(FORM), onProgress);

/** A network out of the files that are coming, warmed up. */
async function open(coming) {
  const network = await Classifier.from(tf, await coming, FORM);
  network.confidences(new Float32Array(PIXELS));
  return network;
}

/** Yield generations until the search is done or replaced. */
async function breed(current, network, search, onProgress) {
  let generation = 0;
  let seconds = 0;
  while (current === breeding) {
    if (current.isPaused) {
      await new Promise((resolve) => {
        current.wake = resolve;
      });
      continue;
    }
    const start = performance.now();
    const { pictures, best, finished } = search.next().value;
    const bytes = pictures.subarray(best * PIXELS, (best + 1) * PIXELS);
    const picture = Float32Array.from(bytes, (value) => value / 255);
    const own = network.confidences(picture);
    const answers = networks.map((other) => other.confidences(picture));
    const milliseconds = performance.now() - start;
    generation++;
    seconds += milliseconds / 1000;
    onProgress({ generation, pictures, best, own, answers, finished, seconds });
    if (finished) return;
    const pause = generation < SLOW ? Math.max(0, PACE[current.method] - milliseconds) : 0;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
