/**
 * Inference, away from the page: the page sends {type, ...}, the worker answers.
 *
 *     load {run, form}                   -> progress {loaded, total} ... ready {meta, words known}, or trouble {text}
 *     write {id, words, randomness,
 *            lines, number, guard}       -> sung {id, words, unknown?} ... complete {id, tensors, seconds}
 *                                           (the first sung gives the beginning back, with the words not known)
 *     interrupt                          -> complete {id, ...} of the song under way
 *
 * The order is always load -> ready (warmed up) -> write. A new song interrupts the one under way.
 */

import * as tf from "./vendor/tfjs.js";
import { Lyrics } from "./core/lyrics.js";
import { fetchFiles, fetchIndex, startEngine, Trouble } from "./core/model.js";
import { sing } from "./core/writer.js";

const MODELS = new URL("./models/", import.meta.url), VENDOR = new URL("./vendor/", import.meta.url);
const TURN = 12;        // milliseconds of work between two looks at the messages

let network = null, current = 0;

const tasks = { load, write, interrupt };

self.onmessage = async ({ data: { type, ...rest } }) => {
  try {
    await tasks[type](rest);
  } catch (error) {
    const told = error instanceof Trouble;
    if (!told) console.error(error);
    interrupt();        // what else is under way must not talk over the trouble
    self.postMessage({ type: "trouble", text: told ? error.message : `The network stumbled: ${error.message}` });
  }
};

async function load({ network: kind = "lyrics", run, form = "uint8" }) {
  const loading = ++current;
  const index = await fetchIndex(MODELS);
  const entry = index.find((model) => model.network === kind && model.run === run);
  if (!entry) throw new Trouble(`There is no network “${run}” on this site. Choose another one.`);
  const onProgress = (loaded, total) => loading === current && self.postMessage({ type: "progress", loaded, total });
  const [files] = await Promise.all([fetchFiles(MODELS, entry, Lyrics.wants(form), onProgress), startEngine(tf, VENDOR)]);
  const fresh = await Lyrics.from(tf, files, form);
  if (loading !== current) return fresh.dispose();
  network?.dispose();
  network = fresh;
  network.begin();
  network.step(1);
  self.postMessage({ type: "ready", run, folder: entry.folder, meta: network.meta });
}

async function write({ id, words, randomness, lines, number, guard }) {
  const mine = ++current, { vocabulary } = network, start = performance.now();
  self.postMessage({ type: "sung", id, words, unknown: vocabulary.unknown(words) });
  const song = sing(network, vocabulary.encode(words), { randomness, lines, number, guard });
  let count = 0, done = false;
  while (!done && mine === current) {
    const batch = [], until = performance.now() + TURN;
    while (performance.now() < until) {
      const { value, done: ended } = song.next();
      if ((done = ended)) break;
      batch.push(vocabulary.words[value]);
    }
    count += batch.length;
    if (batch.length) self.postMessage({ type: "sung", id, words: batch });
    await new Promise((resolve) => setTimeout(resolve));
  }
  const seconds = (performance.now() - start) / 1000;
  self.postMessage({ type: "complete", id, interrupted: !done, count, seconds, tensors: tf.memory().numTensors });
}

function interrupt() {
  current++;
}
