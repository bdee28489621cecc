// @ts-check
/** The error surface of a network over all pairs of numbers, drawn on a canvas; the visitor can turn it. */

import { formatCount } from "../shared/format.js";

const HEIGHT = 0.62; // of the surface, as a share of its width
const DISTANCE = 3.2; // from the eye to the middle, in widths
const MIN_TILT = 0.15; // radians
const MAX_TILT = 1.35;
const CORNERS = [
  [-0.5, -0.5],
  [0.5, -0.5],
  [0.5, 0.5],
  [-0.5, 0.5],
];
const TURNS = {
  ArrowLeft: [10, 0],
  ArrowRight: [-10, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

const TOO_LARGE = [214, 104, 42]; // orange
const TOO_SMALL = [38, 112, 168]; // blue
const PALETTES = {
  light: {
    right: [247, 241, 229],
    lines: "rgb(38 35 30 / 0.22)",
    background: "#fffdf8",
  },
  dark: {
    right: [52, 48, 41],
    lines: "rgb(236 230 217 / 0.2)",
    background: "#1d1b17",
  },
};

/** The color of an error, from -1 to 1. */
function errorColor(error, palette) {
  const target = error > 0 ? TOO_LARGE : TOO_SMALL;
  const share = Math.min(1, Math.abs(error)) ** 0.7;
  const channels = palette.right.map((from, i) => Math.round(from + (target[i] - from) * share));
  return `rgb(${channels.join(" ")})`;
}

/** Call a function when the size of an element changes; without ResizeObserver, when that of the window does. */
export function observeSize(element, onChange) {
  if (globalThis.ResizeObserver) new ResizeObserver(onChange).observe(element);
  else addEventListener("resize", onChange);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export class Surface {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(yaw: number) => void} onTurn Called with whole degrees after the visitor has turned the surface.
   */
  constructor(canvas, onTurn) {
    this.canvas = canvas;
    this.onTurn = onTurn;
    this.yaw = 35; // degrees
    this.tilt = 0.55; // radians
    /** @type {Float32Array} */
    this.points = new Float32Array();
    /** @type {Float32Array} */
    this.errors = new Float32Array();
    this.drag = null;
    this.colorScheme = matchMedia("print, (prefers-color-scheme: light)");
    this.colorScheme.addEventListener("change", () => this.draw());
    observeSize(canvas, () => this.draw());
    canvas.addEventListener("pointerdown", (event) => this.startDrag(event));
    canvas.addEventListener("pointermove", (event) => this.moveDrag(event));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(end, ({ pointerId }) => {
        if (pointerId === this.drag?.pointerId) this.drag = null;
      });
    }
    canvas.addEventListener("keydown", (event) => this.handleKey(event));
  }

  /**
   * Show another surface.
   *
   * @param {{points: Float32Array, errors: Float32Array}} surface The errors at every pair of points; the second number
   *     changes fastest.
   */
  show({ points, errors }) {
    this.points = points;
    this.errors = errors;
    this.maxError = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0.5);
    this.draw();
  }

  turn(yaw, tilt = this.tilt) {
    this.yaw = ((Math.round(yaw) % 360) + 360) % 360;
    this.tilt = clamp(tilt, MIN_TILT, MAX_TILT);
    this.draw();
  }

  startDrag({ pointerId, clientX, clientY }) {
    if (this.drag) return; // a second finger
    this.canvas.setPointerCapture(pointerId);
    this.drag = { pointerId, x: clientX, y: clientY, yaw: this.yaw, tilt: this.tilt };
  }

  moveDrag({ pointerId, clientX, clientY }) {
    if (pointerId !== this.drag?.pointerId) return;
    const { x, y, yaw, tilt } = this.drag;
    this.turn(yaw - (clientX - x) * 0.5, tilt + (clientY - y) * 0.006);
    this.onTurn(this.yaw);
  }

  handleKey(event) {
    const change = TURNS[event.key];
    if (!change) return;
    event.preventDefault();
    this.turn(this.yaw + change[0], this.tilt + change[1]);
    this.onTurn(this.yaw);
  }

  /** Project a point of the unit cube, centered at 0, onto the canvas: [x, y, depth]. */
  project(x, y, z) {
    const angle = (this.yaw * Math.PI) / 180;
    const across = x * Math.cos(angle) - y * Math.sin(angle);
    const away = x * Math.sin(angle) + y * Math.cos(angle);
    const up = z * Math.cos(this.tilt) - away * Math.sin(this.tilt);
    const depth = away * Math.cos(this.tilt) + z * Math.sin(this.tilt);
    const scale = (DISTANCE / (DISTANCE + depth)) * this.scale;
    return [this.width / 2 + across * scale, this.height / 2 - up * scale, depth];
  }

  draw() {
    const { clientWidth, clientHeight } = this.canvas;
    if (!clientWidth || !this.points.length) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = clientWidth * ratio;
    this.canvas.height = clientHeight * ratio;
    this.context = this.canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    this.width = clientWidth;
    this.height = clientHeight;
    this.scale = Math.min(clientWidth / 1.62, clientHeight / 1.3);
    this.palette = PALETTES[this.colorScheme.matches ? "light" : "dark"];
    this.ink = getComputedStyle(this.canvas).color;
    this.context.clearRect(0, 0, this.width, this.height);
    this.drawFloor();
    for (const tile of this.tiles()) this.drawTile(tile);
    this.drawLabels();
  }

  /** The tiles of the surface, farthest first, each {corners, depth, error}. */
  tiles() {
    const size = this.points.length;
    const position = (i) => this.points[i] / this.points[size - 1] - 0.5;
    const corners = Array.from(this.errors, (error, k) => {
      const height = ((error / this.maxError) * HEIGHT) / 2;
      return this.project(position(Math.floor(k / size)), position(k % size), height);
    });
    const tiles = [];
    for (let i = 0; i + 1 < size; i++) {
      for (let j = 0; j + 1 < size; j++) {
        const indices = [
          i * size + j,
          (i + 1) * size + j,
          (i + 1) * size + j + 1,
          i * size + j + 1,
        ];
        const mean = (value) => indices.reduce((sum, k) => sum + value(k), 0) / 4;
        tiles.push({
          corners: indices.map((k) => corners[k]),
          depth: mean((k) => corners[k][2]),
          error: mean((k) => this.errors[k]),
        });
      }
    }
    return tiles.sort((a, b) => b.depth - a.depth);
  }

  drawTile({ corners, error }) {
    const { context } = this;
    this.tracePolygon(corners);
    context.fillStyle = errorColor(error / this.maxError, this.palette);
    context.fill();
    context.strokeStyle = this.palette.lines;
    context.lineWidth = 0.6;
    context.stroke();
  }

  /** Draw the square where the error is zero. */
  drawFloor() {
    const { context } = this;
    this.tracePolygon(CORNERS.map(([x, y]) => this.project(x, y, 0)));
    context.globalAlpha = 0.5;
    context.strokeStyle = this.ink;
    context.setLineDash([3, 4]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  tracePolygon(corners) {
    const { context } = this;
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(x, y); // the first one only moves there
    context.closePath();
  }

  /** Label the corners, above everything else and outlined in the background color. */
  drawLabels() {
    const { context } = this;
    const top = formatCount(this.points.at(-1));
    context.font = "14px system-ui, sans-serif";
    context.textAlign = "center";
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = this.palette.background;
    context.fillStyle = this.ink;
    this.drawLabel("0 + 0", -0.62, -0.62);
    this.drawLabel(`a = ${top}`, 0.64, -0.6);
    this.drawLabel(`b = ${top}`, -0.6, 0.64);
  }

  drawLabel(text, x, y) {
    const [left, top] = this.project(x, y, 0);
    const [safeX, safeY] = [clamp(left, 36, this.width - 36), clamp(top, 14, this.height - 6)];
    this.context.strokeText(text, safeX, safeY);
    this.context.fillText(text, safeX, safeY);
  }
}
