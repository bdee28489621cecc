// @ts-check
/** The address of the lyrics page: all that is written has an entry of its own in the browser's history. */

import { addEntry } from "../shared/history-entries.js";
import { readHash, saveState, writeHash } from "../shared/url-state.js";
import { modernizeHash } from "./url-fields.js";

export class Link {
  /** @param {{form: import("../shared/url-state.js").Table, all: import("../shared/url-state.js").Table}} fields */
  constructor(fields) {
    this.fields = fields;
    /** @type {import("../shared/url-state.js").State} */
    this.state = {};
    /** Whether the address names something that was written. */
    this.isNamed = false;
    this.read();
  }

  /** Read the address again. */
  read() {
    const { state, known } = readHash(this.fields.all, modernizeHash(location.hash));
    this.state = state;
    this.isNamed = known;
  }

  /** Save changes to what is shown. @param {import("../shared/url-state.js").State} changes */
  save(changes = {}) {
    saveState(this.fields.all, this.state, changes);
  }

  /** Show something else; the Back button returns to what was there. @param {import("../shared/url-state.js").State} changes */
  add(changes) {
    Object.assign(this.state, changes);
    addEntry(writeHash(this.fields.all, this.state));
  }
}
