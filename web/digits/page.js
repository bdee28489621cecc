/** The page of the digit networks: its state, its four parts, and the worker in which the networks live. */

import { readDigits } from "../core/eigen-digits.js";
import { Ink } from "../core/drawing-bitmap.js";
import { breeding } from "./breeding.js";
import { drawing, EXAMPLE } from "./drawing.js";
import { eigendigits } from "./eigendigits.js";
import { scrambling } from "./scrambling.js";
import { $, hideProgress, say, showProgress, showsError } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { RemoteWorker } from "../shared/rpc.js";
import { choice, flag, number, readHash, saveState, writeHash } from "../shared/url-state.js";
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

const worker = new RemoteWorker(new URL("./worker.js", import.meta.url));

const page = {
  state: readHash(TABLE, location.hash).state,
  networks: [], // those that answer: {run, name, meta}
  more: [], // and those that can be bred against, too: {run, name}
  names: NAMES, // of all, by run
  data: null, // what came along: see core/eigen-digits.js
  onDraw: [], // who wants to know that the drawing has changed

  /** Call the worker and show an error. */
  request: (method, args, onProgress) =>
    worker.call(method, args, onProgress).catch((error) => say(error.message, true)),

  updateState: (changes) => saveState(TABLE, page.state, changes),

  /** Where the page would be with other values in its state. */
  link: (changes) => new URL(writeHash(TABLE, { ...page.state, ...changes }), location.href).href,

  /** What each network says of pictures: confidences, ten a picture. */
  async ask(pictures) {
    const { confidences, tensors } = await worker.call("ask", { pictures });
    document.body.dataset.tensors = tensors;
    return confidences;
  },
};

const parts = [drawing, breeding, scrambling, eigendigits].map((part) => part(page));

async function load() {
  try {
    const { networks, more, words, bytes } = await worker.call("load", {}, (loading) => {
      if (showsError()) return; // one file failed while others are still on their way
      showProgress(loading);
      say(formatLoading(loading));
    });
    page.networks = networks.map(({ run, meta }) => ({ run, meta, name: NAMES[run] }));
    page.more = more.map((run) => ({ run, name: NAMES[run] }));
    page.data = readDigits(words, bytes);
  } catch (error) {
    say(error.message, true);
    return;
  } finally {
    hideProgress();
  }
  say("");
  story($("story"), page);
  for (const part of parts) part.ready();
  if (page.state.bred) $("breed").click();
}

addEventListener("hashchange", () => {
  page.state = readHash(TABLE, location.hash).state;
  parts.forEach((part) => part.show());
  if (page.networks.length && page.state.bred) $("breed").click();
});

parts.forEach((part) => part.show());
load();
