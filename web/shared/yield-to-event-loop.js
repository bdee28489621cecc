// @ts-check
/** Long work in a worker, cut into slices. */

/** Milliseconds of work between two looks at the messages. */
export const SLICE_MS = 12;

const { port1, port2 } = new MessageChannel();
/** @type {Function[]} */
const waiting = [];

port1.onmessage = () => waiting.shift()?.();

/** Let waiting messages be handled. A timer would wait four milliseconds or more each time. */
export const yieldToEventLoop = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
