// @ts-check
/**
 * A face that moves its mouth while the words of a song appear, and blinks now and then.
 *
 * `python -m explore.avatars singers` draws the faces, one in each row of pictures/singers.webp: at rest, singing in two
 * ways, and with closed eyes.
 */

import { blinkPause } from "./blink-pause.js";
import { make } from "./dom.js";
import { reducedMotion } from "./reduced-motion.js";

/** How many faces there are. */
export const SINGERS = 8;

const [REST, OPEN, WIDE, BLINK] = [0, 1, 2, 3];
const COLUMNS = 4;
const MOUTH_MS = 110; // how long a mouth stays open
const BLINK_MS = 130;
const FADE_MS = 500; // as in controls.css
const LAST_BLINK_MS = 4000; // after the last word

export class SingingFace {
  /**
   * @param {HTMLElement} element Filled with the face.
   * @param {HTMLElement} song Each of its words is an element that is added, or that changes its class, when it appears.
   */
  constructor(element, song) {
    this.element = element;
    this.face = make("i");
    element.replaceChildren(this.face);
    this.index = 0;
    this.expression = REST;
    /** When the last word appeared, by the page's clock. */
    this.sungAt = -Infinity;
    new MutationObserver(() => this.sing()).observe(song, {
      ...{ childList: true, subtree: true },
      attributes: true,
      attributeFilter: ["class"],
    });
    this.show(REST);
  }

  /** Let another face appear over the last one, and sing. @param {number} index Any whole number; faces repeat. */
  change(index) {
    if (index % SINGERS === this.index) return;
    const before = this.face;
    this.index = index % SINGERS;
    this.face = make("i");
    this.show(REST);
    this.element.append(this.face);
    setTimeout(() => before.remove(), FADE_MS);
  }

  /** Open the mouth for a word, unless it is still open for an earlier one. */
  sing() {
    if (reducedMotion.matches) return;
    const now = performance.now();
    if (now - this.sungAt > LAST_BLINK_MS) this.blinkLater();
    this.sungAt = now;
    if (this.expression === OPEN || this.expression === WIDE) return;
    this.show(this.isWide ? WIDE : OPEN);
    this.isWide = !this.isWide;
    setTimeout(() => this.show(REST), MOUTH_MS);
  }

  /** Blink now and then until LAST_BLINK_MS after the last word. */
  blinkLater() {
    setTimeout(() => {
      if (performance.now() - this.sungAt > LAST_BLINK_MS) return;
      if (this.expression === REST) this.blink();
      this.blinkLater();
    }, blinkPause());
  }

  blink() {
    this.show(BLINK);
    setTimeout(() => this.show(REST), BLINK_MS);
  }

  /** @param {number} expression */
  show(expression) {
    this.expression = expression;
    const x = (100 * expression) / (COLUMNS - 1);
    const y = (100 * this.index) / (SINGERS - 1);
    this.face.style.backgroundPosition = `${x}% ${y}%`;
  }
}
