/** Breeding pictures of nothing that a network takes for a digit: the best one, the population, the remaining doubt. */

import { CONFIDENCE_THRESHOLD } from "../core/genetic-search.js";
import { $, make, say as sayIn } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { drawCurve } from "../shared/loss-curve.js";
import { randomSeed } from "../shared/random-seed.js";
import { copy, download } from "../shared/share.js";
import { Bars, capitalize, enlarged, mostLikely, paint, percent } from "./digit-canvas.js";

const SETTINGS = ["digit", "run", "method", "statistics", "seed"];
const NUM_PIXELS = 784;
const POPULATION = 100;
const COLUMNS = 10;
const MIN_DOUBT = 1e-7; // the scale is logarithmic
const CURVE_LABELS = { emptyText: "The remaining doubt appears here.", name: "Doubt" };

/** Set up this part of the page. */
export function breeding(page) {
  let bars;
  let searches = 0;
  let isRunning = false;
  let isFinished = false;
  let doubts = [];
  let trail = []; // pictures of gradient ascent, which has only one per step
  let best = null;

  const say = (text, isError) => sayIn(text, isError, "bred-said");
  const unit = () => (page.state.method === "climb" ? "step" : "generation");

  /** Forget the search. */
  function reset() {
    searches++;
    isRunning = false;
    isFinished = false;
    doubts = [];
    trail = [];
    best = null;
    page.request("pause");
    drawCurve($("doubt"), [], CURVE_LABELS);
    updateButtons();
  }

  function updateButtons() {
    $("breed").textContent = buttonText();
    $("breed").disabled = !bars;
    for (const id of ["keep", "bred-save", "bred-link"]) $(id).disabled = !best;
  }

  function buttonText() {
    if (isRunning) return "Pause";
    if (isFinished) return "Breed another";
    return doubts.length ? "Continue" : "Breed";
  }

  function start(changes = {}) {
    reset();
    page.updateState({ bred: true, ...changes });
    $("seed").value = page.state.seed;
    isRunning = true;
    const current = searches;
    const settings = Object.fromEntries(SETTINGS.map((name) => [name, page.state[name]]));
    page.request("breed", settings, (generation) => {
      if (current === searches) showGeneration(generation);
    });
    updateButtons();
  }

  /** Show what the worker reports of a generation. */
  function showGeneration({ pictures, best: index, own, answers, finished, seconds }) {
    const bytes = pictures.slice(index * NUM_PIXELS, (index + 1) * NUM_PIXELS);
    const picture = Float32Array.from(bytes, (value) => value / 255);
    best = { picture, answers, share: own[page.state.digit] };
    doubts.push(Math.max(1 - best.share, MIN_DOUBT));
    if (page.state.method === "climb") trail = [...trail, pictures].slice(-POPULATION);
    paint($("best"), best.picture);
    paint($("herd"), trail.length ? sideBySide(trail) : pictures, COLUMNS, 255);
    bars.show(answers);
    drawCurve($("doubt"), doubts, { ...CURVE_LABELS, unit: unit() });
    isRunning = isRunning && !finished;
    isFinished = finished;
    $("bred-said").setAttribute("aria-live", isRunning ? "off" : "polite");
    say(describe(seconds));
    updateButtons();
  }

  function describe(seconds) {
    const { digit, run } = page.state;
    const { name } = [...page.networks, ...page.more].find((network) => network.run === run);
    const status =
      `${capitalize(unit())} ${doubts.length}: the ${name} network is ${percent(best.share)} sure ` +
      `that this is a ${digit}.`;
    if (!isFinished) return status;
    if (best.share < CONFIDENCE_THRESHOLD) {
      return `${status} It does not become more certain: some digits are hard to fake for this network. Another seed may work.`;
    }
    return `${status} It took ${seconds.toFixed(1)} s. ${describeOthers(run)}`;
  }

  function describeOthers(run) {
    return page.networks
      .map((network, i) => ({ ...network, ...mostLikely(best.answers[i]) }))
      .filter((other) => other.run !== run)
      .map(({ name, digit, share }) =>
        share < 0.5
          ? `The ${name} network is not sure of any digit.`
          : `The ${name} network says ${digit} (${percent(share)}).`,
      )
      .join(" ");
  }

  function keep() {
    const caption = `${page.state.digit}, ${percent(best.share)}`;
    const canvas = make("canvas", { className: "digit" });
    const href = page.link({ bred: true });
    const link = make("a", { href, title: "Breed it again" }, canvas, caption);
    $("kept").append(make("li", {}, link));
    paint(canvas, best.picture);
    say(`Kept: ${caption}. Its link breeds it again.`);
  }

  function show() {
    const digits = Array.from({ length: 10 }, (_, digit) => [digit, digit]);
    const networks = [...page.networks, ...page.more].map(({ run, label }) => [run, label]);
    fill("digit", digits, page.state.digit);
    fill("run", networks, page.state.run);
    for (const id of ["method", "seed"]) $(id).value = page.state[id];
    $("statistics").checked = page.state.statistics;
    if (bars) page.state.run = $("run").value;
    $("statistics").disabled = page.state.method === "climb";
    reset();
  }

  function ready() {
    bars = new Bars($("bred"), page.networks);
    show();
  }

  function onBreed() {
    if (isFinished) {
      start({ seed: randomSeed() });
    } else if (!isRunning && !doubts.length) {
      start();
    } else {
      isRunning = !isRunning;
      page.request(isRunning ? "resume" : "pause");
      updateButtons();
    }
  }

  function onSeed() {
    const text = $("seed").value;
    const isValid = /^\d+$/.test(text) && Number(text) < 2 ** 32;
    if (isValid) page.updateState({ seed: Number(text), bred: false });
    show();
    say(isValid ? "" : "The seed is a whole number from 0 to 4,294,967,295.", !isValid);
  }

  const readers = {
    digit: () => Number($("digit").value),
    run: () => $("run").value,
    method: () => $("method").value,
    statistics: () => $("statistics").checked,
  };
  for (const [id, read] of Object.entries(readers)) {
    $(id).addEventListener("change", () => {
      page.updateState({ [id]: read(), bred: false });
      show();
      say("");
    });
  }
  $("breed").addEventListener("click", onBreed);
  $("seed").addEventListener("change", onSeed);
  $("keep").addEventListener("click", keep);
  $("bred-save").addEventListener("click", () =>
    download(enlarged(best.picture), `not-a-${page.state.digit}.png`),
  );
  $("bred-link").addEventListener("click", () =>
    copy(page.link({ bred: true }), "Link copied. It breeds this very picture again.", say),
  );
  return { show, ready };
}

/** Pictures in one array, with room for a whole population. */
function sideBySide(pictures) {
  const all = new Uint8Array(POPULATION * NUM_PIXELS);
  pictures.forEach((picture, i) => {
    all.set(picture, i * NUM_PIXELS);
  });
  return all;
}
