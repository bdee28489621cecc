/** The network's worker as pages speak with it: songs as they come, and questions that have one answer. */

const ANSWERS = { recall: "recalled", consider: "considered" };

export class Singer {
  /** @param {object} on what is to be done about {progress, ready, remembers, trouble}, as `lyrics/worker.js` says them */
  constructor(on) {
    Object.assign(this, { ids: 0, waiting: {} });
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { type, id, ...told } }) => {
      if (id === undefined) on[type]?.(told);
      else if (this.waiting[type]?.id === id) this.waiting[type].hear(told);
    };
    this.worker.onerror = () =>
      on.trouble({
        text: "This browser could not start the network’s worker. A newer browser can.",
      });
  }

  load(run) {
    this.worker.postMessage({ type: "load", run });
  }

  interrupt() {
    this.worker.postMessage({ type: "interrupt" });
  }

  /** Sing what `request` says; `onWords(words, unknown)` hears it. What `complete` says, unless another song came. */
  write(request, onWords) {
    this.waiting.sung = { id: this.ids + 1, hear: ({ words, unknown }) => onWords(words, unknown) };
    return this.send("write", "complete", request);
  }

  /** The answer to `recall` or `consider`, unless another question of the kind came. */
  ask(type, message) {
    return this.send(type, ANSWERS[type], message);
  }

  send(type, answer, message) {
    return new Promise((hear) => {
      this.waiting[answer] = { id: ++this.ids, hear };
      this.worker.postMessage({ type, id: this.ids, ...message });
    });
  }

  end() {
    this.worker.terminate();
  }
}
