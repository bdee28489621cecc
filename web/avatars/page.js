/**
 * The page of the avatars: sixteen faces, one of them, a mixture of two, and how the networks learned. The networks live
 * in `avatars/worker.js`.
 */

import { born, coveredBy, family, mix, oneHot, SIZE } from "../core/avatars.js";
import { fetchIndex } from "../shared/model.js";
import { controls, describe } from "./attribute-controls.js";
import { growth } from "./training-timeline.js";
import { copy, download } from "../shared/share.js";
import { choice, number, readHash, writeHash } from "../shared/url-state.js";

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

const $ = (id) => document.getElementById(id);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const loading = new Map(); // run -> {told, done} of what is or was on its way
const drawing = new Map(); // place -> {id, show, done} of what is being drawn there

let state = readHash(TABLE, location.hash).state;
let features = [],
  latent = 0,
  people = [],
  shown = {},
  draws = 0;

function keep(changes) {
  Object.assign(state, changes);
  history.replaceState(null, "", writeHash(TABLE, state));
}

function say(text, trouble = false, id = "said") {
  $(id).textContent = text;
  $(id).classList.toggle("error", trouble);
}

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

/** Draw faces {noise, hot} at a place: `show(first, pixels)` gets them a few at a time. */
function draw(run, place, faces, show) {
  const flat = (values) => Float32Array.from(values.flatMap((part) => [...part]));
  drawing.get(place)?.done({});
  return new Promise((done) => {
    drawing.set(place, { id: ++draws, show, done });
    worker.postMessage({
      type: "draw",
      run,
      place,
      id: draws,
      noise: flat(faces.map(({ noise }) => noise)),
      hot: flat(faces.map(({ hot }) => hot)),
    });
  });
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
  const { seconds } = await draw(state.run, "faces", faces, (first, pixels) => {
    for (let i = 0; i * BYTES < pixels.length; i++)
      put(first + i, pixels.slice(i * BYTES, (i + 1) * BYTES));
  });
  if (!seconds) return;
  $("faces").classList.remove("waiting");
  say(`Sixteen faces, ${Math.max(1, Math.round(COUNT / seconds))} a second.`);
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
    const radio = Object.assign(document.createElement("input"), {
      type: "radio",
      name: id,
      value: i,
      ariaLabel: `Face ${i + 1}`,
    });
    const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
    const label = document.createElement("label");
    radio.addEventListener("change", () => onPick(i));
    label.append(radio, canvas);
    return label;
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
  keep(values);
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

// What the worker says

const answers = {
  progress({ run, loaded, total }) {
    if (run !== state.run || $("said").classList.contains("error")) return; // one file failed, others still come
    $("progress").max = total;
    $("progress").value = loaded;
    say(`The network is on its way: ${Math.round(loaded / 1e3)} of ${Math.round(total / 1e3)} KB`);
  },
  ready: ({ run, ...told }) => loading.get(run).done(told),
  drawn({ place, id, first, pixels, last, seconds, tensors }) {
    const asked = drawing.get(place);
    if (asked?.id !== id) return;
    document.body.dataset.tensors = tensors;
    asked.show(first, pixels);
    if (last) asked.done({ seconds });
  },
  trouble({ run, text }) {
    $("progress").classList.add("done");
    say(text, true);
    loading.get(run)?.done();
    loading.delete(run);
  },
};

worker.onmessage = ({ data: { type, ...rest } }) => answers[type](rest);
worker.onerror = () =>
  answers.trouble({
    text: "This browser could not start the network’s worker. A newer browser can.",
  });

// Networks

/** What is known of a network, {meta, page}, once it is there; nothing when it does not come. */
function load(run) {
  if (!loading.has(run)) {
    let done;
    const told = new Promise((resolve) => {
      done = resolve;
    });
    loading.set(run, { told, done });
    worker.postMessage({ type: "load", run });
  }
  return loading.get(run).told;
}

async function open() {
  const told = await load(state.run);
  if (!told) return;
  ({
    data: { features },
    config: { latent },
  } = told.meta);
  $("progress").classList.add("done");
  for (const [id, pick] of [
    ["want", pickWant],
    ["own", pickOwn],
  ]) {
    shown[id] = controls($(id), features, told.page.swatches, id === "want", pick);
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

const chance = () => crypto.getRandomValues(new Uint32Array(1))[0];

/** Sixteen new pictures of any network. */
async function again(run, show) {
  const told = await load(run);
  if (!told) return false;
  const { data, config } = told.meta,
    faces = family(chance(), COUNT).map((one) => born(one, data.features, config.latent));
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
  keep({ seed: chance(), own: "" });
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
  copy(location.href, "The link is copied: it brings these very faces back.", (text, trouble) =>
    say(text, trouble, "copied"),
  ),
);
$("run").addEventListener("change", () => {
  keep({ run: $("run").value, want: "", own: "", mix: 0 });
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
    keep({ epoch }),
  );
  compare(learned);
  await growth($("ellipses"), index, again, state.ellipse, (ellipse) => keep({ ellipse }));
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
