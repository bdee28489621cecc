// @ts-check
/** What moves on the page by itself. It can be paused; if the visitor prefers reduced motion, it starts paused. */

import { reducedMotion } from "../shared/reduced-motion.js";

export class Motion {
  constructor() {
    this.isStill = reducedMotion.matches;
    this.isPaused = this.isStill;
    /** Actions that came due while the page was paused, by name. @type {Map<string, () => void>} */
    this.held = new Map();
    /** @type {Map<string, number>} */
    this.timers = new Map();
  }

  /**
   * Do something later; it replaces what was planned under the same name.
   *
   * @param {number} milliseconds
   * @param {string} name
   * @param {() => void} action
   */
  after(milliseconds, name, action) {
    clearTimeout(this.timers.get(name));
    this.held.delete(name);
    const run = () => {
      if (this.isPaused) this.held.set(name, action);
      else action();
    };
    this.timers.set(name, setTimeout(run, milliseconds));
  }

  /** @param {boolean} isPaused */
  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) return;
    const actions = [...this.held.values()];
    this.held.clear();
    for (const action of actions) action();
  }
}
