/** Long work in a worker, cut into turns. */

const { port1, port2 } = new MessageChannel(),
  waiting = [];

port1.onmessage = () => waiting.shift()();

/** Let the messages in that have come. A timer would wait four milliseconds and more each time. */
export const turn = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
