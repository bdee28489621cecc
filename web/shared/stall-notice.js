// @ts-check
/** Tells the visitor that downloads have stalled, with a button to retry. */

import { make } from "./dom.js";

const TEXTS = {
  silent: "Nothing has arrived for ten seconds. Check your connection.",
  busy: "This site is busy. The download will be retried in a moment.",
  engine: "The engine that runs the networks is still loading. The connection is slow.",
};

/**
 * The stalls, by the object that noticed each.
 *
 * @type {Map<object, {stall: "silent" | "busy" | "engine", retry: () => void}>}
 */
const stalls = new Map();
let notice;

/**
 * Show or hide a stall.
 *
 * @param {object} source The object that noticed it.
 * @param {import("./stalls.js").Stall} stall "" when it is over.
 * @param {() => void} retry Requests the pending downloads again.
 */
export function showStall(source, stall, retry) {
  stalls.delete(source);
  if (stall) stalls.set(source, { stall, retry });
  render();
}

function render() {
  const [first] = stalls.values();
  if (!notice && !first) return;
  notice ??= makeNotice();
  notice.hidden = !first;
  if (first) notice.firstChild.textContent = TEXTS[first.stall];
}

function makeNotice() {
  const button = make("button", { id: "retry", type: "button", textContent: "Retry" });
  button.addEventListener("click", retryAll);
  const text = make("p", { className: "said", role: "status" });
  const element = make("div", { id: "stalled" }, text, button);
  // the first message of a page is about its network
  document.querySelector("main .said").after(element);
  return element;
}

function retryAll() {
  const all = [...stalls.values()];
  stalls.clear();
  render();
  // the engine cannot be requested again on its own
  if (all.some(({ stall }) => stall === "engine")) location.reload();
  for (const { retry } of all) retry();
}
