/** Work that is asked for more often than it can be done: of the calls that come while one runs, the last alone is done. */

/** @param {(...values: any[]) => Promise<void>} work */
export function latest(work) {
  let running = false,
    waiting = null;
  return async function call(...values) {
    if (running) {
      waiting = values;
      return;
    }
    running = true;
    await work(...values);
    running = false;
    if (waiting) {
      const next = waiting;
      waiting = null;
      call(...next);
    }
  };
}
