/**
 * The worker of the lyrics page, called through shared/rpc.js.
 *
 *     load({run, form})                      -> {folder, meta}, or undefined if another load replaced it;
 *                                               progress: {loaded, total}
 *     loadSongIndex()                        -> the share of copied runs that can be found, 0 if none
 *     write({words, lines, number, band,
 *            picks, ...settings})            -> {count, seconds, tensors} once it ends or is interrupted;
 *                                               progress: {words, unknown}, first the given words
 *     recall({words})                        -> copied runs, see core/song-index.js
 *     consider({words, said, ...settings})   -> [{word, chance}]: what may follow the words
 *     interrupt()                            ends the song under way
 *
 * picks: {position: word} are words to write instead, "" ends the song. A new song interrupts the one under way.
 */

import * as tf from "../vendor/tfjs.js";
import { Lyrics } from "./lyrics-model.js";
import { Memory } from "../core/song-index.js";
import { fetchFiles, fetchIndex, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import { SONG } from "../core/vocabulary.js";
import { consider as considered, sing } from "../core/decoder.js";

const INDEX = "memory.bin";
const MOST = 8; // words considered that the page is told of

let network = null;
let entry = null; // of the network, in the site's index
let songIndex = null;
let current = 0; // counts loads and songs, so that one that was replaced ends

serve({ load, loadSongIndex, write, recall, consider, interrupt }, interrupt);

async function load({ run, form = "uint8" }, onProgress) {
  const token = ++current;
  const index = await fetchIndex();
  const loaded = index.find((model) => model.task === "lyrics" && model.run === run);
  if (!loaded)
    throw new UserError(`There is no network “${run}” on this site. Choose another one.`);
  const [files] = await Promise.all([
    fetchFiles(loaded, Lyrics.wants(form), onProgress),
    startBackend(tf),
  ]);
  const fresh = await Lyrics.from(tf, files, form);
  if (token !== current) {
    fresh.dispose();
    return undefined;
  }
  network?.dispose();
  network = fresh;
  entry = loaded;
  songIndex = null;
  network.begin();
  network.step(SONG); // warm up
  return { folder: entry.folder, meta: network.meta };
}

/** The index of the training songs comes last: nobody waits for it, and without it everything else works. */
async function loadSongIndex() {
  const token = network;
  const files = await fetchFiles(entry, (path) => path === INDEX).catch(() => new Map());
  if (network !== token) return 0;
  songIndex = files.has(INDEX) ? new Memory(files.get(INDEX)) : null;
  return songIndex?.share ?? 0;
}

async function write({ words, picks = {}, ...settings }, onProgress) {
  const token = ++current;
  const { vocabulary } = network;
  const start = performance.now();
  onProgress({ words, unknown: vocabulary.unknown(words) });
  const song = sing(network, vocabulary.encode(words), readied(settings));
  let count = 0;
  let done = false;
  let said;
  while (!done && token === current) {
    const batch = [];
    const until = performance.now() + SLICE_MS;
    while (!done && performance.now() < until) {
      const { value, done: ended } = song.next(said);
      const pick = picks[count + batch.length];
      done = ended || pick === "";
      if (done) break;
      said = vocabulary.ids.get(pick) ?? value;
      batch.push(vocabulary.words[said]);
    }
    count += batch.length;
    if (batch.length) onProgress({ words: batch });
    await yieldToEventLoop();
  }
  const seconds = (performance.now() - start) / 1000;
  return { count, seconds, tensors: tf.memory().numTensors };
}

/** Settings as the writer takes them: the band by the signs that begin its songs. */
const readied = ({ band, ...settings }) => ({
  ...settings,
  opening: network.opening(band),
  sounds: network.vocabulary.sounds,
});

function recall({ words }) {
  return songIndex?.runs(network.vocabulary.encode(words)) ?? [];
}

function consider({ words, said, ...settings }) {
  interrupt();
  const { vocabulary } = network;
  const ids = vocabulary.encode(words);
  const found = considered(network, ids, vocabulary.ids.get(said), readied(settings), MOST);
  return found.map(({ word, chance }) => ({
    word: word === SONG ? "" : vocabulary.words[word],
    chance,
  }));
}

function interrupt() {
  current++;
}
