/** The eigen-digits, and a digit that is rebuilt from the first few of them. */

import { coalesce } from "../shared/coalesce.js";
import { $, make } from "../shared/dom.js";
import { formatFixed } from "../shared/format.js";
import { Bars, paint, percent } from "./digit-canvas.js";
import { fillDigits, selectedDigit } from "./scrambling.js";

const NUM_SLIDERS = 6;
const SLIDER_MAX = 3; // standard deviations

/** Set up this part of the page. */
export function eigendigits(page) {
  let bars;
  let sliders = [];

  const update = coalesce(async () => {
    const { eigen } = page.data;
    const { parts, rebuilt } = page.state;
    const digit = selectedDigit(page, rebuilt);
    const coefficients = changedCoefficients(eigen.coefficients(digit), eigen.deviations);
    for (const [i, { slider, text }] of sliders.entries()) {
      slider.value = clampToSlider(coefficients[i] / eigen.deviations[i]);
      text.textContent = formatFixed(Number(slider.value), 1);
      slider.disabled = i >= parts;
    }
    const picture = eigen.build(coefficients.subarray(0, parts));
    paint($("original"), digit);
    paint($("built"), picture);
    const answers = await page.classify(picture);
    bars.show(answers);
    $("built-said").textContent =
      `Left: the digit. Right: the digit rebuilt from ${parts} numbers instead of 784. Over all digits, ` +
      `these ${parts} explain ${percent(eigen.explained(parts))} of the variance. ${bars.describe(answers)}`;
  });

  /** The coefficients of the digit, the first ones as the visitor has set them. */
  function changedCoefficients(coefficients, deviations) {
    const changed = page.state.weights.split(",").filter(Boolean).map(Number);
    return coefficients.map((value, i) =>
      i < changed.length ? changed[i] * deviations[i] : value,
    );
  }

  function show() {
    fillDigits(page, "rebuilt", page.state.rebuilt);
    $("parts").value = page.state.parts;
    $("parts-is").textContent = page.state.parts;
    $("own").disabled = page.state.weights === "";
    if (!bars) return;
    page.state.rebuilt = $("rebuilt").value;
    update();
  }

  function ready() {
    bars = new Bars($("understood"), page.networks);
    showWall(page.data.eigen);
    sliders = Array.from({ length: NUM_SLIDERS }, (_, i) => makeSlider(i));
    show();
  }

  function makeSlider(i) {
    const id = `weight-${i}`;
    const slider = make("input", {
      id,
      type: "range",
      min: -SLIDER_MAX,
      max: SLIDER_MAX,
      step: 0.1,
    });
    const label = make("label", { htmlFor: id, textContent: `Eigen-digit ${i + 1}` });
    const text = make("output");
    $("weights").append(make("div", {}, make("div", { className: "row" }, label, text), slider));
    slider.addEventListener("input", () => {
      const weights = sliders.map((other) => Number(other.slider.value).toFixed(1)).join(",");
      page.updateState({ weights });
      show();
    });
    return { slider, text };
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
  page.onDraw.push(() => bars && page.state.rebuilt === "ink" && update());
  return { show, ready };
}

const clampToSlider = (value) => Math.max(-SLIDER_MAX, Math.min(SLIDER_MAX, value));

/** Show the mean digit and the components; positive values have one color, negative ones another. */
function showWall({ mean, components }) {
  for (const [i, picture] of [mean, ...components].entries()) {
    const canvas = make("canvas", {
      className: i ? "digit signed" : "digit",
      role: "img",
      ariaLabel: i ? `Eigen-digit ${i}` : "The average digit",
    });
    $("wall").append(make("li", {}, canvas));
    const max = picture.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    paint(canvas, picture, 1, max);
  }
}
