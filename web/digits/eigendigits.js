/** The wall of eigen-digits, and a digit rebuilt from the first of them. */

import { $ } from "../shared/dom.js";
import { coalesce } from "../shared/coalesce.js";
import { Bars, paint, percent } from "./digit-canvas.js";
import { chosen, fillDigits } from "./scrambling.js";

const TURNED = 6,
  REACH = 3; // sliders, and how many standard deviations they go

export function eigendigits(page) {
  let bars,
    sliders = [];

  const look = coalesce(async () => {
    const { eigen } = page.data,
      { parts, rebuilt } = page.state,
      original = chosen(page, rebuilt);
    const own = eigen.weights(original),
      turned = page.state.weights.split(",").filter(Boolean).map(Number);
    const weights = own.map((weight, i) =>
      i < turned.length ? turned[i] * eigen.deviations[i] : weight,
    );
    sliders.forEach(({ slider, said }, i) => {
      slider.value = Math.max(-REACH, Math.min(REACH, weights[i] / eigen.deviations[i]));
      said.textContent = Number(slider.value).toFixed(1).replace("-", "−");
      slider.disabled = i >= parts;
    });
    const picture = eigen.build(weights.subarray(0, parts));
    paint($("original"), original);
    paint($("built"), picture);
    const answers = await page.ask(picture);
    bars.show(answers);
    $("built-said").textContent =
      `Left the digit, right what ${parts} numbers instead of 784 make of it; over all digits ` +
      `these ${parts} hold ${percent(eigen.explained(parts))} of the differences. ${bars.tell(answers)}`;
  });

  function show() {
    fillDigits(page, "rebuilt", page.state.rebuilt);
    $("parts").value = page.state.parts;
    $("parts-is").textContent = page.state.parts;
    $("own").disabled = page.state.weights === "";
    if (!bars) return;
    page.state.rebuilt = $("rebuilt").value;
    look();
  }

  function ready() {
    const { eigen } = page.data;
    bars = new Bars(
      $("understood"),
      page.networks.map(({ name }) => name),
    );
    hang(eigen);
    sliders = Array.from({ length: TURNED }, (_, i) => slider(i));
    show();
  }

  /** The average digit, then the directions, more ink in one colour and less in the other. */
  function hang({ mean, components }) {
    for (const [i, picture] of [mean, ...components].entries()) {
      const item = document.createElement("li"),
        canvas = document.createElement("canvas");
      const ariaLabel = i ? `Eigen-digit ${i}` : "The average digit";
      Object.assign(canvas, { className: i ? "digit signed" : "digit", role: "img", ariaLabel });
      item.append(canvas);
      $("wall").append(item);
      paint(
        canvas,
        picture,
        1,
        picture.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
      );
    }
  }

  function slider(i) {
    const box = document.createElement("div"),
      row = document.createElement("div"),
      label = document.createElement("label");
    const said = document.createElement("output"),
      input = document.createElement("input");
    Object.assign(input, { id: `weight-${i}`, type: "range", min: -REACH, max: REACH, step: 0.1 });
    Object.assign(label, { htmlFor: input.id, textContent: `Eigen-digit ${i + 1}` });
    row.className = "row";
    row.append(label, said);
    box.append(row, input);
    $("weights").append(box);
    input.addEventListener("input", () => {
      page.updateState({
        weights: sliders.map(({ slider }) => Number(slider.value).toFixed(1)).join(","),
      });
      show();
    });
    return { slider: input, said };
  }

  $("rebuilt").addEventListener("change", () => {
    page.updateState({ rebuilt: $("rebuilt").value, weights: "" });
    show();
  });
  $("parts").addEventListener("input", () => {
    page.updateState({ parts: Number($("parts").value) });
    show();
  });
  $("own").addEventListener("click", () => {
    page.updateState({ weights: "" });
    show();
  });
  page.onDraw.push(() => bars && page.state.rebuilt === "ink" && look());
  return { show, ready };
}
