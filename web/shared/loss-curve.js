// @ts-check
/** A curve of a loss or cost on a logarithmic scale. */

import { makeSvg } from "./dom.js";
import { formatShort } from "./format.js";

const LEFT = 66;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 22;
const MIN_LABEL_GAP = 17; // pixels between two labels of grid lines
const MIN_VALUE = 1e-12;

/**
 * Draw a curve.
 *
 * @param {SVGElement} svg
 * @param {number[]} values One value per unit, starting with the first.
 * @param {object} labels
 * @param {string} [labels.emptyText] What to show while there are no values.
 * @param {string} [labels.name] What the values are.
 * @param {string} [labels.unit] The unit of the horizontal axis, e.g. "epoch".
 */
export function drawCurve(svg, values, labels = {}) {
  const {
    emptyText = "The loss appears here during training.",
    name = "Held-out loss",
    unit = "epoch",
  } = labels;
  const width = svg.clientWidth || 360; // it is 0 in a view that is not shown
  const height = svg.clientHeight || 180;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (!values.length) {
    const text = makeSvg("text", { x: width / 2, y: height / 2, class: "weight" }, emptyText);
    svg.replaceChildren(text);
    svg.setAttribute("aria-label", emptyText);
    return;
  }
  const logs = values.map((value) => Math.log10(Math.max(value, MIN_VALUE)));
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  const x = (i) => LEFT + ((width - LEFT - RIGHT) * i) / Math.max(1, values.length - 1);
  const y = (log) => TOP + ((height - BOTTOM - TOP) * (high - log)) / (high - low);
  const count = `${unit} ${values.length}`;
  const axes = makeSvg("g");
  const labelStep = Math.ceil(MIN_LABEL_GAP / (y(low) - y(low + 1)));
  for (let power = low; power <= high; power++) {
    const label = (high - power) % labelStep ? "" : powerOfTen(power);
    axes.append(...gridLine(label, y(power), width));
  }
  axes.append(makeSvg("text", { x: width - RIGHT, y: height - 4, class: "axis" }, count));
  const points = logs.map((log, i) => `${x(i).toFixed(1)} ${y(log).toFixed(1)}`);
  svg.replaceChildren(axes, makeSvg("path", { class: "loss", d: `M${points.join("L")}` }));
  svg.setAttribute(
    "aria-label",
    `${name} after ${values.length} ${unit}s: from ${formatShort(values[0])} to ${formatShort(values.at(-1))}`,
  );
}

/** @param {number} power */
const powerOfTen = (power) => (power < -2 ? `1e−${-power}` : formatShort(10 ** power));

/**
 * A horizontal line and its label.
 *
 * @param {string} label
 * @param {number} y
 * @param {number} width
 */
const gridLine = (label, y, width) => [
  makeSvg("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y, class: "rule" }),
  makeSvg("text", { x: LEFT - 8, y: y + 5, class: "axis" }, label),
];
