// @ts-check
/** Draws the training and the held-out loss. */

import { makeSvg } from "../shared/dom.js";

const LEFT = 24;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 22;
const MAX_GRID_LINES = 4;

/**
 * In nats per word, after each epoch; the last one may be under way.
 *
 * @typedef {{training: number[], heldOut: number[]}} Losses
 */

/** @param {SVGElement} svg @param {Losses} losses */
export function drawLosses(svg, losses) {
  const { training, heldOut } = losses;
  const scale = makeScale(svg, losses);
  svg.setAttribute("viewBox", `0 0 ${scale.width} ${scale.height}`);
  svg.setAttribute("aria-label", describe(losses));
  svg.replaceChildren(
    ...grid(scale, training.length),
    ...curve(scale, heldOut, "held-out"),
    ...curve(scale, training, "loss"),
  );
}

/** @param {SVGElement} svg @param {Losses} losses */
function makeScale(svg, { training, heldOut }) {
  const width = svg.clientWidth || 340; // it is 0 in a view that is not shown
  const height = svg.clientHeight || 140;
  const high = Math.max(1, Math.ceil(Math.max(...training, ...heldOut)));
  const gaps = Math.max(1, training.length - 1);
  const x = (/** @type {number} */ i) => LEFT + ((width - LEFT - RIGHT) * i) / gaps;
  const y = (/** @type {number} */ loss) => TOP + ((height - TOP - BOTTOM) * (high - loss)) / high;
  return { width, height, high, x, y };
}

/** @param {ReturnType<typeof makeScale>} scale @param {number} rounds */
function grid({ width, height, high, y }, rounds) {
  const step = Math.ceil(high / MAX_GRID_LINES);
  const elements = [];
  for (let level = 0; level <= high; level += step) {
    const ends = { x1: LEFT, x2: width - RIGHT, y1: y(level), y2: y(level) };
    elements.push(makeSvg("line", { ...ends, class: "rule" }));
    elements.push(makeSvg("text", { x: LEFT - 6, y: y(level) + 5, class: "axis" }, String(level)));
  }
  const label = rounds > 1 ? `rounds 1 to ${rounds}` : "round 1";
  elements.push(makeSvg("text", { x: width - RIGHT, y: height - 4, class: "axis" }, label));
  return elements;
}

/** @param {ReturnType<typeof makeScale>} scale @param {number[]} values @param {string} name */
function curve({ x, y }, values, name) {
  if (!values.length) return [];
  const points = values.map((loss, i) => `${x(i).toFixed(1)} ${y(loss).toFixed(1)}`);
  const end = values.length - 1;
  return [
    makeSvg("path", { class: name, d: `M${points.join("L")}` }),
    makeSvg("circle", { class: `${name} end`, cx: x(end), cy: y(values[end]), r: 3.5 }),
  ];
}

/** @param {Losses} losses */
function describe({ training, heldOut }) {
  const range = (/** @type {number[]} */ values) =>
    `from ${values[0].toFixed(2)} to ${values[values.length - 1].toFixed(2)}`;
  const unseen = heldOut.length ? `, held-out loss ${range(heldOut)}` : "";
  return `Training loss ${range(training)}${unseen}`;
}
