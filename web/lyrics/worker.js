/**
 * Inference, away from the page: the page sends {type, ...}, the worker answers.
 *
 *     load {run, form}                   -> progress {loaded, total} ... ready {meta, words known}, or trouble {text},
 *                                           and some time later remembers {run, share}: the share of the copied
 *                                           runs that can be told, 0 when none
 *     write {id, words, lines, number,
 *            band, picks, and settings}        -> sung {id, words, unknown?} ... complete {id, tensors, seconds}
 *                                           (the first sung gives the beginning back, with the words not known);
 *                                           picks: {place: word} says which words to sing instead, "" ends the song
 *     recall {id, words}                 -> recalled {id, runs}: see core/song-index.js
 *     consider {id, words, said,
 *               and settings}            -> considered {id, words: [{word, chance}]}: what may follow the words
 *     interrupt                          -> complete {id, ...} of the song under way
 *
 * The order is always load -> ready (warmed up) -> write. A new song interrupts the one under way.
 */

import * as tf from "../vendor/tfjs.js";
import { Lyrics } from "./lyrics-model.js";
import { Memory } from "../core/song-index.js";
import { fetchFiles, fetchIndex, startBackend } from "../shared/model.js";
import { UserError } from "../shared/user-error.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import { SONG } from "../core/vocabulary.js";
import { consider as considered, sing } from "../core/decoder.js";

const MOST = 8; // words that are told of those considered

let network = null,
  memory = null,
  current = 0;

const tasks = { load, write, recall, consider, interrupt };

self.onmessage = async ({ data: { type, ...rest } }) => {
  try {
    await tasks[type](rest);
  } catch (error) {
    const told = error instanceof UserError;
    if (!told) console.error(error);
    interrupt(); // what else is under way must not talk over the trouble
    self.postMessage({
      type: "trouble",
      text: told ? error.message : `Something went wrong: ${error.message}`,
    });
  }
};

async function load({ network: kind = "lyrics", run, form = "uint8" }) {
  const loading = ++current;
  const index = await fetchIndex();
  const entry = index.find((model) => model.task === kind && model.run === run);
  if (!entry) throw new UserError(`There is no network “${run}” on this site. Choose another one.`);
  const onProgress = ({ loaded, total }) =>
    loading === current && self.postMessage({ type: "progress", loaded, total });
  const [files] = await Promise.all([
    fetchFiles(entry, Lyrics.wants(form), onProgress),
    startBackend(tf),
  ]);
  const fresh = await Lyrics.from(tf, files, form);
  if (loading !== current) return fresh.dispose();
  network?.dispose();
  [network, memory] = [fresh, null];
  network.begin();
  network.step(SONG);
  self.postMessage({ type: "ready", run, folder: entry.folder, meta: network.meta });
  await remember(entry, fresh);
}

/** The index of what a network knows by heart comes last: nobody waits for it, and without it the rest still works. */
async function remember(entry, mine) {
  const bytes = await fetchFiles(entry, (path) => path === "memory.bin").then(
    (files) => files.get("memory.bin"),
    () => null,
  );
  if (network !== mine) return;
  memory = bytes ? new Memory(bytes) : null;
  self.postMessage({ type: "remembers", run: entry.run, share: memory?.share ?? 0 });
}

async function write({ id, words, picks = {}, ...settings }) {
  const mine = ++current,
    { vocabulary } = network,
    start = performance.now();
  self.postMessage({ type: "sung", id, words, unknown: vocabulary.unknown(words) });
  const song = sing(network, vocabulary.encode(words), readied(settings));
  let count = 0,
    done = false,
    said;
  while (!done && mine === current) {
    const batch = [],
      until = performance.now() + SLICE_MS;
    while (!done && performance.now() < until) {
      const { value, done: ended } = song.next(said),
        pick = picks[count + batch.length];
      if ((done = ended || pick === "")) break;
      said = vocabulary.ids.get(pick) ?? value;
      batch.push(vocabulary.words[said]);
    }
    count += batch.length;
    if (batch.length) self.postMessage({ type: "sung", id, words: batch });
    await yieldToEventLoop();
  }
  const seconds = (performance.now() - start) / 1000;
  self.postMessage({
    type: "complete",
    id,
    interrupted: !done,
    count,
    seconds,
    tensors: tf.memory().numTensors,
  });
}

/** Settings as the writer takes them: the band by the signs that begin its songs. */
const readied = ({ band, ...settings }) => ({
  ...settings,
  opening: network.opening(band),
  sounds: network.vocabulary.sounds,
});

function recall({ id, words }) {
  self.postMessage({
    type: "recalled",
    id,
    runs: memory?.runs(network.vocabulary.encode(words)) ?? [],
  });
}

function consider({ id, words, said, ...settings }) {
  interrupt();
  const { vocabulary } = network,
    found = considered(
      network,
      vocabulary.encode(words),
      vocabulary.ids.get(said),
      readied(settings),
      MOST,
    );
  const told = found.map(({ word, chance }) => ({
    word: word === SONG ? "" : vocabulary.words[word],
    chance,
  }));
  self.postMessage({ type: "considered", id, words: told });
}

function interrupt() {
  current++;
}
