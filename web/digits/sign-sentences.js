// @ts-check
/** What the page says while the visitor teaches signs. */

import { quote } from "../shared/format.js";
import { percent } from "./digit-canvas.js";
import { MIN_SIGNS } from "./sign-set.js";

const WHICH = "Which sign is it? Press its Add button.";

/**
 * What the network says about a drawing, and what to do next.
 *
 * @param {import("./sign-set.js").SignSet} set
 * @param {(number | null)[]} answer The confidence in each sign, null for one that it does not know.
 */
export function describeAnswer({ signs, isComplete }, answer) {
  if (answer.every((share) => share === null)) return WHICH;
  const share = Math.max(...answer.map((value) => value ?? 0));
  const { name } = signs[answer.indexOf(share)];
  const text = share < 0.5 ? "It is unsure: perhaps" : "It says";
  return `${text} ${quote(name)} (${percent(share)}).${isComplete ? "" : ` ${WHICH}`}`;
}

/**
 * What is still missing after an example was added.
 *
 * @param {import("./sign-set.js").SignSet} set
 * @param {number} index Of the sign that has a new example.
 */
export function describeProgress({ signs, isComplete, missing }, index) {
  const { name, examples } = signs[index];
  const added = `${quote(name)} has ${examples.length}.`;
  if (isComplete) return `${added} It knows your signs: draw one and see what it says.`;
  const known = signs.filter((sign) => sign.examples.length).length;
  if (known < MIN_SIGNS)
    return `${added} Draw another sign, too: with one there is nothing to tell apart.`;
  return `${added} ${missing}`;
}
