// @ts-check
/** The portrait blinks, looks down and smiles now and then, as long as the visitor is there and wants motion. */

import { blinkPause } from "../shared/blink-pause.js";
import { reducedMotion } from "../shared/reduced-motion.js";

/** Variants of some attributes, and for how long a face has them. */
const EXPRESSIONS = [
  { variants: { eyes: "bow" }, milliseconds: 130 },
  { variants: { eyes: "humble" }, milliseconds: 600 },
  { variants: { mouth: "smile", eyebrows: "happy" }, milliseconds: 1200 },
];
const BLINK = EXPRESSIONS[0];
const ATTENTION_MS = 30_000; // after the visitor's last action

/** @typedef {typeof EXPRESSIONS[number]["variants"]} Variants */

export class Liveliness {
  /**
   * @param {(variants: Variants) => Promise<Uint8ClampedArray | undefined>} draw Draws the face with other variants, RGBA;
   *   undefined if it would look the same.
   * @param {(pixels?: Uint8ClampedArray) => void} paint Shows pixels or, without any, the portrait as it is.
   */
  constructor(draw, paint) {
    this.draw = draw;
    this.paint = paint;
    this.timer = 0;
    /** Changes when the portrait does, so that a late drawing is dropped. */
    this.token = 0;
    this.isMoved = false;
    this.actedAt = performance.now();
    for (const type of ["pointerdown", "keydown"])
      addEventListener(type, () => this.rest(), { capture: true });
  }

  /** Keep the portrait still for a moment, because the visitor has acted or it has changed. */
  rest() {
    this.actedAt = performance.now();
    this.token++;
    if (this.isMoved) this.paint();
    this.isMoved = false;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.move(), blinkPause());
  }

  /** Show another expression for a moment. */
  async move() {
    if (performance.now() - this.actedAt > ATTENTION_MS) return; // until the next action
    const { token } = this;
    const isWanted = !reducedMotion.matches && !document.hidden;
    const { variants, milliseconds } = choose();
    const pixels = isWanted && (await this.draw(variants));
    if (token !== this.token) return;
    if (!pixels) {
      this.wait();
      return;
    }
    this.paint(pixels);
    this.isMoved = true;
    this.timer = setTimeout(() => this.settle(), milliseconds);
  }

  /** Show the portrait as it is again. */
  settle() {
    this.paint();
    this.isMoved = false;
    this.wait();
  }
}

/** Every other time a blink, otherwise any expression. */
function choose() {
  if (Math.random() < 0.5) return BLINK;
  return EXPRESSIONS[Math.floor(Math.random() * EXPRESSIONS.length)];
}
