/** A digit whose background is scrambled, more or less, and what the networks still read. */

import { $ } from "../shared/dom.js";
import { fill } from "../shared/form-fields.js";
import { scramble } from "../core/scramble.js";
import { Random } from "../core/prng.js";
import { coalesce } from "../shared/coalesce.js";
import { Bars, paint } from "./digit-canvas.js";

const SEED = 1;

/** Fill a list of digits: those that came along, and what the visitor has drawn. */
export function fillDigits(page, id, wanted) {
  const labels = page.data?.labels ?? [];
  fill(id, [...labels.map((label, i) => [i, `a ${label}`]), ["ink", "your drawing"]], wanted);
}

/** The digit that such a list names. */
export const chosen = (page, name) => (name === "ink" ? page.drawn() : page.data.samples[name]);

export function scrambling(page) {
  let bars;

  const look = coalesce(async () => {
    const { sample, way, amount } = page.state,
      { pixels, samples, labels } = page.data;
    const label = labels[sample] ?? 0,
      other = samples[(label + 5) % samples.length];
    const source = { random: new Random(SEED), palette: pixels[label].palette, other };
    const picture = scramble(chosen(page, sample), way, amount, source);
    paint($("scrambled"), picture);
    const answers = await page.ask(picture);
    bars.show(answers);
    $("scrambled-said").textContent = bars.tell(answers);
  });

  function show() {
    fillDigits(page, "sample", page.state.sample);
    $("way").value = page.state.way;
    $("amount").value = page.state.amount;
    $("amount-is").textContent = `${Math.round(page.state.amount * 100)} %`;
    if (!bars) return;
    page.state.sample = $("sample").value;
    look();
  }

  function ready() {
    bars = new Bars(
      $("disturbed"),
      page.networks.map(({ name }) => name),
    );
    show();
  }

  for (const id of ["sample", "way"])
    $(id).addEventListener("change", () => {
      page.updateState({ [id]: $(id).value });
      show();
    });
  $("amount").addEventListener("input", () => {
    page.updateState({ amount: Number($("amount").value) });
    show();
  });
  page.onDraw.push(() => bars && page.state.sample === "ink" && look());
  return { show, ready };
}
