/** The faces page: sixteen faces, one to change, a mixture of two, and how the networks learned. */

import { hiddenBy } from "../core/avatars.js";
import { showCard } from "../shared/card.js";
import { $, hideProgress, say } from "../shared/dom.js";
import { addEntry, entriesBefore } from "../shared/history-entries.js";
import { fetchIndex } from "../shared/model.js";
import { randomSeed } from "../shared/random-seed.js";
import { saveState, writeHash } from "../shared/url-state.js";
import { createControls, describeFace } from "./attribute-controls.js";
import { cutOut } from "./cut-out.js";
import * as drawing from "./drawing.js";
import { FaceGrid } from "./face-grid.js";
import { Liveliness } from "./liveliness.js";
import { readCode, startNames } from "./names-panel.js";
import { fillMenu, networksOfMenu } from "./network-menu.js";
import { paint } from "./picture.js";
import { showPicture, startPicturePanel } from "./picture-panel.js";
import { Population } from "./population.js";
import { enableControls, limitTabs, openTab, startTabs } from "./tabs.js";
import { startTakeAlong } from "./take-along.js";
import { showTimelines } from "./training-timeline.js";
import { COUNT, FIELDS, readState, unmixed } from "./url-fields.js";
import { Visit } from "./visit.js";

let entries = [];
let state = readState(location.hash);
/** The run that `population` belongs to. */
let openRun = "";
let population = null;
let readableNames = {};
let requests = 0;
/** The portrait as the network drew it, cut out. */
let portrait = new Uint8ClampedArray(4);
const showControls = {};
const visit = new Visit($("made"));
const grids = [
  new FaceGrid($("faces"), (face) => choose(face)),
  new FaceGrid($("others"), (other) => change({ other, mix: state.mix || 50 })),
];

const load = (run) => drawing.load(run, () => run === state.run);

// Drawing

/** A face in words. */
function describe(variants) {
  return describeFace(population.attributes, readableNames, variants, population.hiding(variants));
}

/** Make the background transparent if the network draws Gene's own faces on white; other pictures stay as they are. */
const prepare = (pixels) =>
  population.hasAlpha || document.body.classList.contains("own-data") ? pixels : cutOut(pixels);

const faceBytes = () => 4 * population.side ** 2;

function put(i, pixels) {
  const image = new ImageData(prepare(pixels), population.side);
  for (const grid of grids) grid.put(i, image, describe(population.labelsOf(i)));
}

/** Draw faces of the current population; `show` is no longer called once there is another population. */
async function draw(place, faces, show) {
  const drawnFor = population;
  const isCurrent = () => drawnFor === population;
  const drawn = await drawing.draw(openRun, place, faces, (first, pixels) => {
    if (isCurrent()) show(first, pixels);
  });
  return isCurrent() ? drawn : undefined;
}

async function drawAll() {
  const faces = Array.from({ length: COUNT }, (_, i) => population.inputOf(i));
  const drawn = await draw("faces", faces, (first, pixels) => {
    const bytes = faceBytes();
    for (let i = 0; i * bytes < pixels.length; i++)
      put(first + i, pixels.slice(i * bytes, (i + 1) * bytes));
  });
  if (!drawn) return;
  $("faces").classList.remove("waiting");
  const what = document.body.classList.contains("own-data") ? "pictures" : "faces";
  say(`Sixteen ${what}, ${Math.max(1, Math.round(COUNT / drawn.seconds))} per second.`);
}

/** @param {boolean} isMade Whether the visitor made the face, so that it is kept in the strip. */
async function drawOne(isMade) {
  const { face } = state;
  const one = population.inputOf(face);
  const requested = String(++requests);
  $("one").dataset.requested = requested;
  const drawn = await draw("one", [one, population.portrait], (_, pixels) => {
    put(face, pixels.slice(0, faceBytes()));
    portrait = prepare(pixels.slice(faceBytes()));
    paint($("one"), portrait, state);
  });
  if (drawn && isMade) visit.keep(state, $("one"));
  $("one").dataset.drawn = requested;
  liveliness.rest();
}

/** The chosen face with other variants. */
async function drawExpression(variants) {
  const input = population && !state.mix && population.inputOfExpression(variants);
  let face;
  if (input)
    await draw("expression", [input], (_, pixels) => {
      face = prepare(pixels);
    });
  return face;
}

const liveliness = new Liveliness(drawExpression, (pixels = portrait) =>
  paint($("one"), pixels, state),
);

// Show the state

function show() {
  const { wanted, attributes } = population;
  const labels = population.portraitLabels;
  const mixed = state.mix ? `, mixed with ${state.mix}% of face ${state.other + 1}` : "";
  grids[0].choose(state.face);
  grids[1].choose(state.other, state.face);
  $("mix").value = state.mix;
  $("mix-is").textContent = `${state.mix}%`;
  $("wild").value = state.wild;
  showControls.want?.(wanted, (i) => hiddenBy(i, wanted, attributes));
  showControls.own?.(labels, population.hiding(labels));
  showPicture(state);
  if (document.activeElement !== $("code")) $("code").value = state.code;
  $("short-link").disabled = !state.code;
  $("undo").disabled = !entriesBefore();
  $("undo").title = entriesBefore() ? "" : "Nothing to undo yet";
  $("reset").hidden = !population.isChanged(state.face);
  $("one").setAttribute("aria-label", `Face ${state.face + 1}${mixed}: ${describe(labels)}`);
}

function redraw(all, isMade) {
  if (!population) return; // the network is still loading
  show();
  say("", false, "copied");
  if (all) {
    say("Drawing…");
    drawAll();
  }
  drawOne(isMade);
}

/** Change fields of the link. */
function update(values) {
  Object.assign(state, values);
  if (!population) return;
  population.refresh();
  state.code = population.code;
}

/** Change the state within the current entry of the browser's history. */
function change(values, isMade = true) {
  update(values);
  saveState(FIELDS, state, {});
  redraw(false, isMade);
}

/** Change the state so that Undo and the Back button return to the previous one. */
function step(values, all = false) {
  update(values);
  addEntry(writeHash(FIELDS, state));
  redraw(all, true);
}

/** Choose a face; it is not mixed with any other. */
const choose = (face) => change({ face, ...unmixed(face, state.other) }, false);

/** Change the portrait. A mixture becomes the look of the chosen face, so that the change can be seen. */
function pickOwn(attribute, variant) {
  const labels = population.portraitLabels;
  labels[attribute] = variant;
  step(setLabels(labels));
}

/** The fields of the link that give the chosen face these variants. */
const setLabels = (labels) => ({ ...population.withLabels(state.face, labels), mix: 0 });

/** Show the face of a name; typing the name counts as a single step for Undo. */
function showName(name, isFirst) {
  const values = setLabels(population.labelsOfName(name));
  if (isFirst) step(values);
  else change(values);
}

/** Change the background, the shape or the size of the picture. */
function setLook(values) {
  saveState(FIELDS, state, values);
  showPicture(state);
  paint($("one"), portrait, state);
  if (population) visit.keep(state, $("one"));
}

// Networks

/** Hide Gene's own faces, and what the page says about them, if the network learned from other pictures. */
function showOnlyOwn(isOwn) {
  document.body.classList.toggle("own-data", isOwn);
  if (isOwn) $("faces").classList.remove("waiting");
}

/** Until another network has been loaded, nothing can be drawn or changed. */
function close() {
  openRun = "";
  population = null;
  enableControls(false);
}

async function open() {
  const { run } = state;
  const entry = entries.find((network) => network.run === run);
  if (entry) showCard(entry);
  showOnlyOwn(Boolean(entry?.own_data));
  if (openRun !== run) close();
  const loaded = await load(run);
  if (!loaded || state.run !== run) return; // another network has been chosen since
  const { attributes } = loaded.meta.data;
  openRun = run;
  population = new Population(loaded, state);
  readableNames = loaded.page.labels ?? {};
  hideProgress();
  createPanels(attributes, loaded.page);
  enableControls(true);
  const { code } = state;
  update({});
  redraw(true, true);
  if (code) showCode(code);
}

/** Show the face of a code, unless it is already shown. */
function showCode(code) {
  const labels = readCode(code, population.attributes);
  if (!labels || state.mix || code === state.code) return;
  change(setLabels(labels));
}

/** Fill the panels with controls for the attributes of the network. */
function createPanels(attributes, page) {
  $("choice").hidden = !attributes.length;
  $("wildness").hidden = !population.rules.length;
  limitTabs(attributes.length > 0);
  showControls.own = createControls($("own"), attributes, page, false, pickOwn);
  showControls.want = createControls($("want"), attributes, page, true, (attribute, variant) =>
    step(population.withWanted(attribute, variant), true),
  );
}

/** Draw sixteen new faces with any network. */
async function again(run, show) {
  const network = await load(run);
  if (network) await drawing.drawNew(run, network, COUNT, show);
  return Boolean(network);
}

// Events

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  step({ seed: randomSeed(), own: "", mix: 0 }, true);
});
$("mix").addEventListener("input", () => change({ mix: Number($("mix").value) }, false));
$("mix").addEventListener("change", () => change({}));
$("wild").addEventListener("change", () =>
  step({ wild: Number($("wild").value), own: "", mix: 0 }, true),
);
$("undo").addEventListener("click", () => history.back());
$("reset").addEventListener("click", () => {
  step(setLabels(population.untouched(state.face)));
});
startNames(showName, (code) => {
  const labels = readCode(code, population.attributes);
  if (labels) step(setLabels(labels));
});
startPicturePanel(
  setLook,
  startTakeAlong(() => ({ state, population, portrait, prepare })),
);
$("run").addEventListener("change", () => {
  Object.assign(state, { run: $("run").value, want: "", own: "", mix: 0 });
  addEntry(writeHash(FIELDS, state));
  open();
});
addEventListener("hashchange", () => {
  state = readState(location.hash);
  say("Drawing…");
  $("name").value = ""; // the face has changed
  $("run").value = state.run;
  open();
});

async function start() {
  startTabs();
  if (state.mix) openTab("mix");
  let index = [];
  try {
    index = await fetchIndex();
  } catch {
    // the worker needs the index, too, and reports the error
  }
  entries = networksOfMenu(index);
  state.run = fillMenu(entries, state.run);
  await open();
  showTimelines(index, again, state, (epochs) => saveState(FIELDS, state, epochs));
}

start();
