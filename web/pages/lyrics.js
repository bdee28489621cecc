/** The lyrics page: the form, the song as it comes, the link that brings it back. The network lives in `worker.js`. */

import { fetchIndex } from "../core/model.js";
import { gaps, NEW_LINE, split } from "../core/words.js";
import { copy } from "./share.js";
import { choice, flag, number, readHash, words, writeHash } from "./state.js";

const LONGEST_SEED = 2000;      // characters that a link carries
const MOST_WORDS = 300;         // of the seed text that the network reads
const PACE = 32;                // words a second, at most, that appear: faster than reading, slow enough to watch

const TABLE = {
  text: words("hello world", LONGEST_SEED),
  run: choice("gene-lyrica-two", /^[\w-]{1,40}$/),
  model: choice("", /^[0-9a-f]{0,12}$/),
  randomness: number(0.8, 0, 2, 0.05),
  lines: number(16, 4, 60),
  guard: flag(true),
  number: number(1, 0, 2 ** 32 - 1),
};

const $ = (id) => document.getElementById(id);
const hasCalm = matchMedia("(prefers-reduced-motion: reduce)");
const worker = new Worker(new URL("../worker.js", import.meta.url), { type: "module" });

let state = readHash(TABLE, location.hash).state;
let song = null;        // {id, words, seed, unknown, shown, complete, due}
let ready = false, wanted = readHash(TABLE, location.hash).known, songs = 0;

// The form and the state

function showState() {
  $("text").value = state.text;
  $("run").value = state.run;
  $("randomness").value = state.randomness;
  $("lines").value = state.lines;
  $("guard").checked = state.guard;
  showNumbers();
}

function showNumbers() {
  $("randomness-is").textContent = Number($("randomness").value).toFixed(2);
  $("lines-is").textContent = $("lines").value;
}

function readForm() {
  state.text = $("text").value.slice(-LONGEST_SEED);
  state.run = $("run").value || state.run;
  state.randomness = Number($("randomness").value);
  state.lines = Number($("lines").value);
  state.guard = $("guard").checked;
}

function say(text, trouble = false) {
  $("said").textContent = text;
  $("said").classList.toggle("trouble", trouble);
}

// A song

function begin(fresh) {
  readForm();
  if (fresh) state.number = crypto.getRandomValues(new Uint32Array(1))[0];
  const all = split($("text").value), seed = all.slice(-MOST_WORDS);
  song = { id: ++songs, words: [], seed: seed.length, unknown: new Set(), shown: 0, complete: false, due: 0 };
  song.note = all.length > seed.length ? `That is a long beginning: the network reads its last ${MOST_WORDS} words. ` : "";
  $("song").replaceChildren();
  $("song").classList.add("writing");
  $("song").setAttribute("aria-busy", "true");
  $("write").textContent = "Stop";
  $("copy").disabled = $("link").disabled = true;
  if (fresh) $("song").scrollIntoView({ block: "nearest", behavior: hasCalm.matches ? "auto" : "smooth" });
  worker.postMessage({ type: "write", id: song.id, words: seed, randomness: state.randomness, lines: state.lines,
    number: state.number, guard: state.guard });
  requestAnimationFrame(appear);
}

function appear(now) {
  const mine = song;
  if (!mine || mine.ended) return;
  song.due ||= now;
  const allowed = hasCalm.matches ? Infinity : song.seed + ((now - song.due) / 1000) * PACE;
  const spaces = gaps(song.words);
  while (song.shown < song.words.length && song.shown < allowed) showWord(song.words[song.shown], spaces[song.shown]);
  if (song.complete && song.shown === song.words.length) end();
  else requestAnimationFrame(appear);
}

function showWord(word, space) {
  const element = document.createElement("span");
  element.textContent = word;
  element.className = song.shown < song.seed ? "seed" : "fresh";
  if (song.unknown.has(word)) {
    element.classList.add("unknown");
    element.title = "a word the network does not know";
  }
  $("song").append(space, word === NEW_LINE ? word : element);
  song.shown++;
}

function end() {
  song.ended = true;
  song.words.length = song.shown;
  $("song").classList.remove("writing");
  $("song").removeAttribute("aria-busy");
  $("write").textContent = "Write another";
  $("copy").disabled = $("link").disabled = false;
  $("caption").textContent = `song ${state.number.toLocaleString("en")}, network ${state.run}, randomness ${state.randomness.toFixed(2)}`
    + (song.speed ? `, ${Math.round(song.speed).toLocaleString("en")} words a second` : "");
  history.replaceState(null, "", writeHash(TABLE, state));
  const unknown = [...song.unknown];
  say(song.note + (unknown.length ? `The network does not know ${list(unknown)}; it read ${unknown.length > 1 ? "those" : "that"} as “some word” and went on.` : ""));
}

function list(items) {
  const quoted = items.slice(0, 8).map((word) => `“${word}”`);
  return quoted.join(", ") + (items.length > 8 ? ` and ${items.length - 8} more words` : "");
}

function stop() {
  worker.postMessage({ type: "interrupt" });
  song.complete = true;
  song.words.length = song.shown;
}

// What the worker says

const answers = {
  progress({ loaded, total }) {
    $("progress").max = total;
    $("progress").value = loaded;
    say(`The network is on its way: ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
  },
  ready({ folder, meta }) {
    const model = folder.split("-").at(-1), older = wanted && state.model && state.model !== model;
    ready = true;
    state.model = model;
    $("progress").classList.add("done");
    $("write").disabled = false;
    $("card").textContent = card(meta);
    say(older ? "This song was written by an earlier training of this network, so its words may differ." : "");
    if (wanted) begin(false);
    wanted = false;
  },
  sung({ id, words: more, unknown }) {
    if (id !== song?.id || song.complete) return;
    unknown?.forEach((word) => song.unknown.add(word));
    song.words.push(...more);
  },
  complete({ id, count, seconds }) {
    if (id !== song?.id) return;
    song.complete = true;
    song.speed = count / seconds;
  },
  trouble({ text }) {
    $("progress").classList.add("done");
    if (song && !song.ended) stop();
    say(text, true);
  },
};

function card({ data, config, parameters, measures, exported }) {
  const told = [`${data.songs.training} songs`, `${config.vocabulary.toLocaleString("en")} words`,
    `${parameters.toLocaleString("en")} weights`, `${(exported.uint8.bytes / 1e6).toFixed(1)} MB`];
  if (measures) told.push(`guesses ${(measures.held_out_accuracy * 100).toFixed(0)} % of the words of a song it has never read`);
  return `This network: ${told.join(", ")}.`;
}

worker.onmessage = ({ data: { type, ...rest } }) => answers[type](rest);
worker.onerror = () => answers.trouble({ text: "This browser could not start the network’s worker. A newer browser can." });

// What the visitor does

function loadNetwork() {
  ready = false;
  $("write").disabled = true;
  $("progress").classList.remove("done");
  worker.postMessage({ type: "load", run: state.run });
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (song && !song.ended) stop();
  else if (ready) begin(true);
});
$("form").addEventListener("input", showNumbers);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (ready) begin(true);
  }
});
$("run").addEventListener("change", () => {
  if (song && !song.ended) stop();
  readForm();
  loadNetwork();
});
$("copy").addEventListener("click", () => copy($("song").textContent, "The song is copied.", say));
$("link").addEventListener("click", () => copy(location.href, "The link is copied: it brings this very song back.", say));
addEventListener("hashchange", () => {
  const read = readHash(TABLE, location.hash), other = read.state.run !== state.run;
  state = read.state;
  wanted = read.known;
  showState();
  if (other) loadNetwork();
  else if (ready && wanted) {
    wanted = false;
    begin(false);
  }
});

async function listNetworks() {
  try {
    const models = await fetchIndex(new URL("../models/", import.meta.url));
    const runs = models.filter((model) => model.network === "lyrics").map((model) => model.run);
    $("run").replaceChildren(...runs.map((run) => new Option(run, run)));
    if (!runs.includes(state.run)) state.run = runs.includes(TABLE.run.start) ? TABLE.run.start : runs[0];
  } catch {
    // the worker, which needs the index too, tells the visitor what is wrong
  }
  showState();
  loadNetwork();
}

showState();
listNetworks();
