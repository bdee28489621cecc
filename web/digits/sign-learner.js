// @ts-check
/** Learns the visitor's signs: the last layer of a network that tells them apart. */

import { headLogits, learnHead, softmax } from "../core/softmax-head.js";
import { MIN_SIGNS } from "./sign-set.js";

const WEIGHT_DECAY = 0.17; // = 0.001 * 13 ** 2: features of drawings have length 13 instead of 1

export class SignLearner {
  constructor() {
    /** @type {import("../core/softmax-head.js").Head | null} */
    this.head = null;
    /** The signs that have examples: those that the head tells apart. @type {number[]} */
    this.known = [];
  }

  /** @param {import("./sign-set.js").Sign[]} signs */
  learn(signs) {
    this.known = signs.flatMap(({ examples }, i) => (examples.length ? [i] : []));
    const labels = this.known.flatMap((sign, label) => signs[sign].examples.map(() => label));
    const numClasses = this.known.length;
    const settings = { numClasses, weightDecay: WEIGHT_DECAY };
    this.head = numClasses < MIN_SIGNS ? null : learnHead(joinFeatures(signs), labels, settings);
  }

  /** The confidence in each sign, null for those without examples. @param {Float32Array} features @param {number} count Of signs. */
  confidences(features, count) {
    if (!this.head) return Array(count).fill(null);
    return this.spread([...softmax(headLogits(this.head, features))], count);
  }

  /** A value per sign, null for unknown ones. @param {ArrayLike<number>} values @param {number} count */
  spread(values, count) {
    const all = Array(count).fill(null);
    this.known.forEach((sign, label) => {
      all[sign] = values[label];
    });
    return all;
  }

  /** The mean confidence in a sign in its own examples. @param {import("./sign-set.js").Sign[]} signs @param {number} index */
  meanConfidence(signs, index) {
    const { examples } = signs[index];
    const sum = examples.reduce(
      (total, { features }) => total + this.confidences(features, signs.length)[index],
      0,
    );
    return sum / examples.length;
  }
}

/** @param {import("./sign-set.js").Sign[]} signs */
function joinFeatures(signs) {
  const rows = signs.flatMap(({ examples }) => examples.map(({ features }) => features));
  const joined = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  rows.forEach((row, i) => {
    joined.set(row, i * row.length);
  });
  return joined;
}
