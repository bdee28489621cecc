// @ts-check
/** Scrolls to what an action changes. */

import { reducedMotion } from "./reduced-motion.js";

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
