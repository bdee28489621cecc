/**
 * The worker that trains lyrics networks on a visitor's songs, called through shared/rpc.js.
 *
 *     read({sources, vocabulary})           -> what `readSources` finds, without the songs, which stay here
 *     train({recipe, songs, seed, source, dictionary})
 *                                           -> {diverged} when training has ended; progress: see `Progress` in
 *                                              lyrics-trainer.js, and first {corpus, steps}, see `describe`
 *     pause(), resume(), stop()                stop ends `train` within milliseconds, or after the batch under way
 *     sample({config, seed, words})         -> the next line by the network as it is now, {words, copies}, see
 *                                              trained-network.js; undefined before training
 *     pack({title, file, settings, isLatest})
 *                                           -> a Blob, the network as a .gene file, see trained-network.js
 *     result()                              -> {config, weights, vocabulary, artists, history}: the best network so far
 *
 * recipe: a name in recipes.js, or {name, ...values that replace those of the recipe}. songs: [{artist, title, text}],
 * clean; by default, the songs of the last `read`. source: the network to start from: {config, weights, vocabulary} or,
 * for a network of the site, {config, model, data, vocabulary}, where model is the content of model.json, data that of
 * its weight files, and vocabulary that of vocabulary.tsv. dictionary: content of a vocabulary.tsv from which a network
 * without a source takes rhymes. config: content of a generation_config.json. Weights are named as in weights.js.
 */

import { Vocabulary } from "../core/vocabulary.js";
import { download } from "../shared/download.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import { exportedWeights } from "./exported-weights.js";
import { LyricsTrainer } from "./lyrics-trainer.js";
import { readSources } from "./read-sources.js";
import { RECIPES } from "./recipes.js";
import { TrainedNetwork } from "./trained-network.js";

const KERNELS = new URL("../vendor/kernels.wasm", import.meta.url);
const NOTHING_TRAINED = "No network has been trained yet.";

/** @type {Promise<WebAssembly.Module> | undefined} */
let kernels;
/** @type {LyricsTrainer | undefined} */
let trainer;
/** Writes with the network that `trainer` trains. @type {Promise<TrainedNetwork> | undefined} */
let network;
/** The songs that were read. @type {import("../song-reader/read-songs.js").Song[]} */
let readSongs = [];
let isStopped = false;
/** Pending while training is paused. */
let going = Promise.resolve();
let goOn = () => {};

serve({ read, train, pause, resume, stop, sample, pack, result });

async function read(request) {
  const { songs, ...found } = await readSources(request);
  readSongs = songs;
  return found;
}

async function train({ recipe, songs = readSongs, seed, source, dictionary }, onProgress) {
  const { name, ...changes } = typeof recipe === "string" ? { name: recipe } : recipe;
  isStopped = false;
  resume();
  const current = await LyricsTrainer.create(await loadKernels(), {
    recipe: { ...RECIPES[name], ...changes },
    songs,
    seed,
    source: source && readSource(source),
    dictionary: dictionary && new Vocabulary(dictionary),
  });
  trainer = current;
  network = undefined; // not of an earlier training
  onProgress({ corpus: describe(current.corpus), steps: current.batches.steps });
  let until = 0;
  for (const progress of current.run()) {
    if (!progress.record && performance.now() < until) continue;
    onProgress(progress);
    await yieldToEventLoop();
    await going;
    if (isStopped || trainer !== current) break;
    until = performance.now() + SLICE_MS;
  }
  return { diverged: current.diverged };
}

function loadKernels() {
  kernels ??= download(KERNELS).then((bytes) => WebAssembly.compile(bytes));
  kernels.catch(() => {
    kernels = undefined;
  });
  return kernels;
}

function readSource({ config, weights, model, data, vocabulary }) {
  return {
    weights: weights ?? exportedWeights(model, data, config),
    vocabulary: new Vocabulary(vocabulary),
  };
}

/** What is known of a corpus before training. `forms`: see core/vocabulary.js. */
function describe({ vocabulary, training, validation, holdsOutLines }) {
  const { words, forms } = vocabulary;
  const counts = { words: words.length, songs: training.length, heldOut: validation.length };
  return { ...counts, holdsOutLines, forms };
}

function pause() {
  resume();
  going = new Promise((resolve) => {
    goOn = resolve;
  });
}

function resume() {
  goOn();
  going = Promise.resolve();
}

function stop() {
  isStopped = true;
  goOn();
}

/** The network that is being trained, to write with; its current weights are copied for each line. */
async function trained() {
  network ??= TrainedNetwork.create(await loadKernels(), trainer);
  return network;
}

async function sample(request) {
  if (!trainer) return undefined;
  return (await trained()).line(request);
}

async function pack(about) {
  if (!trainer) throw new UserError(NOTHING_TRAINED);
  return (await trained()).pack(about);
}

function result() {
  if (!trainer) throw new UserError(NOTHING_TRAINED);
  const { config, corpus, history } = trainer;
  const { vocabularyText: vocabulary, artists } = corpus;
  return { config, weights: trainer.bestWeights(), vocabulary, artists, history };
}
