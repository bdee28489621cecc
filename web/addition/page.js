/**
 * The page of the addition networks: the sum, the drawing, the surface, training. The networks live in
 * `addition/worker.js`.
 */

import { fill } from "../shared/form-fields.js";
import { brief, drawCurve, drawNetwork } from "./network-diagram.js";
import { choice, flag, number, readHash, saveState, words } from "../shared/url-state.js";
import { $, say } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";
import { RemoteWorker } from "../shared/rpc.js";
import { Surface } from "./surface.js";

const HERE = "here",
  SIZES = { hidden: [1, 2, 4, 8, 16], max: [16, 256, 65536] };
const ABSENT = "This recipe was not run for such a network. Choose another one, or train it here.";
const NAMES = {
  sweep: "the original’s",
  seed: "the original’s (fit)",
  solve: "made perfect",
  [HERE]: "trained here",
};
const TABLE = {
  a: words("2", 12),
  b: words("2", 12),
  hidden: choice("2", /^\d{1,3}$/),
  max: choice("16", /^\d{1,5}$/),
  biases: flag(false),
  recipe: choice("sweep", /^[\w-]{1,40}$/),
  seed: number(1, 0, 2 ** 32 - 1),
  turn: number(35, 0, 359),
};

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));
const surface = new Surface($("surface"), (turn) => updateState({ turn }));

let state = readHash(TABLE, location.hash).state;
let runs = null,
  weights = null,
  choices = 0; // choices and asks are counted, so that late answers are known
let pair = [2, 2],
  inputError, // a sentence about what was typed, or nothing
  asks = 0;
let losses = [],
  training = false,
  finished = false,
  missing = "";

/** Call the worker and show an error; the result of a call that failed is undefined. */
const request = (method, args, onProgress) =>
  worker.call(method, args, onProgress).catch((error) => say(error.message, true));
const network = () => ({
  hidden: Number(state.hidden),
  biases: state.biases,
  maxSum: Number(state.max),
});

const updateState = (changes) => saveState(TABLE, state, changes);

// The form

function showState() {
  for (const id of ["a", "b", "seed"]) $(id).value = state[id];
  $("biases").value = Number(state.biases);
  surface.turn(state.turn);
  if (!runs) return;
  const names = [...runs.map(({ run }) => run), HERE].map((run) => [run, NAMES[run] ?? run]);
  state.recipe = fill("recipe", names, state.recipe);
  const found = runs.find(({ run }) => run === state.recipe)?.networks;
  const each = (key) =>
    [...new Set(found.map((other) => other[key]))].sort((one, other) => one - other);
  const named = (sizes) => sizes.map((size) => [size, formatCount(size)]);
  state.hidden = fill("hidden", named(found ? each("hidden") : SIZES.hidden), state.hidden);
  state.max = fill("max", named(found ? each("maxSum") : SIZES.max), state.max);
}

/** Ask the worker for another network; the result is undefined if yet another one was asked for since. */
async function replaceNetwork(method, args) {
  const token = ++choices;
  const result = await request(method, { ...network(), ...args });
  return token === choices ? result : undefined;
}

/** Show the network that the form names. */
async function choose() {
  training = finished = false;
  losses = [];
  showTraining();
  say("");
  if (state.recipe === HERE) {
    const started = await replaceNetwork("begin", { seed: state.seed });
    if (started) showLearned(started);
    return;
  }
  const chosen = await replaceNetwork("choose", { run: state.recipe });
  if (chosen) show(chosen);
  else if (chosen === null) say(ABSENT, true, "verdict");
}

// The sum

/** The number in a field, or a sentence about what is there instead. */
function read(id) {
  const text = $(id)
    .value.trim()
    .replace("−", "-")
    .replace(/,(?=\d{3}(\D|$))/g, "")
    .replace(",", ".");
  if (text === "") return "Two numbers are wanted: type one into each field.";
  const value = Number(text);
  return Number.isFinite(value) ? value : `“${$(id).value}” is not a number. Try 2 or 12.`;
}

async function ask() {
  if (!weights) return;
  const numbers = [read("a"), read("b")];
  inputError = numbers.find((value) => typeof value === "string");
  if (inputError) {
    $("answer").textContent = "?";
    say(inputError, true, "verdict");
  }
  pair = inputError ? pair : numbers;
  const token = ++asks;
  const answer = await request("ask", { pair });
  if (answer && token === asks) showAnswer(answer);
}

function showAnswer({ nodes, sum }) {
  drawNetwork($("network"), weights, { a: pair[0], b: pair[1], nodes, sum });
  if (inputError) return;
  $("answer").textContent = formatCount(Math.round(sum)).replace("-", "−");
  $("answer").classList.toggle("wrong", Math.round(sum) !== pair[0] + pair[1]);
  say(verdict(sum), false, "verdict");
}

function verdict(sum) {
  const [a, b] = pair,
    truth = a + b,
    error = sum - truth,
    max = Number(state.max);
  const whole = Number.isInteger(a) && Number.isInteger(b),
    inside = a >= 0 && b >= 0 && truth <= max;
  const off = `${brief(Math.abs(error))} too ${error > 0 ? "much" : "little"}`;
  if (!inside) {
    return (
      `This lies outside of what it learned (from 0 up to a sum of ${formatCount(max)}). ` +
      `It says ${brief(sum)}: ${off}. It never learned what adding is, only a stretch of it.`
    );
  }
  if (!whole) return `It has only ever seen whole numbers. It says ${brief(sum)}: ${off}.`;
  const right = Math.round(sum) === truth;
  if (right) return `Right. It says ${sum.toFixed(4)}, which rounds to ${formatCount(truth)}.`;
  return `Wrong: it is ${formatCount(truth)}. It says ${brief(sum)}, ${off}.`;
}

// Training

function showTraining() {
  const here = state.recipe === HERE;
  $("train").textContent = training
    ? "Pause"
    : here && losses.length && !finished
      ? "Go on"
      : "Train";
  $("train").disabled = !weights || (here && finished);
  $("step").disabled = !weights || training || (here && finished);
  $("again").disabled = !weights || !here;
  $("solve").disabled = !weights;
  drawCurve($("curve"), losses);
}

/** The network on the page becomes one that learns here. */
function comeHere() {
  if (state.recipe === HERE) return;
  updateState({ recipe: HERE });
  showState();
  choose();
}

function train(epochs) {
  comeHere();
  training = epochs > 1;
  showTraining();
  const token = choices;
  request("train", { epochs }, (learned) => token === choices && showLearned(learned));
}

async function pause() {
  training = false;
  showTraining();
  const token = choices;
  const learned = await request("pause");
  if (learned && token === choices) showLearned(learned);
}

/** Compute weights that add every pair right. */
async function solve() {
  updateState({ recipe: HERE });
  showState();
  training = false;
  finished = true;
  losses = [];
  const solving = replaceNetwork("solve", { seed: state.seed });
  showTraining();
  $("again").focus();
  const solved = await solving;
  if (!solved) return;
  show(solved);
  const { starts, milliseconds } = solved;
  const how = starts > 1 ? `with the last of ${starts} starts` : "at the first start";
  say(`Solved in ${Math.max(1, Math.round(milliseconds))} ms, ${how}: ${perfect(solved.surface)}`);
}

$("train").addEventListener("click", () => {
  if (training) pause();
  else train(1e6);
});
$("step").addEventListener("click", () => train(1));
$("again").addEventListener("click", choose);
$("solve").addEventListener("click", solve);

/** Show a network that learns here. */
function showLearned({ finished: ended, lost, tensors, ...learned }) {
  document.body.dataset.tensors = tensors;
  losses = learned.losses;
  finished = ended;
  training &&= !ended;
  show(learned);
  if (lost) say(runAway(), true);
  else if (!losses.length) say(missing || "A fresh network, with random weights.", missing !== "");
  else if (ended)
    say(
      `It stopped after ${losses.length} epochs, with its best weights: ${perfect(learned.surface)}`,
    );
  else say(`Epoch ${losses.length}, held-out loss ${brief(losses.at(-1))}.`);
}

function runAway() {
  return (
    `In epoch ${losses.length + 1} its weights ran away: the loss is no number any more. ` +
    "Here it is as it was at its best. Start again, perhaps with another start number, or solve it."
  );
}

function perfect({ errors }) {
  const right = errors.filter((error) => Math.abs(error) < 0.5).length;
  if (right === errors.length) return "every pair of the picture is right.";
  return `${Math.floor((100 * right) / errors.length)} % of the pairs in the picture are right.`;
}

function show(told) {
  weights = told.weights;
  surface.show(told.surface);
  const [low, high] = [Math.min(...told.surface.errors), Math.max(...told.surface.errors)];
  const found =
    high < 0.5 && low > -0.5
      ? `Right everywhere: its error stays between ${brief(low)} and ${brief(high)}.`
      : `Its error over all pairs, from ${brief(low)} to ${brief(high)}: ` +
        "a hill where it says too much, a valley where too little.";
  $("errors").textContent = `${found} Drag it, or use the arrow keys, to turn it.`;
  $("surface").setAttribute(
    "aria-label",
    `Error surface over both numbers from 0 to ${told.surface.points.at(-1)}: ` +
      `from ${brief(low)} to ${brief(high)}. Arrow keys turn it.`,
  );
  showTraining();
  ask();
}

// What the visitor does

$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["a", "b"])
  $(id).addEventListener("input", () => {
    updateState({ [id]: $(id).value });
    ask();
  });
for (const id of ["hidden", "max", "biases", "recipe"])
  $(id).addEventListener("change", () => {
    updateState({ [id]: id === "biases" ? $(id).value === "1" : $(id).value });
    showState();
    updateState({});
    choose();
  });
$("seed").addEventListener("change", () => {
  const value = TABLE.seed.read($("seed").value);
  if (value === undefined) say("The start number is a whole number from 0 to 4,294,967,295.", true);
  updateState({ seed: value ?? state.seed });
  $("seed").value = state.seed;
  if (value !== undefined && state.recipe === HERE) choose();
});
addEventListener("hashchange", () => {
  state = readHash(TABLE, location.hash).state;
  showState();
  if (runs) choose();
});

async function load() {
  try {
    runs = await worker.call("load");
  } catch (error) {
    missing = error.message;
    runs = []; // what is trained here needs no file
  }
  showState();
  choose();
}

showState();
drawCurve($("curve"), []);
load();
