/**
 * The worker of the digits page, called through shared/rpc.js.
 *
 *     load()        -> {networks: [{run, meta}], more: [run], description, bytes}; progress: {loaded, total}
 *                      more: other runs to evolve against; description, bytes: see core/eigen-digits.js
 *     classify({pictures})                           -> {confidences: an array per network, tensors}
 *     describe({pictures})                           -> {features}: what the last layer of SIGN_RUN reads
 *     breed({run, method, digit, statistics, seed, head, threshold, maxGenerations})
 *                      -> undefined when it is done or replaced
 *                      head: a last layer that replaces that of SIGN_RUN; digit is then the number of a sign
 *                      progress: {generation, pictures, best, own, answers, finished, seconds}
 *                      own: confidences of the network to fool; answers: of all networks
 *     pause({head}), resume({head})                  the current search
 *
 * A new search replaces the current one, but there may be one with a head and one without.
 */

import { readDigits } from "../core/eigen-digits.js";
import { evolve } from "../core/genetic-search.js";
import { climb } from "../core/gradient-ascent.js";
import { distance, statistics } from "../core/pixel-statistics.js";
import { fetchFiles, fetchIndex, json, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/tfjs.js";
import { DigitModel } from "./digit-model.js";
import { fromBytes } from "./image-bytes.js";

const DTYPE = "float16";
const RUNS = ["original", "modern"];
const MORE_RUNS = ["robust"];
const SIGN_RUN = "modern";
const INK_OF_SIGNS = 0; // strokes have the shades of gray of this digit
const NUM_PIXELS = 784;

// The same as in explore/digits/genetic.py.
const STATISTICS_WEIGHT = 10;
const STATISTICS_TOLERANCE = 0.05;

let entries = new Map();
let networks = [];
const more = new Map();
let digits = null;
/** The current searches: one with a head and one without. */
const current = new Map();

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

    async describe({ pictures }) {
      await loadSignModel(); // for later, when there may be no connection
      return { features: (await findNetwork(SIGN_RUN)).features(pictures) };
    },

    async breed(settings, onProgress) {
      const kind = Boolean(settings.head);
      current.get(kind)?.wake();
      const job = { kind, isPaused: false, wake: () => {} };
      current.set(kind, job);
      const network = await networkToFool(settings);
      await breed(job, network, startSearch(network, settings), onProgress);
    },

    pause({ head }) {
      const job = current.get(Boolean(head));
      if (job) job.isPaused = true;
    },

    resume({ head }) {
      const job = current.get(Boolean(head));
      if (!job) return;
      job.isPaused = false;
      job.wake();
    },
  },
  ({ head }) => current.delete(Boolean(head)),
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

/** Load a network once its files have been downloaded, and run it once. */
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

const loadSignModel = () => import("./sign-model.js");

async function networkToFool({ run, head }) {
  if (!head) return findNetwork(run);
  const { SignModel } = await loadSignModel();
  return new SignModel(await findNetwork(SIGN_RUN), head);
}

function startSearch(network, settings) {
  const { method, digit, statistics: wantsStatistics } = settings;
  if (method === "climb") return climb(network, settings);
  const { ink } = digits.pixels[settings.head ? INK_OF_SIGNS : digit];
  const logitsOf = (pictures) => network.logitsOfBytes(pictures);
  const extraCost = wantsStatistics ? statisticsCost(digit) : undefined;
  return evolve(logitsOf, { ...settings, ink, softmax: network.softmax }, extraCost);
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
async function breed(job, network, search, onProgress) {
  let generation = 0;
  let seconds = 0;
  while (job === current.get(job.kind)) {
    if (job.isPaused) {
      await new Promise((resolve) => {
        job.wake = resolve;
      });
      continue;
    }
    const start = performance.now();
    const { pictures, best, finished } = search.next().value;
    const picture = fromBytes(pictures.subarray(best * NUM_PIXELS, (best + 1) * NUM_PIXELS));
    const own = network.confidences(picture);
    const answers = networks.map((other) => other.confidences(picture));
    const milliseconds = performance.now() - start;
    generation++;
    seconds += milliseconds / 1000;
    onProgress({ generation, pictures, best, own, answers, finished, seconds });
    if (finished) return;
    await yieldToEventLoop();
  }
}
