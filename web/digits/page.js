/** The page of the digit networks: its state, its five views, and the worker in which the networks run. */

import { DrawingBitmap } from "../core/drawing-bitmap.js";
import { readDigits } from "../core/eigen-digits.js";
import { $, hideProgress, say, showProgress, showsError } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { RemoteWorker } from "../shared/rpc.js";
import {
  choice,
  flag,
  number,
  readHash,
  runName,
  saveState,
  writeHash,
  writeShortHash,
} from "../shared/url-state.js";
import { breeding } from "./breeding.js";
import { drawing, EXAMPLE } from "./drawing.js";
import { eigendigits } from "./eigendigits.js";
import { lazily } from "./lazy-part.js";
import { showResults } from "./results-table.js";
import { scrambling } from "./scrambling.js";
import { makeSwitch, showView, viewOf } from "./views.js";

/** Names of the networks by run: in sentences ("the ... network"), and as labels. */
const NAMES = new Map([
  ["original", { name: "simple", label: "Simple (2015)" }],
  ["modern", { name: "modern", label: "Modern" }],
  ["robust", { name: "hardened", label: "Hardened" }],
  ["judge", { name: "second-opinion", label: "Second opinion" }],
  ["eleven", { name: "eleven-answer", label: "Eleven answers" }],
]);

/** Names of runs in links from earlier versions. */
const OLD_RUNS = new Map([["seed", "original"]]);

const runField = runName("original");

const TABLE = {
  view: choice("", /^(draw|evolve|signs|scramble|eigen)$/),
  ink: { start: EXAMPLE, read: (text) => (DrawingBitmap.unpack(text) ? text : undefined) },
  made: flag(false),
  thickness: number(2.6, 1, 6, 0.2),
  digit: number(9, 0, 9),
  run: { ...runField, read: (text) => runField.read(OLD_RUNS.get(text) ?? text) },
  method: choice("evolve", /^(evolve|climb)$/),
  statistics: flag(false),
  seed: number(1, 0, 2 ** 32 - 1),
  bred: flag(false),
  sample: choice("4", /^(\d{1,2}|ink)$/),
  way: choice("noise", /^(noise|palette|swap)$/),
  amount: number(0.3, 0, 1, 0.01),
  rebuilt: choice("5", /^(\d{1,2}|ink)$/),
  parts: number(12, 0, 54),
  weights: choice("", /^(-?\d(\.\d)?(,-?\d(\.\d)?){5})?$/),
};

/** The state that the address holds. */
function readState() {
  const { state } = readHash(TABLE, location.hash);
  return { ...state, view: viewOf(state, TABLE) };
}

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));

const page = {
  state: readState(),
  networks: [], // those that answer: {run, name, label, meta}
  more: [], // other networks to evolve pictures against: {run, name, label}
  names: NAMES,
  data: null, // see core/eigen-digits.js
  onDraw: [], // called when the drawing has changed

  /** Call the worker and show an error. */
  request: (method, args, onProgress) =>
    worker.call(method, args, onProgress).catch((error) => say(error.message, true)),

  updateState: (changes) => saveState(TABLE, page.state, changes),

  /** The hash of the page with changes of its state. */
  hash: (changes) => writeHash(TABLE, { ...page.state, ...changes }),

  /** A short hash for printed links, without the fields in `never`. */
  shortHash: (changes, never) => writeShortHash(TABLE, { ...page.state, ...changes }, { never }),

  /** The confidences of each network, ten per picture. */
  async classify(pictures) {
    const { confidences, tensors } = await worker.call("classify", { pictures });
    document.body.dataset.tensors = tensors;
    return confidences;
  },
};

const signs = lazily("signs", async () => (await import("./signs.js")).signs);
const parts = [drawing, breeding, signs, scrambling, eigendigits].map((part) => part(page));

async function load() {
  try {
    const { networks, more, description, bytes } = await worker.call("load", {}, (loading) => {
      if (showsError()) return; // one file failed while others are still on their way
      showProgress(loading);
      say(formatLoading(loading));
    });
    page.networks = networks.map(({ run, meta }) => ({ run, meta, ...NAMES.get(run) }));
    page.more = more.map((run) => ({ run, ...NAMES.get(run) }));
    page.data = readDigits(description, bytes);
  } catch (error) {
    say(error.message, true);
    return;
  } finally {
    hideProgress();
  }
  say("");
  showResults($("story"), page);
  for (const part of parts) part.ready();
  if (page.state.bred && page.state.view === "evolve") $("breed").click();
}

/** Show the view of the state first, because its pictures have no size before that. */
function showPage() {
  showView(page.state.view);
  for (const part of parts) part.show();
  if (page.networks.length && page.state.bred && page.state.view === "evolve") $("breed").click();
}

/** Show another view of the same work. */
function switchView(view) {
  page.state.view = view;
  showView(view);
  for (const part of parts) part.redraw?.();
}

/** Whether two states differ only in the view. */
function isSameWork(before, after) {
  return Object.keys(TABLE).every((name) => name === "view" || before[name] === after[name]);
}

addEventListener("hashchange", () => {
  const state = readState();
  if (isSameWork(page.state, state)) {
    switchView(state.view);
    return;
  }
  page.state = state;
  showPage();
});

makeSwitch((view) => page.hash({ view }), switchView);

showPage();
load();
