/** Breeding pictures of nothing that a network takes for a digit: the herd, the best of it, the doubt that is left. */

import { $, say as sayIn } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { drawCurve } from "../shared/loss-curve.js";
import { randomSeed } from "../shared/random-seed.js";
import { copy, download } from "../shared/share.js";
import { Bars, capital, enlarged, likeliest, paint, percent } from "./digit-canvas.js";

const SETTINGS = ["digit", "run", "method", "statistics", "seed"],
  HERD = 100;
const WORDS = {
  emptyText: "The doubt appears here as they breed.",
  name: "Doubt",
  unit: "generation",
};

/** Pictures in one array, with room for a whole herd. */
function sideBySide(pictures) {
  const all = new Uint8Array(HERD * 784);
  pictures.forEach((picture, i) => all.set(picture, i * 784));
  return all;
}

export function breeding(page) {
  let bars,
    runs = 0,
    going = false,
    finished = false,
    doubts = [],
    trail = [],
    best = null;

  const settings = () => Object.fromEntries(SETTINGS.map((name) => [name, page.state[name]]));
  const say = (text, isError) => sayIn(text, isError, "bred-said");
  const turn = () => (page.state.method === "climb" ? "step" : "generation");

  /** Back to before the first generation. */
  function reset() {
    runs++;
    going = finished = false;
    [doubts, trail, best] = [[], [], null];
    page.request("pause");
    drawCurve($("doubt"), [], WORDS);
    showButtons();
  }

  function showButtons() {
    $("breed").textContent = going
      ? "Pause"
      : finished
        ? "Breed another"
        : doubts.length
          ? "Go on"
          : "Breed";
    $("breed").disabled = !bars;
    for (const id of ["keep", "bred-save", "bred-link"]) $(id).disabled = !best;
  }

  function begin(changes = {}) {
    reset();
    page.updateState({ bred: true, ...changes });
    $("seed").value = page.state.seed;
    going = true;
    const token = runs;
    page.request("breed", settings(), (generation) => token === runs && bred(generation));
    showButtons();
  }

  /** Show a generation. */
  function bred({ pictures, best: place, own, answers, finished: ended, seconds }) {
    const picture = pictures.slice(place * 784, (place + 1) * 784);
    best = {
      picture: Float32Array.from(picture, (value) => value / 255),
      answers,
      share: own[page.state.digit],
    };
    doubts.push(Math.max(1 - best.share, 1e-7));
    if (page.state.method === "climb") trail = [...trail, pictures].slice(-HERD);
    paint($("best"), best.picture);
    paint($("herd"), trail.length ? sideBySide(trail) : pictures, 10, 255);
    bars.show(answers);
    drawCurve($("doubt"), doubts, { ...WORDS, unit: turn() });
    going &&= !ended;
    finished = ended;
    $("bred-said").setAttribute("aria-live", going ? "off" : "polite");
    say(sentence(seconds));
    showButtons();
  }

  function sentence(seconds) {
    const { digit, run } = page.state,
      { name } = [...page.networks, ...page.more].find((network) => network.run === run);
    const sure =
      `${capital(turn())} ${doubts.length}: ${name} network is ${percent(best.share)} sure ` +
      `that this is a ${digit}.`;
    if (!finished) return sure;
    if (best.share < 0.9999)
      return `${sure} It gets no surer: some digits are hard to fake for this network. Another start number may do it.`;
    const others = page.networks
      .map((network, i) => ({ ...network, ...likeliest(best.answers[i]) }))
      .filter((other) => other.run !== run)
      .map(
        (other) =>
          `${capital(other.name)} network says ${other.share < 0.5 ? "nothing much" : `${other.digit} (${percent(other.share)})`}.`,
      );
    return `${sure} It took ${seconds.toFixed(1)} s. ${others.join(" ")}`;
  }

  function keep() {
    const item = document.createElement("li"),
      link = document.createElement("a"),
      canvas = document.createElement("canvas");
    const told = `${page.state.digit}, ${percent(best.share)}`;
    canvas.className = "digit";
    link.href = page.link({ bred: true });
    link.append(canvas, told);
    link.title = "Breed it again";
    item.append(link);
    $("kept").append(item);
    paint(canvas, best.picture);
    say(`Kept: ${told}. Its link breeds it again.`);
  }

  function show() {
    fill(
      "digit",
      Array.from({ length: 10 }, (_, digit) => [digit, digit]),
      page.state.digit,
    );
    fill(
      "run",
      [...page.networks, ...page.more].map(({ run, name }) => [run, name]),
      page.state.run,
    );
    for (const id of ["method", "seed"]) $(id).value = page.state[id];
    $("statistics").checked = page.state.statistics;
    if (bars) page.state.run = $("run").value;
    $("statistics").disabled = page.state.method === "climb";
    reset();
  }

  function ready() {
    bars = new Bars(
      $("bred"),
      page.networks.map(({ name }) => name),
    );
    show();
  }

  $("breed").addEventListener("click", () => {
    if (finished) return begin({ seed: randomSeed() });
    if (!going && !doubts.length) return begin();
    going = !going;
    page.request(going ? "resume" : "pause");
    showButtons();
  });
  for (const id of ["digit", "run", "method", "statistics"])
    $(id).addEventListener("change", () => {
      const value = { digit: Number($(id).value), statistics: $(id).checked }[id] ?? $(id).value;
      page.updateState({ [id]: value, bred: false });
      show();
      say("");
    });
  $("seed").addEventListener("change", () => {
    const text = $("seed").value,
      value = Number(text),
      right = /^\d+$/.test(text) && value < 2 ** 32;
    if (right) page.updateState({ seed: value, bred: false });
    show();
    say(right ? "" : "The start number is a whole number from 0 to 4,294,967,295.", !right);
  });
  $("keep").addEventListener("click", keep);
  $("bred-save").addEventListener("click", () =>
    download(enlarged(best.picture), `not-a-${page.state.digit}.png`),
  );
  $("bred-link").addEventListener("click", () =>
    copy(page.link({ bred: true }), "The link is copied: it breeds this very picture again.", say),
  );
  return { show, ready };
}
