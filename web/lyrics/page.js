/** The lyrics page: the form, what is written and in which way, the link that brings it back. The network lives in `lyrics/worker.js`. */

import { fetchIndex } from "../shared/model.js";
import { split } from "../core/tokenizer.js";
import { countLines } from "../core/decoder.js";
import { byHeart, characters, chorus, showCards } from "./model-cards.js";
import { considering, pick, readPicks } from "./alternatives.js";
import { fill, readFields, showFields } from "../shared/form-fields.js";
import { FORM, LONGEST_SEED, TABLE } from "./url-fields.js";
import { copy } from "../shared/share.js";
import { LyricsClient } from "./client.js";
import { $, hideProgress, say, showProgress } from "../shared/dom.js";
import { formatCount, formatLoading, formatPercent } from "../shared/format.js";
import { randomSeed } from "../shared/random-seed.js";
import { notKnown, Sheet, source } from "./song-view.js";
import { readHash, saveState } from "../shared/url-state.js";
import { together } from "./line-by-line.js";

const MOST_WORDS = 300; // of the seed text that the network reads

let { state, known: wanted } = readHash(TABLE, location.hash);
const sheet = new Sheet($("song"), end);
let ready = false,
  share = 0,
  speed = 0,
  older = "",
  cast = [],
  endChorus = () => {};

// The form and the state

function showState() {
  showFields(FORM, state);
  showNumbers();
}

function showNumbers() {
  $("randomness-is").textContent = Number($("randomness").value).toFixed(2);
  $("lines-is").textContent = $("lines").value;
  $("nucleus-is").textContent = formatPercent(Number($("nucleus").value), 0);
}

function readForm() {
  const { text, run, ...rest } = readFields(FORM);
  Object.assign(state, rest, { text: text.slice(-LONGEST_SEED), run: run || state.run });
}

const updateState = (changes = {}) => saveState(TABLE, state, changes);

/** Open or close the buttons that want a network. */
function open(isReady) {
  ready = isReady;
  for (const id of ["write", "lines-start", "all-start"]) $(id).disabled = !ready;
}

const settings = () => ({
  randomness: state.randomness,
  guard: state.guard,
  nucleus: state.nucleus,
  form: state.plan,
  band: state.band,
  minP: Number(state.minP),
  topK: Number(state.topK),
  noRepeat: Number(state.noRepeat),
});
const picks = () => readPicks(state.picks);

// What is written

const views = {
  song: () => sing(),
  lines: () => offer(),
  all() {
    endChorus = chorus($("chorus"), cast, {
      words: seed(),
      lines: state.lines,
      number: state.number,
      ...settings(),
    });
    $("link").disabled = false;
  },
};

const seed = () => split(state.text).slice(-MOST_WORDS);

/** Write in the way of the state; `fresh`: something new. */
function start(fresh, view = state.view) {
  if (!ready) return;
  readForm();
  halt();
  endChorus();
  if (fresh) Object.assign(state, { number: randomSeed(), picks: "", kept: "" });
  if (fresh) older = "";
  state.view = view;
  $("sheet").hidden = $("copy").hidden = view === "all";
  $("chorus").hidden = view !== "all";
  $("together").hidden = view !== "lines";
  $("how").hidden = view !== "song";
  for (const [id, name] of [
    ["lines-start", "lines"],
    ["all-start", "all"],
  ])
    $(id).ariaPressed = String(view === name);
  say("");
  $("remembered").textContent = $("caption").textContent = "";
  updateState();
  views[view]();
  if (fresh) $(view === "all" ? "chorus" : "sheet").scrollIntoView({ block: "nearest" });
}

/** Sing the song of the state, from word `kept` on where that one stands there already. */
async function sing(kept = 0) {
  const begin = seed(),
    chosen = picks();
  sheet.begin(begin.length, kept, { isChosen: (i) => i - begin.length in chosen });
  $("write").textContent = "Stop";
  $("copy").disabled = $("link").disabled = true;
  const written = await client.write(
    { words: begin, lines: state.lines, number: state.number, picks: chosen, ...settings() },
    (more, unknown) => sheet.add(more, unknown),
  );
  if (!written) return;
  sheet.complete = true;
  speed = written.count / written.seconds;
}

function end() {
  const long = split(state.text).length > MOST_WORDS;
  $("write").textContent = "Write another";
  showCaption();
  updateState();
  say(
    older +
      (long ? `That is a long beginning: the network reads its last ${MOST_WORDS} words. ` : "") +
      notKnown([...sheet.unknown]),
  );
  recall();
}

function showCaption() {
  $("copy").disabled = $("link").disabled = false;
  $("caption").textContent =
    `song ${formatCount(state.number)}, network ${state.run}, randomness ${state.randomness.toFixed(2)}` +
    (state.band && `, in the manner of ${state.band}`) +
    (speed ? `, ${formatCount(Math.round(speed))} words a second` : "");
}

function halt() {
  client.interrupt();
  if (!sheet.ended) sheet.stop();
}

// What it knows by heart, and what it considered

async function recall() {
  if (!share || !sheet.ended || !sheet.words.length) return;
  const runs = await client.recall(sheet.words);
  if (!runs || !sheet.ended) return;
  sheet.mark(runs);
  point(-1);
}

function point(place) {
  if (share && sheet.ended)
    $("remembered").textContent = sheet.sources[place]
      ? `By heart: ${source(sheet.sources[place])}.`
      : byHeart(sheet, share);
}

const considered = (place) =>
  client.consider({
    words: sheet.words.slice(0, place),
    said: sheet.words[place],
    ...settings(),
  });

/** Sing another word at a place and go on from there. */
function instead(place, word) {
  updateState({ picks: pick(state.picks, place - seed().length, word) });
  say("");
  sing(place);
}

// Line by line

const offer = together($("together"), sheet, {
  begin: () => state.text,
  kept: () => state.kept,
  keep: (kept) => updateState({ kept }),
  say: (text) => {
    $("offered").textContent = text;
  },
  async sing(all, again) {
    if (again) updateState({ number: randomSeed() });
    const begin = all.slice(-MOST_WORDS),
      sung = [];
    const written = await client.write(
      { words: begin, lines: countLines(begin) + 1, number: state.number, ...settings() },
      (more) => sung.push(...more),
    );
    if (!written) return undefined;
    showCaption();
    recall();
    return sung.slice(begin.length);
  },
});

// What the worker says

const client = new LyricsClient((message) => {
  hideProgress();
  if (!sheet.ended) sheet.stop();
  say(message, true);
});

/** Load the network that the state names, then the index of its training songs. */
async function loadNetwork() {
  share = 0;
  open(false);
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
  recall();
}

function showNetwork({ folder, meta }) {
  const { artists: bands = [] } = meta.data;
  fill("band", [["", "any band"], ...bands.map((name) => [name, name])], state.band);
  $("band").parentNode.hidden = !bands.length;
  const model = folder.split("-").at(-1);
  const isOther = wanted && state.model && state.model !== model;
  older = isOther
    ? "This song was written by an earlier training of this network, so its words may differ. "
    : "";
  state.model = model;
  open(true);
  if (wanted) start(false);
  else adopt();
  wanted = false;
  say(older);
}

/** The song that stands in the page from the start is one of the network's: it can be asked like any other. */
function adopt() {
  const shown = Number($("song").dataset.number);
  if (sheet.words.length || state.run !== TABLE.run.start || $("text").value !== state.text) return;
  state.number = shown;
  const begin = seed().length;
  sheet.show(split($("song").textContent), begin);
  showCaption();
}

// What the visitor does

/** Another network sings the same. */
function change(run) {
  halt();
  $("run").value = run;
  readForm();
  Object.assign(state, { model: "", picks: "", view: state.view === "all" ? "song" : state.view });
  wanted = true;
  loadNetwork();
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (sheet.ended) start(true, "song");
  else halt();
});
$("form").addEventListener("input", showNumbers);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    start(true, "song");
  }
});
$("lines-start").addEventListener("click", () => start(true, "lines"));
$("all-start").addEventListener("click", () => start(state.view === "all", "all"));
$("run").addEventListener("change", () => change($("run").value));
$("copy").addEventListener("click", () => copy($("song").textContent, "The song is copied.", say));
$("link").addEventListener("click", () => {
  updateState();
  copy(location.href, "The link is copied: it brings this very song back.", say);
});
sheet.listen((place) => state.view === "song" && openConsidered(place), point);
const openConsidered = considering($("considered"), sheet, considered, instead);
addEventListener("hashchange", () => {
  const read = readHash(TABLE, location.hash),
    other = read.state.run !== state.run;
  state = read.state;
  wanted = read.known;
  showState();
  if (other) loadNetwork();
  else if (ready && wanted) {
    wanted = false;
    start(false);
  }
});

async function begin() {
  try {
    const index = await fetchIndex();
    const runs = index.filter((model) => model.task === "lyrics").map((model) => model.run);
    $("run").replaceChildren(...runs.map((run) => new Option(run, run)));
    if (!runs.includes(state.run))
      state.run = runs.includes(TABLE.run.start) ? TABLE.run.start : runs[0];
    cast = characters(index);
    showCards($("characters"), cast, (run) => {
      change(run);
      $("form").scrollIntoView();
    });
  } catch {
    // the worker, which needs the index too, tells the visitor what is wrong
  }
  showState();
  loadNetwork();
}

showState();
begin();
