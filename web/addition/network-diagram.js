/** The network as a drawing, with the values that flow through it. */

const WIDTH = 360,
  INPUT = 34,
  NODE = 180,
  OUTPUT = 320,
  LABELLED = 4;
const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A number as a drawing has room for it: 0.57, −23.5, 1.2e−7. */
export function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-3))
    return value.toExponential(1).replace("e+", "e").replaceAll("-", "−");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return Number(value.toFixed(digits))
    .toLocaleString("en", { maximumFractionDigits: 2 })
    .replace("-", "−");
}

/**
 * Draw into `svg`.
 * @param {object} weights as in core/addition.js
 * @param {{a: number, b: number, nodes: Float32Array, sum: number}} values
 */
export function drawNetwork(svg, { first, bias, last, offset }, { a, b, nodes, sum }) {
  const size = last.length,
    gap = size > 8 ? 26 : size > 2 ? 44 : 92,
    top = 30;
  const biased = offset !== 0 || bias.some(Boolean);
  const foot = biased ? 34 : 0,
    height = Math.max(170, top * 2 + gap * (size - 1) + foot),
    middle = (height - foot) / 2;
  const places = Array.from({ length: size }, (_, j) => middle + (j - (size - 1) / 2) * gap);
  const inputs = [middle - 48, middle + 48],
    labelled = size <= LABELLED;
  const edges = make("g", { class: "edges" }),
    over = make("g", {});
  const strongest = (values) =>
    values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  const arriving = [...first].map((weight, i) => weight * (i < size ? a : b));
  const leaving = [...last].map((weight, j) => weight * nodes[j]);
  const edge = (x1, y1, x2, y2, flow, most, weight, side) => {
    edges.append(
      make("line", {
        x1,
        y1,
        x2,
        y2,
        class: weight < 0 ? "minus" : "plus",
        "stroke-width": (0.6 + (4.4 * Math.abs(flow)) / most).toFixed(2),
      }),
    );
    const place = { x: x1 + (x2 - x1) * side, y: y1 + (y2 - y1) * side - 4, class: "weight" };
    if (labelled) over.append(make("text", place, brief(weight)));
  };
  places.forEach((y, j) => {
    inputs.forEach((from, k) =>
      edge(
        INPUT,
        from,
        NODE,
        y,
        arriving[k * size + j],
        strongest(arriving),
        first[k * size + j],
        k ? 0.76 : 0.48,
      ),
    ); // apart, so that no label lies on another
    edge(NODE, y, OUTPUT, middle, leaving[j], strongest(leaving), last[j], 0.5);
  });
  inputs.forEach((y, k) => node(over, INPUT, y, 24, brief(k ? b : a), "end"));
  places.forEach((y, j) =>
    node(
      over,
      NODE,
      y,
      size > 8 ? 10 : 19,
      size > 8 ? "" : nodes[j].toFixed(2),
      "hidden",
      nodes[j],
    ),
  );
  node(over, OUTPUT, middle, 26, brief(sum), "end");
  if (biased)
    over.append(
      make(
        "text",
        { x: WIDTH / 2, y: height - 10, class: "weight" },
        (labelled ? `biases ${[...bias].map(brief).join(", ")}; at the end ` : "bias at the end ") +
          brief(offset),
      ),
    );
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  const says = [...nodes].map((value) => value.toFixed(2)).join(", ");
  svg.setAttribute(
    "aria-label",
    `${brief(a)} and ${brief(b)} go in. The nodes say ${says}. ` +
      `The weights to the end are ${[...last].map(brief).join(", ")}. Out comes ${brief(sum)}.`,
  );
  svg.replaceChildren(edges, over);
}

function node(group, x, y, r, text, kind, full = 0) {
  group.append(make("circle", { cx: x, cy: y, r, class: kind }));
  if (full)
    group.append(
      make("circle", { cx: x, cy: y, r, class: "full", "fill-opacity": full.toFixed(3) }),
    );
  group.append(make("text", { x, y: y + 4, class: full > 0.55 ? "value over" : "value" }, text));
}

/**
 * Draw the losses, a number an epoch, on a logarithmic scale.
 * @param {object} words what there is to see before the first, what a number is called, and what it belongs to
 */
export function drawCurve(svg, losses, words = {}) {
  const {
    before = "The loss appears here as it learns.",
    name = "Held-out loss",
    turn = "epoch",
  } = words;
  const [width, height, left, bottom] = [360, 180, 66, 22];
  if (!losses.length) {
    svg.replaceChildren(make("text", { x: width / 2, y: height / 2, class: "weight" }, before));
    return svg.setAttribute("aria-label", before);
  }
  const logs = losses.map((loss) => Math.log10(Math.max(loss, 1e-12)));
  const low = Math.floor(Math.min(...logs)),
    high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
  const x = (i) => left + ((width - left - 12) * i) / Math.max(1, losses.length - 1);
  const y = (log) => 10 + ((height - bottom - 10) * (high - log)) / (high - low);
  const lines = make("g", {});
  for (let power = low; power <= high; power++) {
    lines.append(
      make("line", { x1: left, x2: width - 12, y1: y(power), y2: y(power), class: "rule" }),
      make(
        "text",
        { x: left - 8, y: y(power) + 5, class: "axis" },
        power < -2 ? `1e−${-power}` : brief(10 ** power),
      ),
    );
  }
  lines.append(
    make("text", { x: width - 12, y: height - 4, class: "axis" }, `${turn} ${losses.length}`),
  );
  const d = logs
    .map((log, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(log).toFixed(1)}`)
    .join("");
  svg.replaceChildren(lines, make("path", { class: "loss", d }));
  svg.setAttribute(
    "aria-label",
    `${name} after ${losses.length} ${turn}s: from ${brief(losses[0])} to ${brief(losses.at(-1))}`,
  );
}
