// @ts-check
/** Notices if several tabs train at the same time. */

const LOCK = "gene training";

export class TrainingLock {
  constructor() {
    /** Releases the lock; undefined if this tab does not hold it. @type {(() => void) | undefined} */
    this.end = undefined;
  }

  /** Hold the lock until `release`. @param {() => void} onBusy Called if another tab has it. */
  hold(onBusy) {
    if (this.end) return;
    const held = new Promise((resolve) => {
      this.end = () => resolve(undefined);
    });
    // On plain HTTP, browsers have no `navigator.locks`.
    navigator.locks?.request(LOCK, { ifAvailable: true }, (lock) => (lock ? held : onBusy()));
  }

  release() {
    this.end?.();
    this.end = undefined;
  }
}
