/** Evolve meaningless pictures that a network takes for a digit; show the best one, the population and the doubt. */

import { CONFIDENCE_THRESHOLD } from "../core/genetic-search.js";
import { $, say as sayIn } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { HistoryStrip, pictureOf } from "../shared/history-strip.js";
import { bringIntoView } from "../shared/into-view.js";
import { drawCurve } from "../shared/loss-curve.js";
import { randomSeed } from "../shared/random-seed.js";
import { Bars, capitalize, enlarged, mostLikely, paint, percent } from "./digit-canvas.js";
import { startTakingAlong } from "./evolved.js";
import { fromBytes } from "./image-bytes.js";
import { Playback } from "./playback.js";

const SETTINGS = ["digit", "run", "method", "statistics", "seed"];
const NUM_PIXELS = 784;
const POPULATION = 100;
const COLUMNS = 10;
const MIN_DOUBT = 1e-7; // the scale is logarithmic
const CURVE_LABELS = { emptyText: "The remaining doubt appears here.", name: "Doubt" };

/** Set up this part of the page. */
export function breeding(page) {
  const strip = new HistoryStrip($("evolved-before"), "digits");
  const playback = new Playback(showGeneration, drawGeneration);
  let bars;
  let searches = 0;
  let isRunning = false;
  let isFinished = false;
  let doubts = [];
  let trail = []; // pictures of gradient ascent, which has only one per step
  let best = null;

  const say = (text, isError) => sayIn(text, isError, "bred-said");
  const unit = () => (page.state.method === "climb" ? "step" : "generation");

  /** Discard the search. */
  function reset() {
    searches++;
    playback.stop();
    isRunning = false;
    isFinished = false;
    doubts = [];
    trail = [];
    best = null;
    page.request("pause");
    redraw();
    updateButtons();
  }

  /** Draw what depends on the size of the view. */
  function redraw() {
    drawCurve($("doubt"), doubts, { ...CURVE_LABELS, unit: unit() });
  }

  function updateButtons() {
    $("breed").textContent = buttonText();
    $("breed").disabled = !bars;
    $("skip").disabled = isFinished || !(isRunning || doubts.length);
    for (const id of ["bred-keep", "bred-save", "bred-link"]) $(id).disabled = !best;
  }

  function buttonText() {
    if (isRunning) return "Pause";
    if (isFinished) return "Evolve another";
    return doubts.length ? "Continue" : "Evolve";
  }

  function start(changes = {}) {
    reset();
    page.updateState({ bred: true, ...changes });
    $("seed").value = page.state.seed;
    isRunning = true;
    say("");
    playback.start();
    const current = searches;
    const settings = Object.fromEntries(SETTINGS.map((name) => [name, page.state[name]]));
    page.request("breed", settings, (generation) => {
      if (current === searches) playback.push(generation);
    });
    updateButtons();
  }

  /** Show a generation, and say how sure the network is. */
  function showGeneration({ pictures, best: index, own, answers, finished, seconds }) {
    const picture = fromBytes(pictures.slice(index * NUM_PIXELS, (index + 1) * NUM_PIXELS));
    best = { picture, answers, share: own[page.state.digit] };
    doubts.push(Math.max(1 - best.share, MIN_DOUBT));
    if (page.state.method === "climb") trail = [...trail, pictures].slice(-POPULATION);
    isRunning = isRunning && !finished;
    isFinished = finished;
    $("bred-said").setAttribute("aria-live", isRunning ? "off" : "polite");
    say(describe(seconds));
    updateButtons();
    if (finished) remember();
  }

  /** Draw the share of a generation's pictures that has appeared. */
  function drawGeneration({ pictures }, share) {
    const visible = new Uint8Array(pictures.length);
    visible.set(pictures.subarray(0, share * pictures.length));
    paint($("herd"), trail.length ? sideBySide(trail) : visible, COLUMNS, 255);
    if (!best) return;
    paint($("best"), best.picture);
    bars.show(best.answers.map((answer, i) => (isRevealed(i) ? answer : null)));
    redraw();
  }

  /** Whether a network's answers are shown; those of the other networks appear only at the end. */
  const isRevealed = (i) => isFinished || page.networks[i].run === page.state.run;

  function describe(seconds) {
    const { digit, run } = page.state;
    const status = `${capitalize(unit())} ${doubts.length}: ${claim()}`;
    if (!isFinished) return status;
    if (best.share < CONFIDENCE_THRESHOLD) {
      return `${status} It does not become more certain: some digits are hard to fake for this network. Another seed may work.`;
    }
    return `${status} It took ${seconds.toFixed(1)} s to compute. ${describeOthers(run, digit)}`;
  }

  function claim() {
    const { digit, run } = page.state;
    const { name } = [...page.networks, ...page.more].find((network) => network.run === run);
    return `the ${name} network is ${percent(best.share)} sure that this is a ${digit}.`;
  }

  /** What to say about the picture, without the search. */
  function tell() {
    const { digit, run } = page.state;
    return `${capitalize(claim())} ${isFinished ? describeOthers(run, digit) : ""}`;
  }

  function describeOthers(run, wanted) {
    return page.networks
      .map((network, i) => ({ ...network, ...mostLikely(best.answers[i]) }))
      .filter((other) => other.run !== run)
      .map(({ name, digit, share }) => {
        if (share < 0.5) return `The ${name} network is not sure of any digit.`;
        const but = digit === wanted ? "The" : "But the";
        return `${but} ${name} network says ${digit} (${percent(share)}).`;
      })
      .join(" ");
  }

  /** Add the result to those of this visit. */
  function remember() {
    const title = `${page.state.digit}, ${percent(best.share)}`;
    strip.add({
      hash: page.hash({ bred: true }),
      title,
      picture: pictureOf(enlarged(best.picture)),
    });
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
    bringIntoView($("breed").closest(".stage"));
    if (isFinished) {
      start({ seed: randomSeed() });
    } else if (!isRunning && !doubts.length) {
      start();
    } else {
      isRunning = !isRunning;
      page.request(isRunning ? "resume" : "pause");
      if (isRunning) playback.resume();
      else playback.pause();
      updateButtons();
    }
  }

  function onSkip() {
    isRunning = true;
    page.request("resume");
    playback.skip();
    updateButtons();
  }

  function onSeed() {
    const text = $("seed").value;
    const isValid = /^\d+$/.test(text) && Number(text) < 2 ** 32;
    if (isValid) page.updateState({ seed: Number(text), bred: false });
    show();
    say(isValid ? "" : "The seed must be a whole number from 0 to 4,294,967,295.", !isValid);
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
  $("skip").addEventListener("click", onSkip);
  $("seed").addEventListener("change", onSeed);
  startTakingAlong(page, () => best, tell);
  return { show, ready, redraw };
}

/** Pictures in one array, with room for a whole population. */
function sideBySide(pictures) {
  const all = new Uint8Array(POPULATION * NUM_PIXELS);
  pictures.forEach((picture, i) => {
    all.set(picture, i * NUM_PIXELS);
  });
  return all;
}
