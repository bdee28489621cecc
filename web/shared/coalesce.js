// @ts-check
/** Work that is requested more often than it can be done. */

/**
 * Make a function that runs `work`, one call at a time. Of the calls that arrive while one runs, only the last is done.
 *
 * @template {any[]} Args
 * @param {(...args: Args) => Promise<void>} work
 * @returns {(...args: Args) => Promise<void>}
 */
export function coalesce(work) {
  let isRunning = false;
  /** @type {Args | null} */
  let waiting = null;
  return async function call(...args) {
    if (isRunning) {
      waiting = args;
      return;
    }
    isRunning = true;
    try {
      await work(...args);
    } finally {
      isRunning = false;
    }
    if (!waiting) return;
    const next = waiting;
    waiting = null;
    call(...next);
  };
}
