/**
 * The worker of the lyrics page, called through shared/rpc.js.
 *
 *     load({run, entry})                       -> {run, folder, meta, forms, canRhyme}, or undefined if another load
 *                                                 replaced it; entry: the network's in the site's index, if the page has
 *                                                 it; forms: see core/vocabulary.js; progress: {loaded, total}
 *     prefetch({run, entry})                   -> true when the files of another network have arrived
 *     inspect({file})                          -> {fingerprint, card, meta, settings} of a .gene file
 *     loadSongIndex()                          -> the share of copied phrases that can be found, 0 if none
 *     write({words, seed, title, artist, picks,
 *            oneStanza, ...settings})          -> {count, seconds, tensors} when it ends or is interrupted;
 *                                                 progress: {words, unknown, lost}, first the given words; unknown are
 *                                                 those (also of the title) that it does not know, lost those that it
 *                                                 cannot repeat either
 *     findCopies({words})                      -> copied phrases, see core/song-index.js
 *     alternatives({words, said, title,
 *                   artist, ...settings})      -> [{word, probability}]: what may follow the words
 *     interrupt()                              ends the current song
 *
 * settings: attributes of generation_config.json that replace the network's own. picks: {position: word} are words to
 * write instead, "" ends the song. oneStanza: whether to stop after the first stanza. A new song interrupts the current
 * one. A network that cannot be loaded leaves the earlier one as it was.
 */

import { alternatives as findAlternatives } from "../core/alternatives.js";
import { generate } from "../core/decoder.js";
import { BOS_EOS } from "../core/vocabulary.js";
import { startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/tfjs.js";
import { firstStanza } from "./first-stanza.js";
import { LoadedNetworks } from "./loaded-networks.js";

const MAX_ALTERNATIVES = 8;
const END = ""; // stands for the end of the song in picks and alternatives

const networks = new LoadedNetworks(tf, startBackend);
/** The one that writes. @type {import("./loaded-networks.js").LoadedNetwork} */
let network;
let latestLoad = 0;
let latestSong = 0;

serve(
  { load, prefetch, inspect, loadSongIndex, write, findCopies, alternatives, interrupt },
  interrupt,
);

async function load(wanted, onProgress) {
  const token = ++latestLoad;
  const loaded = await networks.load(wanted, onProgress, () => token === latestLoad);
  if (!loaded) return undefined;
  interrupt();
  network = loaded;
  const { entry, model } = network;
  const { meta, vocabulary, canRhyme } = model;
  return { run: entry.run, folder: entry.folder, meta, forms: vocabulary.forms, canRhyme };
}

async function prefetch(wanted) {
  await networks.prefetch(wanted);
  return true;
}

async function inspect(request) {
  const geneFile = await import("./gene-file.js");
  return geneFile.inspect(request);
}

/** The index of the training songs comes last: nobody waits for it, and without it everything else works. */
async function loadSongIndex() {
  const loaded = network;
  await loaded.loadSongIndex();
  return network === loaded ? (loaded.songIndex?.share ?? 0) : 0;
}

async function write(request, onProgress) {
  const { words, seed, title = "", artist, picks = {}, oneStanza = false, ...settings } = request;
  const token = ++latestSong;
  const { model } = network;
  const start = performance.now();
  const asked = model.song(words, { title, artist }, settings);
  const { slots } = asked;
  onProgress({ words, unknown: asked.unknown, lost: slots.withoutSlot(words) });
  const wholeSong = generate(model, asked, seed, pickedTokens(picks, slots));
  const song = oneStanza ? firstStanza(wholeSong) : wholeSong;
  let count = 0;
  let isOver = false;
  while (!isOver && token === latestSong) {
    const batch = [];
    const until = performance.now() + SLICE_MS;
    while (!isOver && performance.now() < until) {
      const { value, done } = song.next();
      if (done) isOver = true;
      else batch.push(...slots.decode(value));
    }
    count += batch.length;
    if (batch.length) onProgress({ words: batch });
    await yieldToEventLoop();
  }
  const seconds = (performance.now() - start) / 1000;
  return { count, seconds, tensors: tf.memory().numTensors };
}

/** The tokens of picked words; a word that the network does not know is left out, so the network chooses one. */
function pickedTokens(picks, slots) {
  const tokens = {};
  for (const [position, word] of Object.entries(picks)) {
    const token = word === END ? BOS_EOS : slots.find(word);
    if (token !== undefined) tokens[position] = token;
  }
  return tokens;
}

function findCopies({ words }) {
  const { songIndex, model } = network;
  return songIndex?.findCopies(model.vocabulary.encode(words)) ?? [];
}

function alternatives({ words, said, title = "", artist, ...settings }) {
  interrupt();
  const song = network.model.song(words, { title, artist }, settings);
  const found = findAlternatives(network.model, song, song.slots.find(said), MAX_ALTERNATIVES);
  return found.map(({ token, probability }) => ({
    word: token === BOS_EOS ? END : song.slots.decode([token])[0],
    probability,
  }));
}

function interrupt() {
  latestSong++;
}
