/** A sheet to draw on: by finger, mouse, pen, or with the arrow keys. */

import { DrawingBitmap, IMAGE_SIDE } from "../core/drawing-bitmap.js";
import { paint } from "./digit-canvas.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SHIFT_STEP = 4; // pixels
const PEN_ERASER = 32; // in PointerEvent.buttons

export class Pad {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} cursor Shows where the keyboard's pen is.
   * @param {(done: boolean) => void} onDraw Called after each change, and when a stroke is done.
   */
  constructor(canvas, cursor, onDraw) {
    this.canvas = canvas;
    this.cursor = cursor;
    this.onDraw = onDraw;
    this.bitmap = new DrawingBitmap();
    this.thickness = 2;
    this.isErasing = false;
    this.pen = [14.5, 14.5]; // of the keyboard
    this.isPenDown = false;
    this.pointer = null; // the event that began the current stroke
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(type, (event) => this.release(event));
    }
    canvas.addEventListener("keydown", (event) => this.onKey(event));
    canvas.addEventListener("blur", () => this.liftPen());
  }

  /**
   * Show a drawing.
   *
   * @param {DrawingBitmap} bitmap
   * @param {boolean} isExample Whether the visitor's first stroke replaces it.
   */
  show(bitmap, isExample = false) {
    this.bitmap = bitmap;
    this.isExample = isExample;
    paint(this.canvas, bitmap.pixels());
  }

  begin(event) {
    if (event.button !== 0 && !(event.buttons & PEN_ERASER)) return;
    event.preventDefault();
    if (this.pointer) {
      const isPalm = this.pointer.pointerType === "touch" && event.pointerType === "pen";
      if (!isPalm) return; // a second finger
      this.show(DrawingBitmap.unpack(this.before), this.wasExample);
    }
    this.pointer = event;
    this.before = this.bitmap.pack();
    this.wasExample = this.isExample;
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    this.last = this.pixelOf(event);
    this.drawTo(this.last, (event.buttons & PEN_ERASER) !== 0);
  }

  move(event) {
    if (event.pointerId !== this.pointer?.pointerId) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const step of coalesced.length ? coalesced : [event]) {
      this.drawTo(this.pixelOf(step), (event.buttons & PEN_ERASER) !== 0);
    }
  }

  release({ pointerId }) {
    if (pointerId !== this.pointer?.pointerId) return;
    this.pointer = null;
    this.end();
  }

  end() {
    if (!this.last) return;
    this.last = null;
    this.onDraw(true);
  }

  /** The position of an event, in pixels of the image. */
  pixelOf({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * IMAGE_SIDE, ((clientY - top) / height) * IMAGE_SIDE];
  }

  drawTo(position, usesPenEraser = false) {
    const erases = this.isErasing || usesPenEraser;
    if (this.isExample && !erases) this.bitmap = new DrawingBitmap();
    this.isExample = false;
    this.bitmap.stroke(this.last ?? position, position, this.thickness, erases ? 0 : 1);
    if (this.last) this.last = position;
    paint(this.canvas, this.bitmap.pixels());
    this.onDraw(false);
  }

  /** Arrow keys move the pen, with Shift farther; space sets it down and lifts it. */
  onKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== " ") return;
    event.preventDefault();
    if (arrow) {
      this.movePen(arrow, event.shiftKey ? SHIFT_STEP : 1);
    } else if (this.isPenDown) {
      this.liftPen();
      return;
    } else {
      this.isPenDown = true;
      this.last = this.pen;
    }
    if (this.isPenDown) this.drawTo(this.pen);
    this.showCursor();
  }

  movePen(direction, distance) {
    this.pen = this.pen.map((value, i) =>
      Math.min(IMAGE_SIDE - 0.5, Math.max(0.5, value + direction[i] * distance)),
    );
  }

  liftPen() {
    if (this.isPenDown) this.end();
    this.isPenDown = false;
    this.showCursor();
  }

  showCursor() {
    this.cursor.style.left = `${(this.pen[0] / IMAGE_SIDE) * 100}%`;
    this.cursor.style.top = `${(this.pen[1] / IMAGE_SIDE) * 100}%`;
    this.cursor.classList.toggle("down", this.isPenDown);
  }
}
