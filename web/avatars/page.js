/** The faces page: sixteen faces, one to edit, a mixture of two, and how the networks learned. */

import { faceFromSeed, hiddenBy, IMAGE_SIDE, mix, oneHot, seedsFrom } from "../core/avatars.js";
import { $, hideProgress, make, say, showProgress, showsError } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { fetchIndex } from "../shared/model.js";
import { randomSeed } from "../shared/random-seed.js";
import { RemoteWorker } from "../shared/rpc.js";
import { copy, download } from "../shared/share.js";
import { readHash, saveState } from "../shared/url-state.js";
import { createControls, describeFace } from "./attribute-controls.js";
import { describeModeCollapse, showTimeline } from "./training-timeline.js";
import { COUNT, FIELDS, formatOwn, formatWanted, parseOwn, parseWanted } from "./url-fields.js";

const FACE_BYTES = 4 * IMAGE_SIDE * IMAGE_SIDE;
const OWN_SECTION = ["faces-dcgan", "ellipses-outline", "ellipses-white", "ellipses-color"]; // not in the menu

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
/** Promises of {meta, page}, by run. */
const loading = new Map();

let state = readHash(FIELDS, location.hash).state;
let attributes = [];
let latentDim = 0;
let people = [];
let readableNames = {};
const showControls = {};
let drawCount = 0;

const updateState = (changes) => saveState(FIELDS, state, changes);

// Attributes of the faces

const wanted = () => parseWanted(state.want, attributes);
const changes = () => parseOwn(state.own, attributes);

/** The variant of each attribute of face i. */
function labelsOf(i) {
  const want = wanted();
  const labels = people[i].labels.map((label, j) => want[j] ?? label);
  for (const [face, attribute, variant] of changes()) if (face === i) labels[attribute] = variant;
  return labels;
}

/** Face i in words. */
function describe(i) {
  const variants = labelsOf(i);
  return describeFace(attributes, readableNames, variants, (j) =>
    hiddenBy(j, variants, attributes),
  );
}

const faceOf = (i) => ({ noise: people[i].noise, hot: oneHot(labelsOf(i), attributes) });

// Drawing

/**
 * Draw faces {noise, hot} at a place: `show(first, pixels)` gets them a few at a time.
 * @returns {Promise<{seconds: number} | undefined>} undefined if another drawing at the place replaced it, or it failed
 */
async function draw(run, place, faces, show) {
  const flat = (values) => Float32Array.from(values.flatMap((part) => [...part]));
  const noise = flat(faces.map((face) => face.noise));
  const hot = flat(faces.map((face) => face.hot));
  const onProgress = ({ first, pixels }) => show(first, pixels);
  drawCount++;
  try {
    const drawn = await worker.callLatest("draw", { run, place, noise, hot }, onProgress, place);
    if (drawn) document.body.dataset.tensors = drawn.tensors;
    return drawn;
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

const canvases = (id) => [...$(id).querySelectorAll("canvas")];

function put(i, pixels) {
  for (const id of ["faces", "others"])
    canvases(id)[i].getContext("2d").putImageData(new ImageData(pixels, IMAGE_SIDE), 0, 0);
  $("faces").querySelectorAll("input")[i].ariaLabel = `Face ${i + 1}: ${describe(i)}`;
}

/** Draw a face of 64 x 64 pixels on the large canvas, smoothly. */
function enlarge(pixels) {
  const small = new OffscreenCanvas(IMAGE_SIDE, IMAGE_SIDE);
  const context = $("one").getContext("2d");
  small.getContext("2d").putImageData(new ImageData(pixels, IMAGE_SIDE), 0, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(small, 0, 0, $("one").width, $("one").height);
}

async function drawAll() {
  const faces = Array.from({ length: COUNT }, (_, i) => faceOf(i));
  const drawn = await draw(state.run, "faces", faces, (first, pixels) => {
    for (let i = 0; i * FACE_BYTES < pixels.length; i++)
      put(first + i, pixels.slice(i * FACE_BYTES, (i + 1) * FACE_BYTES));
  });
  if (!drawn) return;
  $("faces").classList.remove("waiting");
  say(`Sixteen faces, ${Math.max(1, Math.round(COUNT / drawn.seconds))} per second.`);
}

async function drawOne() {
  const face = state.face;
  const one = faceOf(face);
  const requested = String(drawCount + 1);
  $("one").dataset.requested = requested;
  await draw(
    state.run,
    "one",
    [one, mix(one, faceOf(state.other), state.mix / 100)],
    (_, pixels) => {
      put(face, pixels.slice(0, FACE_BYTES));
      enlarge(pixels.slice(FACE_BYTES));
    },
  );
  $("one").dataset.drawn = requested;
}

// Show the state

function createStrip(id, onPick) {
  const parts = Array.from({ length: COUNT }, (_, i) => {
    const radio = make("input", { type: "radio", name: id, value: i, ariaLabel: `Face ${i + 1}` });
    radio.addEventListener("change", () => onPick(i));
    return make("label", {}, radio, make("canvas", { width: IMAGE_SIDE, height: IMAGE_SIDE }));
  });
  $(id).replaceChildren(...parts);
}

function show() {
  const labels = labelsOf(state.face);
  const want = wanted();
  const mixed = state.mix ? `, mixed with ${state.mix} % of face ${state.other + 1}` : "";
  $("faces").querySelectorAll("input")[state.face].checked = true;
  $("others").querySelectorAll("input")[state.other].checked = true;
  $("mix").value = state.mix;
  $("mix-is").textContent = `${state.mix} %`;
  showControls.want?.(want, (i) => hiddenBy(i, want, attributes));
  showControls.own?.(labels, (i) => hiddenBy(i, labels, attributes));
  $("undo").disabled = !changes().some(([face]) => face === state.face) && !state.mix;
  $("one").setAttribute("aria-label", `Face ${state.face + 1}${mixed}: ${describe(state.face)}`);
}

/** Change the state and redraw: all faces, or only the chosen one. */
function change(values, all = false) {
  updateState(values);
  show();
  say("", false, "copied");
  if (all) say("Drawing …");
  if (all) drawAll();
  drawOne();
}

function pickWant(attribute, variant) {
  const want = wanted();
  want[attribute] = variant;
  const own = changes().filter((one) => one[1] !== attribute);
  change({ want: formatWanted(want), own: formatOwn(own) }, true);
}

function pickOwn(attribute, variant) {
  const own = changes().filter(([face, other]) => face !== state.face || other !== attribute);
  change({ own: formatOwn([...own, [state.face, attribute, variant]]) });
}

// Networks

/** A network's {meta, page}, or undefined if it could not be loaded. */
function load(run) {
  if (!loading.has(run)) {
    const onProgress = (bytes) => {
      if (run !== state.run || showsError()) return; // one file failed, others are still on their way
      showProgress(bytes);
      say(formatLoading(bytes));
    };
    const loaded = worker.call("load", { run }, onProgress).catch((error) => {
      hideProgress();
      say(error.message, true);
      loading.delete(run);
    });
    loading.set(run, loaded);
  }
  return loading.get(run);
}

async function open() {
  const loaded = await load(state.run);
  if (!loaded) return;
  attributes = loaded.meta.data.attributes;
  readableNames = loaded.page.labels ?? {};
  latentDim = loaded.meta.config.latent_dim;
  hideProgress();
  for (const [id, pick] of [
    ["want", pickWant],
    ["own", pickOwn],
  ]) {
    showControls[id] = createControls($(id), attributes, loaded.page, id === "want", pick);
    $(id).parentElement.classList.toggle("plain", !attributes.length);
  }
  for (const id of ["fresh", "save", "link"]) $(id).disabled = false;
  updateFaces();
  show();
  drawAll();
  drawOne();
}

function updateFaces() {
  people = seedsFrom(state.seed, COUNT).map((one) => faceFromSeed(one, attributes, latentDim));
}

/** Draw sixteen new faces with any network. */
async function again(run, show) {
  const loaded = await load(run);
  if (!loaded) return false;
  const { data, config } = loaded.meta;
  const faces = seedsFrom(randomSeed(), COUNT).map((one) =>
    faceFromSeed(one, data.attributes, config.latent_dim),
  );
  await draw(
    run,
    run,
    faces.map(({ noise, labels }) => ({ noise, hot: oneHot(labels, data.attributes) })),
    show,
  );
  return true;
}

// Events

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  updateState({ seed: randomSeed(), own: "" });
  updateFaces();
  change({}, true);
});
$("mix").addEventListener("input", () => change({ mix: Number($("mix").value) }));
$("undo").addEventListener("click", () => {
  change({ own: formatOwn(changes().filter(([face]) => face !== state.face)), mix: 0 });
});
$("save").addEventListener("click", () =>
  download($("one"), `face-${state.seed}-${state.face + 1}.png`),
);
$("link").addEventListener("click", () =>
  copy(location.href, "Link copied. It shows these same faces.", (text, isError) =>
    say(text, isError, "copied"),
  ),
);
$("run").addEventListener("change", () => {
  updateState({ run: $("run").value, want: "", own: "", mix: 0 });
  open();
});
addEventListener("hashchange", () => {
  state = readHash(FIELDS, location.hash).state;
  open();
});

async function start() {
  createStrip("faces", (face) => change({ face }));
  createStrip("others", (other) => change({ other, mix: state.mix || 50 }));
  let index = [];
  try {
    index = await fetchIndex();
  } catch {
    // the worker, which needs the index too, tells the visitor what is wrong
  }
  const runs = index
    .filter(({ task, run }) => task === "avatars" && !OWN_SECTION.includes(run))
    .map(({ run }) => run);
  if (!runs.includes(state.run))
    state.run = runs.includes(FIELDS.run.start) ? FIELDS.run.start : (runs[0] ?? FIELDS.run.start);
  $("run").replaceChildren(...runs.map((run) => new Option(run, run)));
  $("run").value = state.run;
  $("run").hidden = runs.length < 2;
  await open();
  const learned = await showTimeline($("collapse"), index, again, state.epoch, (epoch) =>
    updateState({ epoch }),
  );
  $("verdict").textContent = describeModeCollapse(learned);
  await showTimeline($("ellipses"), index, again, state.ellipse, (ellipse) =>
    updateState({ ellipse }),
  );
}

start();
