/** The lyrics page: the form, the ways to write a song, the link that brings it back. The network runs in worker.js. */

import { countLines } from "../core/decoder.js";
import { NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { $, hideProgress, say, showProgress } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { fetchFiles, fetchIndex, json } from "../shared/model.js";
import { randomSeed } from "../shared/random-seed.js";
import { copy } from "../shared/share.js";
import { readHash, saveState } from "../shared/url-state.js";
import { addPick, alternativesDialog, parsePicks } from "./alternatives.js";
import { LyricsClient } from "./client.js";
import { compareNetworks, describeCopied } from "./comparison.js";
import { lineByLine } from "./line-by-line.js";
import { networksWithCards, showCards } from "./model-cards.js";
import * as settingsForm from "./settings-form.js";
import { describeSong, describeTooLong, MAX_PROMPT_WORDS, showView } from "./song-sheet.js";
import { describeSource, describeUnknown, SongView } from "./song-view.js";
import { chooseRun, DEFAULT_RUN, makeFields, modernizeHash, settingsOf } from "./url-fields.js";

const CONFIG = "generation_config.json";
const OTHER_TRAINING =
  "This song was written by an earlier training of this network, so its words may differ. ";

const view = new SongView($("song"), showEnd);
const client = new LyricsClient((message) => {
  hideProgress();
  if (!view.ended) view.stop();
  say(message, true);
});
/** Fields of the form and of the link; see url-fields.js. */
let fields;
let state;
/** Whether the link names a song that has not been written yet. */
let hasLink = false;
let isReady = false;
/** Share of copied phrases that can be found. */
let share = 0;
let wordsPerSecond = 0;
/** A warning about the link, or "". */
let warning = "";
let entries = [];
let endComparison = () => {};

// The state

function readLink() {
  const { state: linked, known } = readHash(fields.all, modernizeHash(location.hash));
  state = linked;
  hasLink = known;
}

const updateState = (changes = {}) => saveState(fields.all, state, changes);

function setReady(value) {
  isReady = value;
  settingsForm.enableButtons(isReady);
}

const prompt = () => tokenize(state.text).slice(-MAX_PROMPT_WORDS);

/** What the worker needs to know besides the words. */
const request = () => ({ seed: state.seed, artist: state.artist, ...settingsOf(state) });

// Writing

const VIEWS = {
  song: () => write(),
  lines: () => offerLine(),
  all() {
    endComparison = compareNetworks($("comparison"), entries, { words: prompt(), ...request() });
    $("link").disabled = false;
  },
};

/** Write as the state says; something new if `isNew`. */
function start(isNew, viewName = state.view) {
  if (!isReady) return;
  Object.assign(state, settingsForm.readSettings(fields.form));
  stop();
  endComparison();
  if (isNew) {
    Object.assign(state, { seed: randomSeed(), picks: "", kept: "" });
    warning = "";
  }
  state.view = viewName;
  showView(viewName);
  say("");
  $("copies").textContent = "";
  $("caption").textContent = "";
  updateState();
  VIEWS[viewName]();
  const result = viewName === "all" ? "comparison" : "sheet";
  if (isNew) $(result).scrollIntoView({ block: "nearest" });
}

/** Write the song of the state; keep the first `kept` words that are shown. */
async function write(kept = 0) {
  const words = prompt();
  const picks = parsePicks(state.picks);
  view.begin(words.length, kept, { isChosen: (i) => i - words.length in picks });
  $("write").textContent = "Stop";
  $("copy").disabled = true;
  $("link").disabled = true;
  const written = await client.write({ words, picks, ...request() }, (more, unknown) =>
    view.add(more, unknown),
  );
  if (!written) return;
  view.complete = true;
  wordsPerSecond = written.count / written.seconds;
}

function showEnd() {
  $("write").textContent = "Write another";
  showCaption();
  updateState();
  say(warning + describeTooLong(state.text) + describeUnknown([...view.unknown]));
  markCopies();
}

function showCaption() {
  $("copy").disabled = false;
  $("link").disabled = false;
  $("caption").textContent = describeSong(state, wordsPerSecond);
}

function stop() {
  client.interrupt();
  if (!view.ended) view.stop();
}

// Copied phrases and alternatives

async function markCopies() {
  if (!share || !view.ended || !view.words.length) return;
  const phrases = await client.findCopies(view.words);
  if (!phrases || !view.ended) return;
  view.markCopies(phrases);
  showCopies(-1);
}

/** Say where the word at a position was copied from, or how much of the song is copied. */
function showCopies(position) {
  if (!share || !view.ended) return;
  const phrase = view.copies[position];
  $("copies").textContent = phrase
    ? `Copied: ${describeSource(phrase)}.`
    : describeCopied(view, share);
}

const askForAlternatives = (position) =>
  client.alternatives({
    words: view.words.slice(0, position),
    said: view.words[position],
    ...request(),
  });

/** Put another word at a position and rewrite the rest of the song. */
function choose(position, word) {
  updateState({ picks: addPick(state.picks, position - prompt().length, word) });
  say("");
  write(position);
}

// Line by line

const offerLine = lineByLine($("line-by-line"), view, {
  text: () => state.text,
  kept: () => state.kept,
  keep: (kept) => updateState({ kept }),
  say: (text) => {
    $("offered").textContent = text;
  },
  async write(allWords, again) {
    if (again) updateState({ seed: randomSeed() });
    const words = allWords.slice(-MAX_PROMPT_WORDS);
    const lines = countLines(words, NEWLINE_TEXT) + 1;
    const received = [];
    const written = await client.write({ words, ...request(), lines }, (more) =>
      received.push(...more),
    );
    if (!written) return undefined;
    showCaption();
    markCopies();
    return received.slice(words.length);
  },
});

// The network

/** Load the network that the state names, then the index of its training songs. */
async function loadNetwork() {
  share = 0;
  setReady(false);
  $("progress").classList.remove("done");
  const loaded = await client.load(state.run, (bytes) => {
    showProgress(bytes);
    say(formatLoading(bytes));
  });
  if (!loaded) return;
  hideProgress();
  showNetwork(loaded);
  const found = await client.loadSongIndex();
  if (found === undefined) return;
  share = found;
  markCopies();
}

function showNetwork({ folder, meta }) {
  const { artists = [], is_songbook: isSongbook } = meta.data;
  settingsForm.fillArtists(artists, state.artist);
  $("songbook-credit").hidden = !isSongbook;
  const model = folder.split("-").at(-1);
  warning = hasLink && state.model && state.model !== model ? OTHER_TRAINING : "";
  state.model = model;
  setReady(true);
  if (hasLink) start(false);
  else adoptShownSong();
  hasLink = false;
  say(warning);
}

/** The song in the page's HTML was written by the default network: its words can be tapped like any other's. */
function adoptShownSong() {
  const isUnchanged = state.run === DEFAULT_RUN && $("text").value === state.text;
  if (view.words.length || !isUnchanged) return;
  state.seed = Number($("song").dataset.seed);
  view.show(tokenize($("song").textContent), prompt().length);
  showCaption();
}

/** Let another network write the same song. */
function changeNetwork(run) {
  stop();
  $("run").value = run;
  Object.assign(state, settingsForm.readSettings(fields.form));
  Object.assign(state, { model: "", picks: "", view: state.view === "all" ? "song" : state.view });
  hasLink = true;
  loadNetwork();
}

// The visitor

function listen() {
  settingsForm.listen({
    submit: () => (view.ended ? start(true, "song") : stop()),
    write: () => start(true, "song"),
    lines: () => start(true, "lines"),
    all: () => start(state.view === "all", "all"),
    changeNetwork,
  });
  $("copy").addEventListener("click", () => copy($("song").textContent, "Song copied.", say));
  $("link").addEventListener("click", () => {
    updateState();
    copy(location.href, "Link copied. It brings back this song.", say);
  });
  const openDialog = alternativesDialog($("alternatives"), view, askForAlternatives, choose);
  view.listen((position) => state.view === "song" && openDialog(position), showCopies);
  addEventListener("hashchange", () => {
    const { run } = state;
    readLink();
    settingsForm.showSettings(fields.form, state);
    if (state.run !== run) loadNetwork();
    else if (isReady && hasLink) {
      hasLink = false;
      start(false);
    }
  });
}

async function begin() {
  const index = await fetchIndex();
  entries = networksWithCards(index);
  const runs = entries.map(({ run }) => run);
  const run = chooseRun(runs, location.hash);
  const entry = entries.find((other) => other.run === run);
  const files = await fetchFiles(entry, (path) => path === CONFIG);
  settingsForm.fillNetworks(runs, run);
  fields = makeFields(json(files.get(CONFIG)));
  readLink();
  state.run = run;
  settingsForm.showSettings(fields.form, state);
  listen();
  loadNetwork();
  showCards($("characters"), entries, (picked) => {
    changeNetwork(picked);
    $("settings").scrollIntoView();
  });
}

setReady(false);
begin().catch((error) => {
  hideProgress();
  say(error.message, true);
});
