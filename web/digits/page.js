/** The page of the digit networks: its state, its four parts, and the worker in which the networks live. */

import { readDigits } from "../core/eigen-digits.js";
import { Ink } from "../core/drawing-bitmap.js";
import { breeding } from "./breeding.js";
import { drawing, EXAMPLE } from "./drawing.js";
import { eigendigits } from "./eigendigits.js";
import { fill } from "../shared/form-fields.js";
import { scrambling } from "./scrambling.js";
import { choice, flag, number, readHash, writeHash } from "../shared/url-state.js";
import { story } from "./results-table.js";

const NAMES = {
  seed: "the original’s",
  modern: "the modern",
  robust: "the hardened",
  judge: "a third",
  eleven: "one with an eleventh answer",
};
const TABLE = {
  ink: { start: EXAMPLE, read: (text) => (Ink.unpack(text) ? text : undefined) },
  made: flag(false),
  thickness: number(2.6, 1, 6, 0.2),
  digit: number(3, 0, 9),
  run: choice("seed", /^[\w-]{1,40}$/),
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

const $ = (id) => document.getElementById(id);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const waiting = new Map();
let asks = 0;

const page = {
  state: readHash(TABLE, location.hash).state,
  networks: [], // those that answer: {run, name, meta}
  more: [], // and those that can be bred against, too: {run, name}
  names: NAMES, // of all, by run
  data: null, // what came along: see core/eigen-digits.js
  onDraw: [], // who wants to know that the drawing has changed

  send: (type, rest = {}) => worker.postMessage({ type, ...rest }),

  keep(changes) {
    Object.assign(page.state, changes);
    history.replaceState(null, "", writeHash(TABLE, page.state));
  },

  /** Where the page would be with other values in its state. */
  link: (changes) => new URL(writeHash(TABLE, { ...page.state, ...changes }), location.href).href,

  /** What each network says of pictures: confidences, ten a picture. */
  ask(pictures) {
    page.send("ask", { id: ++asks, pictures });
    return new Promise((answer) => waiting.set(asks, answer));
  },

  say(text, trouble = false, id = "said") {
    $(id).textContent = text;
    $(id).classList.toggle("error", trouble);
  },

  fill,
};

const parts = [drawing, breeding, scrambling, eigendigits].map((part) => part($, page));

const answers = {
  progress({ loaded, total }) {
    if ($("said").classList.contains("error")) return; // one file failed while others still come
    $("progress").max = total;
    $("progress").value = loaded;
    page.say(
      `The networks are on their way: ${Math.round(loaded / 1e3)} of ${Math.round(total / 1e3)} KB`,
    );
  },
  ready({ networks, more, words, bytes }) {
    $("progress").classList.add("done");
    page.networks = networks.map(({ run, meta }) => ({ run, meta, name: NAMES[run] }));
    page.more = more.map((run) => ({ run, name: NAMES[run] }));
    page.data = readDigits(words, bytes);
    page.say("");
    story($("story"), page);
    parts.forEach((part) => part.ready());
    if (page.state.bred) $("breed").click();
  },
  told({ id, confidences, tensors }) {
    document.body.dataset.tensors = tensors;
    waiting.get(id)(confidences);
    waiting.delete(id);
  },
  bred: (told) => parts[1].bred(told),
  trouble({ text }) {
    $("progress").classList.add("done");
    page.say(text, true);
  },
};

worker.onmessage = ({ data: { type, ...rest } }) => answers[type](rest);
worker.onerror = () =>
  answers.trouble({
    text: "This browser could not start the networks’ worker. A newer browser can.",
  });

addEventListener("hashchange", () => {
  page.state = readHash(TABLE, location.hash).state;
  parts.forEach((part) => part.show());
  if (page.networks.length && page.state.bred) $("breed").click();
});

parts.forEach((part) => part.show());
page.send("load");
