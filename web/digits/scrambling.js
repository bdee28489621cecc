/** A digit whose background is scrambled, more or less, and what the networks still read. */

import { Random } from "../core/prng.js";
import { scramble } from "../core/scramble.js";
import { coalesce } from "../shared/coalesce.js";
import { $ } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { bringIntoView } from "../shared/into-view.js";
import { Bars, paint } from "./digit-canvas.js";

const SEED = 1;

/** Fill a menu of digits: the test digits that came with the networks, and the visitor's drawing. */
export function fillDigits(page, id, selected) {
  const labels = page.data?.labels ?? [];
  fill(id, [...labels.map((label, i) => [i, `a ${label}`]), ["ink", "your drawing"]], selected);
}

/** The digit that is selected in such a menu. */
export const selectedDigit = (page, name) =>
  name === "ink" ? page.drawn() : page.data.samples[name];

/** Set up this part of the page. */
export function scrambling(page) {
  let bars;

  const update = coalesce(async () => {
    const { sample, way, amount } = page.state;
    const { pixels, samples, labels } = page.data;
    const label = labels[sample] ?? 0;
    const source = {
      random: new Random(SEED),
      quantiles: pixels[label].quantiles,
      other: samples[(label + 5) % samples.length],
    };
    const picture = scramble(selectedDigit(page, sample), way, amount, source);
    paint($("scrambled"), picture);
    const answers = await page.classify(picture);
    bars.show(answers);
    $("scrambled-said").textContent = bars.describe(answers);
  });

  function show() {
    fillDigits(page, "sample", page.state.sample);
    $("way").value = page.state.way;
    $("amount").value = page.state.amount;
    $("amount-is").textContent = `${Math.round(page.state.amount * 100)}%`;
    if (!bars) return;
    page.state.sample = $("sample").value;
    update();
  }

  function ready() {
    bars = new Bars($("disturbed"), page.networks);
    show();
  }

  for (const id of ["sample", "way", "amount"]) {
    $(id).addEventListener("change", () => bringIntoView($(id).closest(".stage")));
  }
  for (const id of ["sample", "way"]) {
    $(id).addEventListener("change", () => {
      page.updateState({ [id]: $(id).value });
      show();
    });
  }
  $("amount").addEventListener("input", () => {
    page.updateState({ amount: Number($("amount").value) });
    show();
  });
  page.onDraw.push(() => bars && page.state.sample === "ink" && update());
  return { show, ready };
}
