/**
 * The worker of the lyrics page, called through shared/rpc.js.
 *
 *     load({run, dtype})                       -> {folder, meta}, or undefined if another load replaced it;
 *                                                 progress: {loaded, total}
 *     loadSongIndex()                          -> the share of copied phrases that can be found, 0 if none
 *     write({words, seed, artist, picks,
 *            ...settings})                     -> {count, seconds, tensors} when it ends or is interrupted;
 *                                                 progress: {words, unknown}, first the given words
 *     findCopies({words})                      -> copied phrases, see core/song-index.js
 *     alternatives({words, said, artist,
 *                   ...settings})              -> [{word, probability}]: what may follow the words
 *     interrupt()                              ends the song under way
 *
 * settings: attributes of generation_config.json that replace the network's own. picks: {position: word} are words to
 * write instead, "" ends the song. A new song interrupts the one under way.
 */

import { alternatives as findAlternatives, generate } from "../core/decoder.js";
import { SongIndex } from "../core/song-index.js";
import { BOS_EOS } from "../core/vocabulary.js";
import { fetchFiles, fetchIndex, startBackend } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/tfjs.js";
import { LyricsModel } from "./lyrics-model.js";

const SONG_INDEX = "song-index.bin";
const MAX_ALTERNATIVES = 8;
const END = ""; // stands for the end of the song in picks and alternatives

let network = null;
let entry = null; // of the network, in the site's index
let songIndex = null;
let current = 0; // counts loads and songs, so that one that was replaced ends

serve({ load, loadSongIndex, write, findCopies, alternatives, interrupt }, interrupt);

async function load({ run, dtype = "uint8" }, onProgress) {
  const token = ++current;
  const index = await fetchIndex();
  const found = index.find((model) => model.task === "lyrics" && model.run === run);
  if (!found) throw new UserError(`There is no network “${run}” on this site. Choose another one.`);
  const [files] = await Promise.all([
    fetchFiles(found, LyricsModel.needs(dtype), onProgress),
    startBackend(tf),
  ]);
  const loaded = await LyricsModel.from(tf, files, dtype);
  if (token !== current) {
    loaded.dispose();
    return undefined;
  }
  network?.dispose();
  network = loaded;
  entry = found;
  songIndex = null;
  network.start();
  network.step(BOS_EOS); // warm up
  return { folder: entry.folder, meta: network.meta };
}

/** The index of the training songs comes last: nobody waits for it, and without it everything else works. */
async function loadSongIndex() {
  const token = network;
  const files = await fetchFiles(entry, (path) => path === SONG_INDEX).catch(() => new Map());
  if (network !== token) return 0;
  songIndex = files.has(SONG_INDEX) ? new SongIndex(files.get(SONG_INDEX)) : null;
  return songIndex?.share ?? 0;
}

async function write({ words, seed, artist, picks = {}, ...settings }, onProgress) {
  const token = ++current;
  const { vocabulary } = network;
  const start = performance.now();
  onProgress({ words, unknown: vocabulary.outOfVocabulary(words) });
  const song = generate(network, network.song(words, artist, settings), seed, pickedTokens(picks));
  let count = 0;
  let isOver = false;
  while (!isOver && token === current) {
    const batch = [];
    const until = performance.now() + SLICE_MS;
    while (!isOver && performance.now() < until) {
      const { value, done } = song.next();
      if (done) isOver = true;
      else batch.push(vocabulary.words[value]);
    }
    count += batch.length;
    if (batch.length) onProgress({ words: batch });
    await yieldToEventLoop();
  }
  const seconds = (performance.now() - start) / 1000;
  return { count, seconds, tensors: tf.memory().numTensors };
}

/** The tokens of picked words; a word that the network does not know is left to the network. */
function pickedTokens(picks) {
  const tokens = {};
  for (const [position, word] of Object.entries(picks)) {
    const token = word === END ? BOS_EOS : network.vocabulary.ids.get(word);
    if (token !== undefined) tokens[position] = token;
  }
  return tokens;
}

function findCopies({ words }) {
  return songIndex?.findCopies(network.vocabulary.encode(words)) ?? [];
}

function alternatives({ words, said, artist, ...settings }) {
  interrupt();
  const { vocabulary } = network;
  const song = network.song(words, artist, settings);
  const found = findAlternatives(network, song, vocabulary.ids.get(said), MAX_ALTERNATIVES);
  return found.map(({ token, probability }) => ({
    word: token === BOS_EOS ? END : vocabulary.words[token],
    probability,
  }));
}

function interrupt() {
  current++;
}
