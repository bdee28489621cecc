/**
 * The page of the addition networks: the sum, the drawing, the surface, training. The networks live in
 * `addition/worker.js`.
 */

import { fill } from "../shared/form-fields.js";
import { brief, drawCurve, drawNetwork } from "./network-diagram.js";
import { choice, flag, number, readHash, words, writeHash } from "../shared/url-state.js";
import { Surface } from "./surface.js";

const HERE = "here",
  SIZES = { hidden: [1, 2, 4, 8, 16], max: [16, 256, 65536] };
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

const $ = (id) => document.getElementById(id);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const surface = new Surface($("surface"), (turn) => keep({ turn }));

let state = readHash(TABLE, location.hash).state;
let runs = null,
  weights = null,
  choices = 0; // choices and asks are counted, so that late answers are known
let pair = [2, 2],
  trouble,
  asks = 0; // trouble: a sentence about what was typed, or nothing
let losses = [],
  training = false,
  finished = false,
  missing = "";

const send = (type, rest = {}) => worker.postMessage({ type, ...rest });
const network = () => ({
  hidden: Number(state.hidden),
  biases: state.biases,
  maxSum: Number(state.max),
});

function keep(changes) {
  Object.assign(state, changes);
  history.replaceState(null, "", writeHash(TABLE, state));
}

function say(text, trouble = false, id = "said") {
  $(id).textContent = text;
  $(id).classList.toggle("error", trouble);
}

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
  const named = (sizes) => sizes.map((size) => [size, size.toLocaleString("en")]);
  state.hidden = fill("hidden", named(found ? each("hidden") : SIZES.hidden), state.hidden);
  state.max = fill("max", named(found ? each("maxSum") : SIZES.max), state.max);
}

/** Ask the worker for the network that the form names. */
function choose() {
  training = finished = false;
  losses = [];
  showTraining();
  say("");
  if (state.recipe === HERE) send("begin", { id: ++choices, ...network(), seed: state.seed });
  else send("choose", { id: ++choices, run: state.recipe, ...network() });
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
  return Number.isFinite(value)
    ? value
    : `“${$(id).value}” is no number that it could read. Try digits, like 2 or 12.`;
}

function ask() {
  if (!weights) return;
  const numbers = [read("a"), read("b")];
  trouble = numbers.find((value) => typeof value === "string");
  if (trouble) {
    $("answer").textContent = "?";
    say(trouble, true, "verdict");
  }
  pair = trouble ? pair : numbers;
  send("ask", { id: ++asks, pair });
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
      `This lies outside of what it learned (from 0 up to a sum of ${max.toLocaleString("en")}). ` +
      `It says ${brief(sum)}: ${off}. It never learned what adding is, only a stretch of it.`
    );
  }
  if (!whole) return `It has only ever seen whole numbers. It says ${brief(sum)}: ${off}.`;
  const right = Math.round(sum) === truth;
  if (right)
    return `Right. It says ${sum.toFixed(4)}, which rounds to ${truth.toLocaleString("en")}.`;
  return `Wrong: it is ${truth.toLocaleString("en")}. It says ${brief(sum)}, ${off}.`;
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
  keep({ recipe: HERE });
  showState();
  choose();
}

function train(epochs) {
  comeHere();
  training = epochs > 1;
  send("train", { epochs });
  showTraining();
}

$("train").addEventListener("click", () => {
  if (!training) return train(1e6);
  training = false;
  send("pause");
  showTraining();
});
$("step").addEventListener("click", () => train(1));
$("again").addEventListener("click", choose);
$("solve").addEventListener("click", () => {
  keep({ recipe: HERE });
  showState();
  training = false;
  finished = true;
  losses = [];
  send("solve", { id: ++choices, ...network(), seed: state.seed });
  showTraining();
  $("again").focus();
});

// What the worker says

const answers = {
  ready(told) {
    runs = told.runs;
    showState();
    choose();
  },
  absent({ id }) {
    if (id !== choices) return;
    say(
      "This recipe was not run for such a network. Choose another one, or train it here.",
      true,
      "verdict",
    );
  },
  chosen({ id, starts, milliseconds, ...told }) {
    if (id !== choices) return;
    show(told);
    const how = starts > 1 ? `with the last of ${starts} starts` : "at the first start";
    if (starts)
      say(
        `Solved in ${Math.max(1, Math.round(milliseconds))} ms, ${how}: ${perfect(told.surface)}`,
      );
  },
  learned({ id, finished: ended, lost, tensors, ...told }) {
    if (id !== choices) return;
    document.body.dataset.tensors = tensors;
    losses = told.losses;
    finished = ended;
    training &&= !ended;
    show(told);
    if (lost) return say(runAway(), true);
    if (!losses.length)
      return say(missing || "A fresh network, with weights by chance.", missing !== "");
    say(
      ended
        ? `It stopped after ${losses.length} epochs, with its best weights: ${perfect(told.surface)}`
        : `Epoch ${losses.length}, held-out loss ${brief(losses.at(-1))}.`,
    );
  },
  told({ id, nodes, sum }) {
    if (id !== asks) return;
    drawNetwork($("network"), weights, { a: pair[0], b: pair[1], nodes, sum });
    if (trouble) return;
    $("answer").textContent = Math.round(sum).toLocaleString("en").replace("-", "−");
    $("answer").classList.toggle("wrong", Math.round(sum) !== pair[0] + pair[1]);
    say(verdict(sum), false, "verdict");
  },
  trouble({ text }) {
    if (runs) return say(text, true);
    missing = text;
    answers.ready({ runs: [] }); // what is trained here needs no file
  },
};

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

worker.onmessage = ({ data: { type, ...rest } }) => answers[type](rest);
worker.onerror = () =>
  answers.trouble({
    text: "This browser could not start the networks’ worker. A newer browser can.",
  });

// What the visitor does

$("form").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["a", "b"])
  $(id).addEventListener("input", () => {
    keep({ [id]: $(id).value });
    ask();
  });
for (const id of ["hidden", "max", "biases", "recipe"])
  $(id).addEventListener("change", () => {
    keep({ [id]: id === "biases" ? $(id).value === "1" : $(id).value });
    showState();
    keep({});
    choose();
  });
$("seed").addEventListener("change", () => {
  const value = TABLE.seed.read($("seed").value);
  if (value === undefined) say("The start number is a whole number from 0 to 4,294,967,295.", true);
  keep({ seed: value ?? state.seed });
  $("seed").value = state.seed;
  if (value !== undefined && state.recipe === HERE) choose();
});
addEventListener("hashchange", () => {
  state = readHash(TABLE, location.hash).state;
  showState();
  if (runs) choose();
});

showState();
drawCurve($("curve"), []);
send("load");
