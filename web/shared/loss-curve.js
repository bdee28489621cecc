// @ts-check
/** A curve of a loss or cost on a logarithmic scale. */

import { makeSvg } from "./dom.js";
import { formatShort } from "./format.js";

const WIDTH = 360;
const HEIGHT = 180;
const LEFT = 66;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 22;
const MIN_VALUE = 1e-12;

/**
 * Draw a curve.
 *
 * @param {SVGElement} svg
 * @param {number[]} values One for each unit, from the first on.
 * @param {object} labels
 * @param {string} [labels.emptyText] What to show while there are no values.
 * @param {string} [labels.name] What the values are.
 * @param {string} [labels.unit] What there is one value for, e.g. "epoch".
 */
export function drawCurve(svg, values, labels = {}) {
  const {
    emptyText = "The loss appears here during training.",
    name = "Held-out loss",
    unit = "epoch",
  } = labels;
  if (!values.length) {
    const text = makeSvg("text", { x: WIDTH / 2, y: HEIGHT / 2, class: "weight" }, emptyText);
    svg.replaceChildren(text);
    svg.setAttribute("aria-label", emptyText);
    return;
  }
  const logs = values.map((value) => Math.log10(Math.max(value, MIN_VALUE)));
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  const x = (i) => LEFT + ((WIDTH - LEFT - RIGHT) * i) / Math.max(1, values.length - 1);
  const y = (log) => TOP + ((HEIGHT - BOTTOM - TOP) * (high - log)) / (high - low);
  const count = `${unit} ${values.length}`;
  const axes = makeSvg("g");
  for (let power = low; power <= high; power++) axes.append(...gridLine(power, y(power)));
  axes.append(makeSvg("text", { x: WIDTH - RIGHT, y: HEIGHT - 4, class: "axis" }, count));
  const points = logs.map((log, i) => `${x(i).toFixed(1)} ${y(log).toFixed(1)}`);
  svg.replaceChildren(axes, makeSvg("path", { class: "loss", d: `M${points.join("L")}` }));
  svg.setAttribute(
    "aria-label",
    `${name} after ${values.length} ${unit}s: from ${formatShort(values[0])} to ${formatShort(values.at(-1))}`,
  );
}

/**
 * A horizontal line at a power of ten, and its label.
 *
 * @param {number} power
 * @param {number} y
 */
function gridLine(power, y) {
  const label = power < -2 ? `1e−${-power}` : formatShort(10 ** power);
  return [
    makeSvg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: "rule" }),
    makeSvg("text", { x: LEFT - 8, y: y + 5, class: "axis" }, label),
  ];
}
