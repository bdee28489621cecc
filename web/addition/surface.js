/** A surface that turns under the finger: the errors of a network over all pairs, on a plain canvas. */

const HEIGHT = 0.62,
  FAR = 3.2,
  TILT = [0.15, 1.35];

/** Blue where the network says too little, orange where it says too much, paper where it is right. */
function shade(share, light) {
  const [r, g, b] = share > 0 ? [214, 104, 42] : [38, 112, 168],
    depth = Math.min(1, Math.abs(share)) ** 0.7;
  const paper = light ? [247, 241, 229] : [52, 48, 41];
  return `rgb(${[r, g, b].map((value, i) => Math.round(paper[i] + (value - paper[i]) * depth)).join(" ")})`;
}

export class Surface {
  /** @param {(yaw: number) => void} onTurn called with whole degrees after the visitor turned it */
  constructor(canvas, onTurn) {
    Object.assign(this, { canvas, onTurn, yaw: 35, tilt: 0.55, points: [], errors: [] });
    this.light = matchMedia("(prefers-color-scheme: light)");
    this.light.addEventListener("change", () => this.draw());
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.from = [event.clientX, event.clientY, this.yaw, this.tilt];
    });
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"])
      canvas.addEventListener(end, () => {
        this.from = null;
      });
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  show({ points, errors }) {
    Object.assign(this, { points, errors });
    this.largest = errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0.5);
    this.draw();
  }

  turn(yaw, tilt = this.tilt) {
    this.yaw = ((Math.round(yaw) % 360) + 360) % 360;
    this.tilt = Math.min(TILT[1], Math.max(TILT[0], tilt));
    this.draw();
  }

  drag({ clientX, clientY }) {
    if (!this.from) return;
    const [x, y, yaw, tilt] = this.from;
    this.turn(yaw - (clientX - x) * 0.5, tilt + (clientY - y) * 0.006);
    this.onTurn(this.yaw);
  }

  key(event) {
    const turns = {
      ArrowLeft: [10, 0],
      ArrowRight: [-10, 0],
      ArrowUp: [0, 0.1],
      ArrowDown: [0, -0.1],
    }[event.key];
    if (!turns) return;
    event.preventDefault();
    this.turn(this.yaw + turns[0], this.tilt + turns[1]);
    this.onTurn(this.yaw);
  }

  /** A point of the unit cube, its middle at 0, to the canvas. */
  project(x, y, z) {
    const angle = (this.yaw * Math.PI) / 180,
      [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const across = x * cos - y * sin,
      away = x * sin + y * cos;
    const up = z * Math.cos(this.tilt) - away * Math.sin(this.tilt);
    const depth = away * Math.cos(this.tilt) + z * Math.sin(this.tilt);
    const near = (FAR / (FAR + depth)) * this.scale;
    return [this.width / 2 + across * near, this.height / 2 - up * near, depth];
  }

  draw() {
    const { canvas } = this,
      ratio = devicePixelRatio || 1,
      { clientWidth, clientHeight } = canvas;
    if (!clientWidth || !this.points.length) return;
    canvas.width = clientWidth * ratio;
    canvas.height = clientHeight * ratio;
    this.pen = canvas.getContext("2d");
    this.pen.scale(ratio, ratio);
    const scale = Math.min(clientWidth / 1.62, clientHeight / 1.3);
    Object.assign(this, { width: clientWidth, height: clientHeight, scale });
    const ink = getComputedStyle(canvas).color;
    this.floor(ink);
    const size = this.points.length,
      at = (i) => this.points[i] / this.points[size - 1] - 0.5;
    const corner = (i, j) =>
      this.project(at(i), at(j), ((this.errors[i * size + j] / this.largest) * HEIGHT) / 2);
    const corners = Array.from({ length: size * size }, (_, k) =>
      corner(Math.floor(k / size), k % size),
    );
    const tiles = [];
    for (let i = 0; i + 1 < size; i++)
      for (let j = 0; j + 1 < size; j++) {
        const places = [i * size + j, (i + 1) * size + j, (i + 1) * size + j + 1, i * size + j + 1];
        const mean = (values) => places.reduce((sum, place) => sum + values(place), 0) / 4;
        tiles.push({
          places,
          far: mean((place) => corners[place][2]),
          error: mean((place) => this.errors[place]),
        });
      }
    tiles.sort((one, other) => other.far - one.far);
    for (const { places, error } of tiles) {
      this.tile(
        places.map((place) => corners[place]),
        shade(error / this.largest, this.light.matches),
      );
    }
    this.label(ink);
  }

  tile(corners, colour) {
    const { pen } = this;
    pen.beginPath();
    corners.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.fillStyle = colour;
    pen.fill();
    pen.strokeStyle = this.light.matches ? "rgb(38 35 30 / 0.22)" : "rgb(236 230 217 / 0.2)";
    pen.lineWidth = 0.6;
    pen.stroke();
  }

  /** The square of no error. */
  floor(ink) {
    const { pen } = this,
      square = [
        [-0.5, -0.5],
        [0.5, -0.5],
        [0.5, 0.5],
        [-0.5, 0.5],
      ];
    const corners = square.map(([x, y]) => this.project(x, y, 0));
    pen.clearRect(0, 0, this.width, this.height);
    pen.globalAlpha = 0.5;
    pen.strokeStyle = ink;
    pen.setLineDash([3, 4]);
    pen.beginPath();
    corners.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  /** Which corner is which, over everything else, with a rim in the colour of the sheet. */
  label(ink) {
    const { pen } = this,
      top = this.points.at(-1).toLocaleString("en");
    pen.font = "12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = this.light.matches ? "#fffdf8" : "#1d1b17";
    pen.fillStyle = ink;
    for (const [text, x, y] of [
      ["0 + 0", -0.62, -0.62],
      [`a = ${top}`, 0.64, -0.6],
      [`b = ${top}`, -0.6, 0.64],
    ]) {
      const [left, height] = this.project(x, y, 0);
      const place = [
        Math.min(this.width - 36, Math.max(36, left)),
        Math.min(this.height - 6, Math.max(14, height)),
      ];
      pen.strokeText(text, ...place);
      pen.fillText(text, ...place);
    }
  }
}
