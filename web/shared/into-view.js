// @ts-check
/** Scrolls to what an action changes. */

import { reducedMotion } from "./reduced-motion.js";

const HIGH = 0.25; // of the window: below it there is no room for a song

/**
 * Scroll an element into view if necessary, so that visitors see what their action does.
 *
 * @param {Element} element
 */
export function bringIntoView(element) {
  element.scrollIntoView({
    block: "nearest",
    behavior: reducedMotion.matches ? "instant" : "smooth",
  });
}

/** Scroll the result of an action to the top of the window, unless it is near it. @param {HTMLElement} element */
export function bringToTop(element) {
  if (document.documentElement.classList.contains("embedded")) return; // it would move the page around the frame
  const { top } = element.getBoundingClientRect();
  if (top < 0 || top > HIGH * innerHeight) element.scrollIntoView({ block: "start" });
}
