/** A diagram of an addition network, with the values that flow through it. */

import { makeSvg } from "../shared/dom.js";
import { formatShort } from "../shared/format.js";

const WIDTH = 320;
const INPUT_X = 27;
const NODE_X = 164;
const OUTPUT_X = 290;
const MIN_TEXT = 14; // pixels on the screen
const MARGIN = 30;
const LINE_HEIGHT = 20; // of a caption
const MAX_LABELED = 2; // hidden nodes; the weights of larger networks are not written out
const MAX_LARGE = 4; // hidden nodes; those of larger networks are small circles without text

/**
 * Draw a network.
 *
 * @param {SVGElement} svg
 * @param {import("../core/addition.js").Weights} weights
 * @param {{a: number, b: number, nodes: Float32Array, sum: number}} values The inputs and what the network computes.
 */
export function drawNetwork(svg, weights, values) {
  const { first, bias, last, offset } = weights;
  const size = last.length;
  const hasBiases = offset !== 0 || bias.some(Boolean);
  const captions = hasBiases ? biasTexts(bias, offset) : [];
  const layout = layOut(size, captions.length * LINE_HEIGHT);
  const edges = makeSvg("g", { class: "edges" });
  const labels = makeSvg("g");
  drawEdges(edges, labels, layout, first, last, values);
  drawNodes(labels, layout, values);
  captions.forEach((text, i) => {
    const y = layout.height - 6 - (captions.length - 1 - i) * LINE_HEIGHT;
    labels.append(makeSvg("text", { x: WIDTH / 2, y, class: "weight" }, text));
  });
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${layout.height}`);
  fitText(svg);
  svg.setAttribute("aria-label", describe(last, values));
  svg.replaceChildren(edges, labels);
}

/** Make the text of a drawing large enough to read at the size that the drawing has now. */
export function fitText(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const scale = Math.min(svg.clientWidth / width, svg.clientHeight / height) || 1;
  svg.style.fontSize = `${MIN_TEXT / Math.min(1, scale)}px`;
}

/** The height of the drawing and the vertical positions of all nodes. */
function layOut(size, captionHeight) {
  const gap = size > MAX_LARGE ? 16 : size > 2 ? 44 : 92;
  const height = Math.max(170, MARGIN * 2 + gap * (size - 1) + captionHeight);
  const middle = (height - captionHeight) / 2;
  const hidden = Array.from({ length: size }, (_, j) => middle + (j - (size - 1) / 2) * gap);
  return { height, middle, inputs: [middle - 48, middle + 48], hidden };
}

/** Draw the weights as lines, as thick as the values that flow through them. */
function drawEdges(edges, labels, { inputs, hidden, middle }, first, last, { a, b, nodes }) {
  const size = last.length;
  const incoming = Array.from(first, (weight, i) => weight * (i < size ? a : b));
  const outgoing = Array.from(last, (weight, j) => weight * nodes[j]);
  const maxIncoming = largest(incoming);
  const maxOutgoing = largest(outgoing);
  const drawEdge = ({ from, to, weight, share, labelAt }) => {
    const [x1, y1] = from;
    const [x2, y2] = to;
    const width = (0.6 + 4.4 * Math.abs(share)).toFixed(2);
    const sign = weight < 0 ? "minus" : "plus";
    edges.append(makeSvg("line", { x1, y1, x2, y2, class: sign, "stroke-width": width }));
    if (size > MAX_LABELED) return;
    const x = x1 + (x2 - x1) * labelAt;
    const y = y1 + (y2 - y1) * labelAt - 4;
    labels.append(makeSvg("text", { x, y, class: "weight" }, formatShort(weight)));
  };
  hidden.forEach((y, j) => {
    inputs.forEach((inputY, k) => {
      const i = k * size + j;
      drawEdge({
        from: [INPUT_X, inputY],
        to: [NODE_X, y],
        weight: first[i],
        share: incoming[i] / maxIncoming,
        labelAt: 0.36, // before the lines cross, so that the labels do not overlap
      });
    });
    drawEdge({
      from: [NODE_X, y],
      to: [OUTPUT_X, middle],
      weight: last[j],
      share: outgoing[j] / maxOutgoing,
      labelAt: 0.5,
    });
  });
}

const largest = (values) => Math.max(1e-30, ...values.map(Math.abs));

function drawNodes(group, { inputs, hidden, middle }, { a, b, nodes, sum }) {
  const isLarge = hidden.length <= MAX_LARGE;
  drawNode(group, { x: INPUT_X, y: inputs[0], r: 24, text: formatShort(a), kind: "end" });
  drawNode(group, { x: INPUT_X, y: inputs[1], r: 24, text: formatShort(b), kind: "end" });
  hidden.forEach((y, j) => {
    const text = isLarge ? nodes[j].toFixed(2) : "";
    const r = isLarge ? 19 : 6.5;
    drawNode(group, { x: NODE_X, y, r, text, kind: "hidden", fill: nodes[j] });
  });
  drawNode(group, { x: OUTPUT_X, y: middle, r: 26, text: formatShort(sum), kind: "end" });
}

function drawNode(group, { x, y, r, text, kind, fill = 0 }) {
  group.append(makeSvg("circle", { cx: x, cy: y, r, class: kind }));
  if (fill) {
    const attributes = { cx: x, cy: y, r, class: "full", "fill-opacity": fill.toFixed(3) };
    group.append(makeSvg("circle", attributes));
  }
  const className = fill > 0.55 ? "value over" : "value";
  group.append(makeSvg("text", { x, y: y + 4, class: className }, text));
}

function biasTexts(bias, offset) {
  const last = `output bias ${formatShort(offset)}`;
  return bias.length > MAX_LABELED
    ? [last]
    : [`biases ${Array.from(bias, formatShort).join(", ")}`, last];
}

/** The diagram in words, for screen readers. */
function describe(last, { a, b, nodes, sum }) {
  const values = Array.from(nodes, (value) => value.toFixed(2)).join(", ");
  const weights = Array.from(last, formatShort).join(", ");
  return (
    `Inputs ${formatShort(a)} and ${formatShort(b)}. Nodes ${values}. ` +
    `Output weights ${weights}. Output ${formatShort(sum)}.`
  );
}
