// @ts-check
/** How often faces blink or change their expression. */

const SHORTEST_MS = 1500;
const LONGEST_MS = 5000;

/** How long a face keeps still before it moves again, in milliseconds. */
export function blinkPause() {
  return SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
}
