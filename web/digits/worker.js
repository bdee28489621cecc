/**
 * The worker of the digits page, called through shared/rpc.js.
 *
 *     load()        -> {networks: [{run, meta}], more: [run], description, bytes}; progress: {loaded, total}
 *                      more: further runs to breed against; description, bytes: see core/eigen-digits.js
 *     classify({pictures})                           -> {confidences: an array per network, tensors}
 *     breed({run, method, digit, statistics, seed})  -> undefined when it is done or replaced;
 *                      progress: {generation, pictures, best, own, answers, finished, seconds}
 *                      own: confidences of the network bred against; answers: of all networks
 *     pause(), resume()                              the breeding under way
 *
 * A new breeding replaces the one under way. Generations come no faster than an eye can follow.
 */

import { readDigits } from "../core/eigen-digits.js";
import { evolve } from "../core/genetic-search.js";
import { climb } from "../core/gradient-ascent.js";
import { distance, statistics } from "../core/pixel-statistics.js";
import { fetchFiles, fetchIndex, json, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import * as tf from "../vendor/tfjs.js";
import { DigitModel } from "./digit-model.js";

const DTYPE = "float16";
const RUNS = ["original", "modern"];
const MORE_RUNS = ["robust"];
const NUM_PIXELS = 784;

// The first generations are shown slowly.
const SLOW_GENERATIONS = 20;
const MIN_MILLISECONDS = { evolve: 100, climb: 40 };

// The same as in explore/digits/genetic.py.
const STATISTICS_WEIGHT = 10;
const STATISTICS_TOLERANCE = 0.05;

let entries = new Map();
let networks = [];
const more = new Map();
let digits = null;
let breeding = null;

serve(
  {
    async load(_, onProgress) {
      const index = (await fetchIndex()).filter((model) => model.task === "digits");
      entries = new Map(index.map((entry) => [entry.run, entry]));
      if (!RUNS.every((run) => entries.has(run))) {
        throw new UserError("There are no digit networks on this site yet.");
      }
      const onBytes = sumProgress(RUNS.length, onProgress);
      const downloads = RUNS.map((run, i) => fetchRun(run, onBytes[i]));
      const digitFiles = fetchFiles(entries.get(RUNS[0]), (path) => path.startsWith("digits."));
      await Promise.all([startBackend(tf), digitFiles, ...downloads]);
      networks = await Promise.all(downloads.map(open));
      const files = await digitFiles;
      const description = json(files.get("digits.json"));
      const bytes = files.get("digits.bin");
      digits = readDigits(description, bytes);
      return {
        networks: networks.map(({ meta }) => ({ run: meta.run, meta })),
        more: MORE_RUNS.filter((run) => entries.has(run)),
        description,
        bytes,
      };
    },

    classify({ pictures }) {
      const confidences = networks.map((network) => network.confidences(pictures));
      return { confidences, tensors: tf.memory().numTensors };
    },

    async breed(settings, onProgress) {
      breeding?.wake();
      const current = { method: settings.method, isPaused: false, wake: () => {} };
      breeding = current;
      const network = await findNetwork(settings.run);
      await breed(current, network, startSearch(network, settings), onProgress);
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
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  return parts.map((part) => (bytes) => {
    Object.assign(part, bytes);
    onProgress({ loaded: sum("loaded"), total: sum("total") });
  });
}

const fetchRun = (run, onProgress) =>
  fetchFiles(entries.get(run), DigitModel.neededFiles(DTYPE), onProgress);

/** Load a network from files that are on their way, and run it once. */
async function open(download) {
  const network = await DigitModel.load(tf, await download, DTYPE);
  network.confidences(new Float32Array(NUM_PIXELS));
  return network;
}

async function findNetwork(run) {
  const known = networks.find(({ meta }) => meta.run === run) ?? more.get(run);
  if (known) return known;
  const network = await open(fetchRun(run));
  more.set(run, network);
  return network;
}

function startSearch(network, { method, digit, seed, statistics: wantsStatistics }) {
  if (method === "climb") return climb(network, { digit, seed });
  const { ink } = digits.pixels[digit];
  const logitsOf = (pictures) => network.logitsOfBytes(pictures);
  const extraCost = wantsStatistics ? statisticsCost(digit) : undefined;
  return evolve(logitsOf, { digit, seed, ink, softmax: network.softmax }, extraCost);
}

/** The cost of pixel statistics that differ from those of a digit. */
function statisticsCost(digit) {
  const target = digits.pixels[digit].statistics;
  return (picture) => {
    const excess = distance(statistics(picture), target) - STATISTICS_TOLERANCE;
    return STATISTICS_WEIGHT * Math.max(0, excess);
  };
}

/** Report generations until the search is done or replaced. */
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
    const bytes = pictures.subarray(best * NUM_PIXELS, (best + 1) * NUM_PIXELS);
    const picture = Float32Array.from(bytes, (value) => value / 255);
    const own = network.confidences(picture);
    const answers = networks.map((other) => other.confidences(picture));
    const milliseconds = performance.now() - start;
    generation++;
    seconds += milliseconds / 1000;
    onProgress({ generation, pictures, best, own, answers, finished, seconds });
    if (finished) return;
    const isSlow = generation < SLOW_GENERATIONS;
    const pause = isSlow ? Math.max(0, MIN_MILLISECONDS[current.method] - milliseconds) : 0;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
