// @ts-check
/** The page of the addition networks: ask for a sum, see the network and its errors, train or solve a new one. */

import { predict } from "../core/addition.js";
import { $, say } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { bringIntoView } from "../shared/into-view.js";
import { drawCurve } from "../shared/loss-curve.js";
import { RemoteWorker } from "../shared/rpc.js";
import { readHash, saveState } from "../shared/url-state.js";
import { remember, startTakingAlong } from "./made-here.js";
import {
  describeErrors,
  describeRestored,
  describeSolution,
  describeTraining,
  parseNumber,
  roundedAnswer,
  verdict,
} from "./messages.js";
import { drawNetwork, fitText } from "./network-diagram.js";
import { packWeights, unpackWeights } from "./packed-weights.js";
import { observeSize, Surface } from "./surface.js";
import { FIELDS, HERE, recipeOptions, sizeOptions } from "./url-fields.js";

/** @typedef {import("../core/addition.js").Weights} Weights */
/** @typedef {{points: Float32Array, errors: Float32Array}} Errors */
/** @typedef {{weights: Weights, surface: Errors}} Shown */
/** @typedef {Shown & {losses: number[], finished: boolean, diverged: boolean}} Training */

const ABSENT = "This recipe has no such network. Choose another one, or train it here.";
const ENDLESS = 1e6; // epochs
const EPOCHS_BETWEEN_SAVES = 50; // browsers refuse more than a hundred changes of the address in 30 seconds

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
const surface = new Surface($("surface"), (turn) => updateState({ turn }));

let state = readHash(FIELDS, location.hash).state;
/** @type {import("./url-fields.js").Run[] | undefined} */
let runs;
/** @type {Shown | undefined} The network shown. */
let shown;
let pair = [8, 8];
/** @type {string | undefined} What is wrong with the numbers that were typed. */
let inputError;
/** @type {number[]} */
let losses = [];
let isTraining = false;
let isFinished = false;
let loadError = "";
let networkToken = 0; // counts requested networks, so that late answers are recognized
let frame = 0; // the requested animation frame

/** Call the worker and show an error; the result of a call that failed is undefined. */
const request = (method, args = {}, onProgress = undefined) =>
  worker.call(method, args, onProgress).catch((error) => say(error.message, true));

const selectedNetwork = () => ({
  hidden: Number(state.hidden),
  biases: state.biases,
  maxSum: Number(state.max),
});

/** @param {Record<string, string | number | boolean>} changes */
const updateState = (changes) => saveState(FIELDS, state, changes);

// The form

function showState() {
  for (const id of ["a", "b", "seed"]) $(id).value = state[id];
  $("biases").value = Number(state.biases);
  surface.turn(state.turn);
  if (!runs) return;
  const recipes = recipeOptions(runs, state.made === "solved");
  state.recipe = fill("recipe", recipes, state.recipe);
  const networks = runs.find(({ run }) => run === state.recipe)?.networks;
  state.hidden = fill("hidden", sizeOptions("hidden", networks), state.hidden);
  state.max = fill("max", sizeOptions("maxSum", networks), state.max);
}

/** Request a network from the worker; the result is undefined if a later request has replaced this one. */
async function replaceNetwork(method, args) {
  const token = ++networkToken;
  const result = await request(method, { ...selectedNetwork(), ...args });
  return token === networkToken ? result : undefined;
}

/** Show the network that is selected in the form. */
async function showSelected() {
  isTraining = false;
  isFinished = false;
  losses = [];
  showControls();
  say("");
  if (state.recipe === HERE) return showHere();
  const chosen = await replaceNetwork("choose", { run: state.recipe });
  if (chosen) showNetwork(chosen);
  else if (chosen === null) say(ABSENT, true, "verdict");
}

/** Show the network in the address, or a new one. */
async function showHere() {
  const weights = unpackWeights(state.weights, Number(state.hidden));
  if (!weights) return begin();
  isFinished = true;
  const restored = await replaceNetwork("restore", { weights });
  if (!restored) return;
  showNetwork(restored);
  say(describeRestored(state.made === "solved", restored.surface));
}

async function begin() {
  updateState({ made: "trained", weights: "" });
  showState();
  const training = await replaceNetwork("begin", { seed: state.seed });
  if (training) showTraining(training);
}

// The sum

function answerSum() {
  const numbers = [parseNumber($("a").value), parseNumber($("b").value)];
  inputError = /** @type {string} */ (numbers.find((value) => typeof value === "string"));
  if (inputError) {
    $("answer").textContent = "?";
    $("answer").className = "";
    say(inputError, true, "verdict");
  } else {
    pair = /** @type {number[]} */ (numbers);
  }
  if (shown) showAnswer(shown.weights);
}

/** @param {Weights} weights */
function showAnswer(weights) {
  const { nodes, sums } = predict(weights, pair);
  drawNetwork($("network"), weights, { a: pair[0], b: pair[1], nodes, sum: sums[0] });
  if (inputError) return;
  const { text, isRight } = roundedAnswer(pair, sums[0]);
  $("answer").textContent = text;
  $("answer").className = isRight ? "right" : "wrong";
  say(verdict(pair, sums[0], Number(state.max)), false, "verdict");
}

/** Show a network's weights, its answer and its error surface in the next frame. @param {Shown} network */
function showNetwork(network) {
  shown = network;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => draw(network));
  showControls();
}

/** @param {Shown} network */
function draw(network) {
  const { points, errors } = network.surface;
  surface.show(network.surface);
  const description = describeErrors(Math.min(...errors), Math.max(...errors));
  $("errors").textContent = description;
  $("surface").setAttribute(
    "aria-label",
    `Error surface for both numbers from 0 to ${points.at(-1)}. ${description} Use the arrow keys to turn it.`,
  );
  drawCurve($("curve"), losses);
  answerSum();
}

// Training

function showControls() {
  const isHere = state.recipe === HERE;
  const isPaused = isHere && losses.length > 0 && !isFinished;
  $("train").textContent = isTraining ? "Pause" : isPaused ? "Continue" : "Train";
  $("train").disabled = !shown;
  $("step").disabled = !shown || isTraining;
  $("again").disabled = !shown || !isHere;
  $("solve").disabled = !shown;
  for (const id of ["keep", "picture"]) $(id).disabled = !shown;
}

/** @param {number} epochs */
function train(epochs) {
  bringIntoView($("form"));
  if (state.recipe !== HERE || isFinished) {
    updateState({ recipe: HERE, weights: "" });
    showSelected();
  }
  isTraining = epochs > 1;
  showControls();
  const token = networkToken;
  const onProgress = (training) => token === networkToken && showTraining(training);
  request("train", { epochs }, onProgress);
}

async function pause() {
  isTraining = false;
  showControls();
  const token = networkToken;
  const training = await request("pause");
  if (training && token === networkToken) showTraining(training);
}

/** Find weights that add every pair correctly. */
async function solve() {
  bringIntoView($("form"));
  updateState({ recipe: HERE, made: "solved", weights: "" });
  showState();
  isTraining = false;
  isFinished = true;
  losses = [];
  showControls();
  const solution = await replaceNetwork("solve", { seed: state.seed });
  if (!solution) return;
  showNetwork(solution);
  updateState({ weights: packWeights(solution.weights) });
  remember(selectedNetwork(), "solved");
  say(describeSolution(solution));
}

/** Show a network that is trained here, and keep it in the address. @param {Training} training */
function showTraining(training) {
  losses = training.losses;
  isFinished = training.finished;
  if (isFinished) isTraining = false;
  showNetwork(training);
  const isDue = !isTraining || losses.length % EPOCHS_BETWEEN_SAVES === 0;
  if (losses.length && isDue) updateState({ weights: packWeights(training.weights) });
  if (isFinished && losses.length) remember(selectedNetwork(), `${losses.length} epochs`);
  if (!losses.length && !training.diverged && loadError) say(loadError, true);
  else say(describeTraining(training), training.diverged);
}

// Events

$("train").addEventListener("click", () => {
  if (isTraining) pause();
  else train(ENDLESS);
});
$("step").addEventListener("click", () => train(1));
$("again").addEventListener("click", () => {
  updateState({ weights: "" });
  showSelected();
});
$("solve").addEventListener("click", solve);
startTakingAlong(() => state, selectedNetwork);
$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["a", "b"]) {
  $(id).addEventListener("input", () => {
    updateState({ [id]: $(id).value });
    answerSum();
  });
}
for (const id of ["hidden", "max", "biases", "recipe"]) {
  $(id).addEventListener("change", () => {
    const value = id === "biases" ? $(id).value === "1" : $(id).value;
    updateState({ [id]: value, weights: "" });
    showState(); // may replace sizes that the recipe does not have
    updateState({});
    showSelected();
    bringIntoView($("form"));
  });
}
$("seed").addEventListener("change", () => {
  const seed = FIELDS.seed.read($("seed").value);
  if (seed === undefined) say("The seed must be a whole number from 0 to 4,294,967,295.", true);
  const isNew = seed !== undefined && state.recipe === HERE;
  updateState({ seed: seed ?? state.seed, ...(isNew && { weights: "" }) });
  $("seed").value = state.seed;
  if (isNew) showSelected();
});
addEventListener("hashchange", () => {
  state = readHash(FIELDS, location.hash).state;
  showState();
  if (runs) showSelected();
  bringIntoView($("form"));
});

async function load() {
  try {
    runs = await worker.call("load");
  } catch (error) {
    loadError = error.message;
    if (worker.failure) {
      say(loadError, true, "verdict");
      return;
    }
    runs = []; // training here needs no files
  }
  showState();
  showSelected();
}

showState();
drawCurve($("curve"), losses);
observeSize($("network"), () => fitText($("network")));
observeSize($("curve"), () => drawCurve($("curve"), losses));
load();
