// @ts-check
/** Notices if several tabs train at the same time. */

const LOCK = "gene training";

export class TrainingLock {
  constructor() {
    /** Ends what this tab holds; undefined if it holds nothing. @type {(() => void) | undefined} */
    this.end = undefined;
  }

  /** Hold the lock until `release`. @param {() => void} onBusy Called if another tab has it. */
  hold(onBusy) {
    if (this.end) return;
    const held = new Promise((resolve) => {
      this.end = () => resolve(undefined);
    });
    // Browsers have no locks on plain http.
    navigator.locks?.request(LOCK, { ifAvailable: true }, (lock) => (lock ? held : onBusy()));
  }

  release() {
    this.end?.();
    this.end = undefined;
  }
}
