/**
 * The digit networks, away from the page: the page sends {type, ...}, the worker answers.
 *
 *     load                                                -> progress {loaded, total} ... ready {networks: [{run, meta}], more,
 *                                                            words, bytes}; more: runs that can be bred against, too
 *     ask   {id, pictures}                                -> told {id, confidences: an array a network, tensors}
 *     breed {id, run, method, digit, statistics, seed}    -> bred {id, generation, pictures, best, own, answers, finished,
 *                                                            seconds} ...; own: what the network asked says, answers: all
 *     pause, resume                                       -> the breeding under way
 *
 * Whatever goes wrong is told as trouble {text}. A new breeding takes the place of the one under way. Generations come no
 * faster than an eye can follow.
 */

import * as tf from "../vendor/tfjs.js";
import { Classifier } from "./digit-model.js";
import { climb } from "../core/gradient-ascent.js";
import { readDigits } from "../core/eigen-digits.js";
import { evolve } from "../core/genetic-search.js";
import { fetchFiles, fetchIndex, json, startBackend } from "../shared/model.js";
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

const tasks = {
  async load() {
    const index = (await fetchIndex()).filter((model) => model.task === "digits");
    entries = new Map(index.map((entry) => [entry.run, entry]));
    if (!RUNS.every((run) => entries.has(run)))
      throw new UserError("There are no digit networks on this site yet.");
    const came = RUNS.map(() => [0, 0]);
    const told =
      (i) =>
      ({ loaded, total }) => {
        came[i] = [loaded, total];
        const [allLoaded, allTotal] = [0, 1].map((part) =>
          came.reduce((sum, one) => sum + one[part], 0),
        );
        self.postMessage({ type: "progress", loaded: allLoaded, total: allTotal });
      };
    const coming = RUNS.map((run, i) => fetchRun(run, told(i)));
    const page = fetchFiles(entries.get(RUNS[0]), (path) => path.startsWith("digits."));
    await Promise.all([startBackend(tf), page, ...coming]);
    networks = await Promise.all(coming.map(open));
    const files = await page;
    const words = json(files.get("digits.json")),
      bytes = files.get("digits.bin");
    digits = readDigits(words, bytes);
    self.postMessage({
      type: "ready",
      networks: networks.map(({ meta }) => ({ run: meta.run, meta })),
      more: MORE.filter((run) => entries.has(run)),
      words,
      bytes,
    });
  },

  ask({ id, pictures }) {
    self.postMessage({
      type: "told",
      id,
      confidences: networks.map((network) => network.confidences(pictures)),
      tensors: tf.memory().numTensors,
    });
  },

  async breed({ id, run, method, digit, seed, statistics: blots }) {
    const mine = (breeding = { id, method, generation: 0, seconds: 0, going: true, turns: 0 });
    mine.network =
      networks.find(({ meta }) => meta.run === run) ?? more.get(run) ?? (await open(fetchRun(run)));
    if (!RUNS.includes(run)) more.set(run, mine.network);
    const { ink } = digits.pixels[digit],
      { softmax } = mine.network;
    mine.search =
      method === "climb"
        ? climb(mine.network, { digit, seed })
        : evolve(
            (pictures) => mine.network.ask(pictures),
            { digit, seed, ink, softmax },
            blots ? likeDigits(digit) : undefined,
          );
    return go(mine);
  },

  pause() {
    if (breeding) breeding.going = false;
  },

  resume() {
    if (!breeding?.search || breeding.going) return undefined;
    breeding.going = true;
    return go(breeding);
  },
};

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

/** Breed on until it is done, paused or replaced. */
async function go(mine) {
  const turn = ++mine.turns;
  while (mine === breeding && mine.going && mine.turns === turn) {
    const start = performance.now(),
      { pictures, best, finished } = mine.search.next().value;
    const picture = Float32Array.from(
      pictures.subarray(best * PIXELS, (best + 1) * PIXELS),
      (value) => value / 255,
    );
    const [own, ...answers] = [mine.network, ...networks].map((network) =>
      network.confidences(picture),
    );
    const took = performance.now() - start;
    mine.seconds += took / 1000;
    mine.going &&= !finished;
    self.postMessage({
      type: "bred",
      id: mine.id,
      generation: ++mine.generation,
      pictures,
      best,
      own,
      answers,
      finished,
      seconds: mine.seconds,
    });
    const pause = mine.generation < SLOW ? Math.max(0, PACE[mine.method] - took) : 0;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

self.onmessage = async ({ data: { type, ...rest } }) => {
  try {
    await tasks[type](rest);
  } catch (error) {
    if (!(error instanceof UserError)) console.error(error);
    breeding = null;
    self.postMessage({
      type: "trouble",
      text: error instanceof UserError ? error.message : `Something went wrong: ${error.message}`,
    });
  }
};
