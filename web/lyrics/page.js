/** The lyrics page: the form, what is written and in which way, the link that brings it back. The network lives in `lyrics/worker.js`. */

import { fetchIndex } from "../shared/model.js";
import { split } from "../core/tokenizer.js";
import { countLines } from "../core/decoder.js";
import { byHeart, characters, chorus, showCards } from "./model-cards.js";
import { considering, pick, readPicks } from "./alternatives.js";
import { fill, readFields, showFields } from "../shared/form-fields.js";
import { FORM, LONGEST_SEED, TABLE } from "./url-fields.js";
import { copy } from "../shared/share.js";
import { Singer } from "./client.js";
import { notKnown, Sheet, source } from "./song-view.js";
import { readHash, writeHash } from "../shared/url-state.js";
import { together } from "./line-by-line.js";

const MOST_WORDS = 300; // of the seed text that the network reads

const $ = (id) => document.getElementById(id);

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
  $("nucleus-is").textContent = `${Math.round(100 * $("nucleus").value)} %`;
}

function readForm() {
  const { text, run, ...rest } = readFields(FORM);
  Object.assign(state, rest, { text: text.slice(-LONGEST_SEED), run: run || state.run });
}

function keep(changes = {}) {
  Object.assign(state, changes);
  history.replaceState(null, "", writeHash(TABLE, state));
}

/** Open or close the buttons that want a network. */
function open(isReady) {
  ready = isReady;
  for (const id of ["write", "lines-start", "all-start"]) $(id).disabled = !ready;
}

function say(text, trouble = false) {
  $("said").textContent = text;
  $("said").classList.toggle("error", trouble);
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
const chance = () => crypto.getRandomValues(new Uint32Array(1))[0];

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
  if (fresh) Object.assign(state, { number: chance(), picks: "", kept: "" });
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
  keep();
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
  const { count, seconds } = await singer.write(
    { words: begin, lines: state.lines, number: state.number, picks: chosen, ...settings() },
    (more, unknown) => sheet.add(more, unknown),
  );
  sheet.complete = true;
  speed = count / seconds;
}

function end() {
  const long = split(state.text).length > MOST_WORDS;
  $("write").textContent = "Write another";
  showCaption();
  keep();
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
    `song ${state.number.toLocaleString("en")}, network ${state.run}, randomness ${state.randomness.toFixed(2)}` +
    (state.band && `, in the manner of ${state.band}`) +
    (speed ? `, ${Math.round(speed).toLocaleString("en")} words a second` : "");
}

function halt() {
  singer.interrupt();
  if (!sheet.ended) sheet.stop();
}

// What it knows by heart, and what it considered

async function recall() {
  if (!share || !sheet.ended || !sheet.words.length) return;
  const { runs } = await singer.ask("recall", { words: sheet.words });
  if (!sheet.ended) return;
  sheet.mark(runs);
  point(-1);
}

function point(place) {
  if (share && sheet.ended)
    $("remembered").textContent = sheet.sources[place]
      ? `By heart: ${source(sheet.sources[place])}.`
      : byHeart(sheet, share);
}

async function considered(place) {
  const { words: found } = await singer.ask("consider", {
    words: sheet.words.slice(0, place),
    said: sheet.words[place],
    ...settings(),
  });
  return found;
}

/** Sing another word at a place and go on from there. */
function instead(place, word) {
  keep({ picks: pick(state.picks, place - seed().length, word) });
  say("");
  sing(place);
}

// Line by line

const offer = together($("together"), sheet, {
  begin: () => state.text,
  kept: () => state.kept,
  keep: (kept) => keep({ kept }),
  say: (text) => {
    $("offered").textContent = text;
  },
  async sing(all, again) {
    if (again) keep({ number: chance() });
    const begin = all.slice(-MOST_WORDS),
      sung = [];
    await singer.write(
      { words: begin, lines: countLines(begin) + 1, number: state.number, ...settings() },
      (more) => sung.push(...more),
    );
    showCaption();
    recall();
    return sung.slice(begin.length);
  },
});

// What the worker says

const singer = new Singer({
  progress({ loaded, total }) {
    $("progress").max = total;
    $("progress").value = loaded;
    say(
      `The network is on its way: ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
    );
  },
  ready({ folder, meta }) {
    const { bands = [] } = meta.data;
    fill("band", [["", "any band"], ...bands.map((name) => [name, name])], state.band);
    $("band").parentNode.hidden = !bands.length;
    const model = folder.split("-").at(-1),
      other = wanted && state.model && state.model !== model;
    older = other
      ? "This song was written by an earlier training of this network, so its words may differ. "
      : "";
    state.model = model;
    $("progress").classList.add("done");
    open(true);
    if (wanted) start(false);
    else adopt();
    wanted = false;
    say(older);
  },
  remembers(told) {
    ({ share } = told);
    recall();
  },
  trouble({ text }) {
    $("progress").classList.add("done");
    if (!sheet.ended) sheet.stop();
    say(text, true);
  },
});

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

function loadNetwork() {
  share = 0;
  open(false);
  $("progress").classList.remove("done");
  singer.load(state.run);
}

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
  keep();
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
