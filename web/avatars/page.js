/**
 * The page of the avatars: sixteen faces, one of them, a mixture of two, and how the networks learned. The networks live
 * in `avatars/worker.js`.
 */

import { born, coveredBy, family, mix, oneHot, SIZE } from "../core/avatars.js";
import { fetchIndex } from "../shared/model.js";
import { controls, describe } from "./attribute-controls.js";
import { growth } from "./training-timeline.js";
import { copy, download } from "../shared/share.js";
import { $, hideProgress, make, say, showProgress, showsError } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { randomSeed } from "../shared/random-seed.js";
import { RemoteWorker } from "../shared/rpc.js";
import { choice, number, readHash, saveState } from "../shared/url-state.js";

const COUNT = 16,
  SIDE = 4,
  BYTES = 4 * SIZE * SIZE;
const TOLD = ["faces-dcgan", "ellipses-outline", "ellipses-white", "ellipses-color"]; // in sections of their own
const TABLE = {
  run: choice("faces", /^[\w-]{1,40}$/),
  seed: number(1, 0, 2 ** 32 - 1),
  want: choice("", /^[\d.-]{0,200}$/), // a variant a feature, or - for chance
  own: choice("", /^[\d._]{0,2000}$/), // face.feature.variant of what was changed on one face
  face: number(0, 0, COUNT - 1),
  other: number(6, 0, COUNT - 1),
  mix: number(0, 0, 100),
  epoch: number(0, 0, 9999),
  ellipse: number(0, 0, 9999),
};

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
/** Promises of {meta, page}, by run. */
const loading = new Map();

let state = readHash(TABLE, location.hash).state;
let features = [],
  latent = 0,
  people = [],
  shown = {},
  draws = 0;

const updateState = (changes) => saveState(TABLE, state, changes);

// What a face has

const wanted = () =>
  features.map(({ variants }, i) => {
    const text = state.want.split(".")[i] ?? "-",
      variant = Number(text);
    return /^\d+$/.test(text) && variant < variants.length ? variant : null;
  });

const changes = () =>
  state.own
    .split("_")
    .map((text) => text.split(".").map(Number))
    .filter(
      ([face, feature, variant]) => face < COUNT && variant < features[feature]?.variants.length,
    );

/** The variant of each feature of face i. */
function labelsOf(i) {
  const want = wanted(),
    labels = people[i].labels.map((label, j) => want[j] ?? label);
  for (const [face, feature, variant] of changes()) if (face === i) labels[feature] = variant;
  return labels;
}

const faceOf = (i) => ({ noise: people[i].noise, hot: oneHot(labelsOf(i), features) });

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
  draws++;
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
    canvases(id)[i].getContext("2d").putImageData(new ImageData(pixels, SIZE), 0, 0);
  $("faces").querySelectorAll("input")[i].ariaLabel =
    `Face ${i + 1}: ${describe(features, labelsOf(i), coveredBy)}`;
}

/** Large and smooth: what a picture of 64 x 64 wants to be. */
function enlarge(pixels) {
  const small = new OffscreenCanvas(SIZE, SIZE),
    pen = $("one").getContext("2d");
  small.getContext("2d").putImageData(new ImageData(pixels, SIZE), 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, $("one").width, $("one").height);
}

async function drawAll() {
  const faces = Array.from({ length: COUNT }, (_, i) => faceOf(i));
  const drawn = await draw(state.run, "faces", faces, (first, pixels) => {
    for (let i = 0; i * BYTES < pixels.length; i++)
      put(first + i, pixels.slice(i * BYTES, (i + 1) * BYTES));
  });
  if (!drawn) return;
  $("faces").classList.remove("waiting");
  say(`Sixteen faces, ${Math.max(1, Math.round(COUNT / drawn.seconds))} a second.`);
}

async function drawOne() {
  const face = state.face,
    one = faceOf(face),
    asked = ($("one").dataset.asked = draws + 1);
  await draw(
    state.run,
    "one",
    [one, mix(one, faceOf(state.other), state.mix / 100)],
    (_, pixels) => {
      put(face, pixels.slice(0, BYTES));
      enlarge(pixels.slice(BYTES));
    },
  );
  $("one").dataset.drawn = asked;
}

// What the page shows of the state

function strip(id, onPick) {
  const parts = Array.from({ length: COUNT }, (_, i) => {
    const radio = make("input", { type: "radio", name: id, value: i, ariaLabel: `Face ${i + 1}` });
    radio.addEventListener("change", () => onPick(i));
    return make("label", {}, radio, make("canvas", { width: SIZE, height: SIZE }));
  });
  $(id).replaceChildren(...parts);
}

function show() {
  const labels = labelsOf(state.face),
    want = wanted(),
    mixed = state.mix ? `, ${state.mix} % of face ${state.other + 1} in it` : "";
  $("faces").querySelectorAll("input")[state.face].checked = true;
  $("others").querySelectorAll("input")[state.other].checked = true;
  $("mix").value = state.mix;
  $("mix-is").textContent = `${state.mix} %`;
  shown.want?.(want, (i) => coveredBy(i, want, features));
  shown.own?.(labels, (i) => coveredBy(i, labels, features));
  $("undo").disabled = !changes().some(([face]) => face === state.face) && !state.mix;
  $("one").setAttribute(
    "aria-label",
    `Face ${state.face + 1}${mixed}: ${describe(features, labels, coveredBy)}`,
  );
}

/** Take over changes of the state: of all faces, or of the chosen one. */
function change(values, all = false) {
  updateState(values);
  show();
  say("", false, "copied");
  if (all) say("Drawing …");
  if (all) drawAll();
  drawOne();
}

function pickWant(feature, variant) {
  const want = wanted();
  want[feature] = variant;
  const own = changes().filter((one) => one[1] !== feature);
  change(
    {
      want: want.map((value) => value ?? "-").join("."),
      own: own.map((one) => one.join(".")).join("_"),
    },
    true,
  );
}

function pickOwn(feature, variant) {
  const own = changes().filter(([face, other]) => face !== state.face || other !== feature);
  change({ own: [...own, [state.face, feature, variant]].map((one) => one.join(".")).join("_") });
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
  features = loaded.meta.data.features;
  latent = loaded.meta.config.latent;
  hideProgress();
  for (const [id, pick] of [
    ["want", pickWant],
    ["own", pickOwn],
  ]) {
    shown[id] = controls($(id), features, loaded.page.swatches, id === "want", pick);
    $(id).parentElement.classList.toggle("plain", !features.length);
  }
  for (const id of ["fresh", "save", "link"]) $(id).disabled = false;
  gather();
  show();
  drawAll();
  drawOne();
}

function gather() {
  people = family(state.seed, COUNT).map((one) => born(one, features, latent));
}

/** Sixteen new pictures of any network. */
async function again(run, show) {
  const loaded = await load(run);
  if (!loaded) return false;
  const { data, config } = loaded.meta,
    faces = family(randomSeed(), COUNT).map((one) => born(one, data.features, config.latent));
  await draw(
    run,
    run,
    faces.map(({ noise, labels }) => ({ noise, hot: oneHot(labels, data.features) })),
    show,
  );
  return true;
}

// What the visitor does

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  updateState({ seed: randomSeed(), own: "" });
  gather();
  change({}, true);
});
$("mix").addEventListener("input", () => change({ mix: Number($("mix").value) }));
$("undo").addEventListener("click", () => {
  change({
    own: changes()
      .filter(([face]) => face !== state.face)
      .map((one) => one.join("."))
      .join("_"),
    mix: 0,
  });
});
$("save").addEventListener("click", () =>
  download($("one"), `face-${state.seed}-${state.face + 1}.png`),
);
$("link").addEventListener("click", () =>
  copy(location.href, "The link is copied: it brings these very faces back.", (text, isError) =>
    say(text, isError, "copied"),
  ),
);
$("run").addEventListener("change", () => {
  updateState({ run: $("run").value, want: "", own: "", mix: 0 });
  open();
});
addEventListener("hashchange", () => {
  state = readHash(TABLE, location.hash).state;
  open();
});

async function begin() {
  strip("faces", (face) => change({ face }));
  strip("others", (other) => change({ other, mix: state.mix || 50 }));
  let index = [];
  try {
    index = await fetchIndex();
  } catch {
    // the worker, which needs the index too, tells the visitor what is wrong
  }
  const runs = index
    .filter(({ task, run }) => task === "avatars" && !TOLD.includes(run))
    .map(({ run }) => run);
  if (!runs.includes(state.run))
    state.run = runs.includes(TABLE.run.start) ? TABLE.run.start : (runs[0] ?? TABLE.run.start);
  $("run").replaceChildren(...runs.map((run) => new Option(run, run)));
  $("run").value = state.run;
  $("run").hidden = runs.length < 2;
  await open();
  const learned = await growth($("collapse"), index, again, state.epoch, (epoch) =>
    updateState({ epoch }),
  );
  compare(learned);
  await growth($("ellipses"), index, again, state.ellipse, (ellipse) => updateState({ ellipse }));
}

/** What the measures of the trainings say about mode collapse. */
function compare(learned) {
  const [ours, plain] = ["faces", "faces-dcgan"].map(
    (run) => learned.find((one) => one.run === run)?.page,
  );
  if (!ours || !plain) return;
  const percent = ({ history, best }) => `${Math.round(100 * history[best - 1].diversity)} %`;
  const lowest = Math.min(...plain.history.map(({ diversity }) => diversity)),
    where = plain.history.findIndex(({ diversity }) => diversity === lowest);
  $("verdict").textContent =
    `At their best, two faces by ours differ ${percent(ours)} as much as two real ones, two by the DCGAN ${percent(plain)}. ` +
    `It was poorest in epoch ${where + 1}, with ${Math.round(100 * lowest)} %. Press “Sixteen new ones” a few times on both sides, and count how many people you meet.`;
}

begin();
