// @ts-check
/** Parts of the page that most visitors do without: their code is loaded when their view is shown first. */

import { say } from "../shared/dom.js";

const NOT_LOADED = "This view could not be loaded. Check your connection, then reload the page.";

/**
 * @typedef {{show: () => void, ready: () => void}} Part
 */

/**
 * Make a part whose code is loaded when its view is first shown.
 *
 * @param {string} view
 * @param {() => Promise<(page: any) => Part>} load
 * @returns {(page: any) => Part & {redraw: () => void}}
 */
export const lazily = (view, load) => (page) => {
  /** @type {Part | undefined} */
  let part;
  let isLoading = false;
  let isReady = false;

  async function loadOnce() {
    if (isLoading || page.state.view !== view) return;
    isLoading = true;
    try {
      part = (await load())(page);
      part.show();
      if (isReady) part.ready();
    } catch {
      say(NOT_LOADED, true);
      isLoading = false;
    }
  }

  return {
    show: () => (part ? part.show() : loadOnce()),
    redraw: loadOnce,
    ready() {
      isReady = true;
      part?.ready();
    },
  };
};
