/** The page of the addition networks: ask for a sum, see the network and its errors, train or solve a new one. */

import { $, say } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { formatCount } from "../shared/format.js";
import { drawCurve } from "../shared/loss-curve.js";
import { RemoteWorker } from "../shared/rpc.js";
import { choice, flag, number, readHash, saveState, words } from "../shared/url-state.js";
import {
  describeErrors,
  describeSolution,
  describeTraining,
  parseNumber,
  verdict,
} from "./messages.js";
import { drawNetwork } from "./network-diagram.js";
import { Surface } from "./surface.js";

const HERE = "here"; // the recipe of a network that is trained on the page
const SIZES_HERE = { hidden: [1, 2, 4, 8, 16], maxSum: [16, 256, 65536] };
const RECIPE_LABELS = {
  sweep: "trained",
  original: "trained one by one",
  solve: "solved",
  [HERE]: "trained here",
};
const OLD_RECIPES = { seed: "original" }; // names in links that were made before
const ABSENT = "This recipe has no such network. Choose another one, or train it here.";
const ENDLESS = 1e6; // epochs

const recipeField = choice("sweep", /^[\w-]{1,40}$/);
const FIELDS = {
  a: words("2", 12),
  b: words("2", 12),
  hidden: choice("2", /^\d{1,3}$/),
  max: choice("16", /^\d{1,5}$/),
  biases: flag(false),
  recipe: { ...recipeField, read: (text) => recipeField.read(OLD_RECIPES[text] ?? text) },
  seed: number(1, 0, 2 ** 32 - 1),
  turn: number(35, 0, 359),
};

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
const surface = new Surface($("surface"), (turn) => updateState({ turn }));

let state = readHash(FIELDS, location.hash).state;
let runs = null;
let weights = null; // of the network shown
let pair = [2, 2];
let inputError; // a sentence about what was typed, or undefined
let losses = [];
let isTraining = false;
let isFinished = false;
let loadError = "";
let networkToken = 0; // counts networks asked for, so that late answers are recognized
let sumToken = 0; // counts sums asked for

/** Call the worker and show an error; the result of a call that failed is undefined. */
const request = (method, args, onProgress) =>
  worker.call(method, args, onProgress).catch((error) => say(error.message, true));

const selectedNetwork = () => ({
  hidden: Number(state.hidden),
  biases: state.biases,
  maxSum: Number(state.max),
});

const updateState = (changes) => saveState(FIELDS, state, changes);

// The form

function showState() {
  for (const id of ["a", "b", "seed"]) $(id).value = state[id];
  $("biases").value = Number(state.biases);
  surface.turn(state.turn);
  if (!runs) return;
  const recipes = [...runs.map(({ run }) => run), HERE];
  state.recipe = fill(
    "recipe",
    recipes.map((recipe) => [recipe, RECIPE_LABELS[recipe] ?? recipe]),
    state.recipe,
  );
  const networks = runs.find(({ run }) => run === state.recipe)?.networks;
  state.hidden = fill("hidden", sizeOptions("hidden", networks), state.hidden);
  state.max = fill("max", sizeOptions("maxSum", networks), state.max);
}

/** The options of a size: those of a run's networks, or those for training here. */
function sizeOptions(key, networks) {
  const sizes = networks
    ? [...new Set(networks.map((network) => network[key]))].sort((a, b) => a - b)
    : SIZES_HERE[key];
  return sizes.map((size) => [size, formatCount(size)]);
}

/** Ask the worker for another network; the result is undefined if yet another one was asked for since. */
async function replaceNetwork(method, args) {
  const token = ++networkToken;
  const result = await request(method, { ...selectedNetwork(), ...args });
  return token === networkToken ? result : undefined;
}

/** Show the network that the form names. */
async function showSelected() {
  isTraining = false;
  isFinished = false;
  losses = [];
  showTrainingControls();
  say("");
  if (state.recipe === HERE) {
    const training = await replaceNetwork("begin", { seed: state.seed });
    if (training) showTraining(training);
    return;
  }
  const chosen = await replaceNetwork("choose", { run: state.recipe });
  if (chosen) showNetwork(chosen);
  else if (chosen === null) say(ABSENT, true, "verdict");
}

// The sum

async function askForSum() {
  if (!weights) return;
  const numbers = [parseNumber($("a").value), parseNumber($("b").value)];
  inputError = numbers.find((value) => typeof value === "string");
  if (inputError) {
    $("answer").textContent = "?";
    say(inputError, true, "verdict");
  } else {
    pair = numbers;
  }
  const token = ++sumToken;
  const answer = await request("ask", { pair });
  if (answer && token === sumToken) showAnswer(answer);
}

function showAnswer({ nodes, sum }) {
  const [a, b] = pair;
  drawNetwork($("network"), weights, { a, b, nodes, sum });
  if (inputError) return;
  const rounded = Math.round(sum);
  $("answer").textContent = formatCount(rounded).replace("-", "−");
  $("answer").classList.toggle("wrong", rounded !== a + b);
  say(verdict(pair, sum, Number(state.max)), false, "verdict");
}

/** Show a network's weights and its error surface. */
function showNetwork({ weights: newWeights, surface: newSurface }) {
  weights = newWeights;
  surface.show(newSurface);
  const low = Math.min(...newSurface.errors);
  const high = Math.max(...newSurface.errors);
  const description = describeErrors(low, high);
  $("errors").textContent = description;
  $("surface").setAttribute(
    "aria-label",
    `Error surface for both numbers from 0 to ${newSurface.points.at(-1)}. ${description}`,
  );
  showTrainingControls();
  askForSum();
}

// Training

function showTrainingControls() {
  const isHere = state.recipe === HERE;
  const isPaused = isHere && losses.length > 0 && !isFinished;
  $("train").textContent = isTraining ? "Pause" : isPaused ? "Continue" : "Train";
  $("train").disabled = !weights || (isHere && isFinished);
  $("step").disabled = !weights || isTraining || (isHere && isFinished);
  $("again").disabled = !weights || !isHere;
  $("solve").disabled = !weights;
  drawCurve($("curve"), losses);
}

function selectHere() {
  updateState({ recipe: HERE });
  showState();
}

function train(epochs) {
  if (state.recipe !== HERE) {
    selectHere();
    showSelected();
  }
  isTraining = epochs > 1;
  showTrainingControls();
  const token = networkToken;
  request("train", { epochs }, (training) => token === networkToken && showTraining(training));
}

async function pause() {
  isTraining = false;
  showTrainingControls();
  const token = networkToken;
  const training = await request("pause");
  if (training && token === networkToken) showTraining(training);
}

/** Find weights that add every pair correctly. */
async function solve() {
  selectHere();
  isTraining = false;
  isFinished = true;
  losses = [];
  const solving = replaceNetwork("solve", { seed: state.seed });
  showTrainingControls();
  $("again").focus();
  const solution = await solving;
  if (!solution) return;
  showNetwork(solution);
  say(describeSolution(solution));
}

/** Show a network that is trained here. */
function showTraining(training) {
  document.body.dataset.tensors = training.tensors;
  losses = training.losses;
  isFinished = training.finished;
  if (isFinished) isTraining = false;
  showNetwork(training);
  if (!losses.length && !training.diverged && loadError) say(loadError, true);
  else say(describeTraining(training), training.diverged);
}

// Events

$("train").addEventListener("click", () => {
  if (isTraining) pause();
  else train(ENDLESS);
});
$("step").addEventListener("click", () => train(1));
$("again").addEventListener("click", showSelected);
$("solve").addEventListener("click", solve);
$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["a", "b"]) {
  $(id).addEventListener("input", () => {
    updateState({ [id]: $(id).value });
    askForSum();
  });
}
for (const id of ["hidden", "max", "biases", "recipe"]) {
  $(id).addEventListener("change", () => {
    updateState({ [id]: id === "biases" ? $(id).value === "1" : $(id).value });
    showState(); // may replace sizes that the recipe does not have
    updateState({});
    showSelected();
  });
}
$("seed").addEventListener("change", () => {
  const seed = FIELDS.seed.read($("seed").value);
  if (seed === undefined) say("The seed must be a whole number from 0 to 4,294,967,295.", true);
  updateState({ seed: seed ?? state.seed });
  $("seed").value = state.seed;
  if (seed !== undefined && state.recipe === HERE) showSelected();
});
addEventListener("hashchange", () => {
  state = readHash(FIELDS, location.hash).state;
  showState();
  if (runs) showSelected();
});

async function load() {
  try {
    runs = await worker.call("load");
  } catch (error) {
    loadError = error.message;
    runs = []; // training here needs no files
  }
  showState();
  showSelected();
}

showState();
drawCurve($("curve"), []);
load();
