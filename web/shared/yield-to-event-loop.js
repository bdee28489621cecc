// @ts-check
/** Long work in a worker, cut into slices. */

/** Milliseconds of work between two checks for messages. */
export const SLICE_MS = 12;

const { port1, port2 } = new MessageChannel();
/** @type {Function[]} */
const waiting = [];

port1.onmessage = () => waiting.shift()?.();

/** Let pending messages be handled. A timer would take four milliseconds or more each time. */
export const yieldToEventLoop = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
