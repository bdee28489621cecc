/** A sheet to draw on: by finger, mouse, pen, or with the arrow keys. */

import { Ink, PIXELS } from "../core/drawing-bitmap.js";
import { paint } from "./digit-canvas.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RUBBER_END = 32; // of a pen, in PointerEvent.buttons

export class Pad {
  /**
   * @param {HTMLElement} cursor shows where the keyboard's pen is
   * @param {(done: boolean) => void} onDraw called after each change, and when a stroke is done
   */
  constructor(canvas, cursor, onDraw) {
    Object.assign(this, { canvas, cursor, onDraw, ink: new Ink(), thickness: 2, rubber: false });
    Object.assign(this, { place: [14.5, 14.5], down: false }); // the keyboard's pen
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"])
      canvas.addEventListener(end, () => this.end());
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => this.lift());
  }

  /** @param {boolean} example whether the visitor's first stroke takes its place */
  show(ink, example = false) {
    Object.assign(this, { ink, example });
    paint(this.canvas, ink.pixels());
  }

  begin(event) {
    if (event.button !== 0 && !(event.buttons & RUBBER_END)) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    this.last = this.at(event);
    this.draw(this.last, event.buttons & RUBBER_END);
  }

  move(event) {
    if (!this.last) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const step of between.length ? between : [event])
      this.draw(this.at(step), event.buttons & RUBBER_END);
  }

  end() {
    if (!this.last) return;
    this.last = null;
    this.onDraw(true);
  }

  /** Where an event is, in pixels of 28 across. */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * PIXELS, ((clientY - top) / height) * PIXELS];
  }

  draw(place, rubber = false) {
    const rubs = this.rubber || rubber;
    if (this.example && !rubs) this.ink = new Ink(); // the first stroke takes a new sheet
    this.example = false;
    this.ink.stroke(this.last ?? place, place, this.thickness, rubs ? 0 : 1);
    if (this.last) this.last = place;
    paint(this.canvas, this.ink.pixels());
    this.onDraw(false);
  }

  /** Arrows move the pen, with Shift four pixels at once; space sets it down and lifts it. */
  key(event) {
    const arrow = ARROWS[event.key],
      far = event.shiftKey ? 4 : 1;
    if (!arrow && event.key !== " ") return;
    event.preventDefault();
    if (arrow)
      this.place = this.place.map((value, i) =>
        Math.min(PIXELS - 0.5, Math.max(0.5, value + arrow[i] * far)),
      );
    if (!arrow && this.down) return this.lift();
    if (!arrow) [this.down, this.last] = [true, this.place];
    if (this.down) this.draw(this.place);
    this.point();
  }

  lift() {
    if (this.down) this.end();
    this.down = false;
    this.point();
  }

  point() {
    this.cursor.style.left = `${(this.place[0] / PIXELS) * 100}%`;
    this.cursor.style.top = `${(this.place[1] / PIXELS) * 100}%`;
    this.cursor.classList.toggle("down", this.down);
  }
}
