// @ts-check
/**
 * The visitor's signs and their examples, and their earlier states, so that every change can be undone.
 *
 * @typedef {{pixels: Uint8Array<ArrayBuffer>, features: Float32Array}} Example A drawing as 784 bytes, and what the last
 *   layer reads of it.
 * @typedef {{name: string, examples: Example[]}} Sign
 */

import { quote } from "../shared/format.js";
import { UserError } from "../shared/user-error.js";

export const MIN_SIGNS = 2;
export const MAX_SIGNS = 6;
/** Examples of each sign that are asked for. */
export const WANTED = 10;
export const MAX_EXAMPLES = 30;
export const MAX_NAME_LENGTH = 20;
const NAMES = ["A", "B", "C", "D", "E", "F"];

export class SignSet {
  constructor() {
    /** @type {Sign[]} */
    this.signs = NAMES.slice(0, MIN_SIGNS).map((name) => ({ name, examples: [] }));
    /** Earlier states, the latest last. @type {Sign[][]} */
    this.past = [];
  }

  /** @param {Sign[]} signs */
  change(signs) {
    this.past.push(this.signs);
    this.signs = signs;
  }

  /** Return to the state before the last change. */
  undo() {
    this.signs = this.past.pop() ?? this.signs;
  }

  get isEmpty() {
    return this.signs.every(({ examples }) => !examples.length);
  }

  /** Whether every sign has as many examples as wanted. */
  get isComplete() {
    return this.signs.every(({ examples }) => examples.length >= WANTED);
  }

  /** Change one sign. @param {number} index @param {Partial<Sign>} changes */
  changeSign(index, changes) {
    this.change(this.signs.map((sign, i) => (i === index ? { ...sign, ...changes } : sign)));
  }

  /** @param {number} index Of the sign. @param {Example} example @throws {UserError} It is a copy, or one too many. */
  addExample(index, example) {
    const { name, examples } = this.signs[index];
    const twin = this.signs.find((sign) => sign.examples.some((other) => isSame(other, example)));
    if (twin?.name === name)
      throw new UserError(
        `${quote(name)} already has this exact drawing, so a copy would teach it nothing: draw the sign a little differently.`,
      );
    if (twin)
      throw new UserError(
        `This exact drawing is already an example of ${quote(twin.name)}, and it can belong to one sign only: delete it there first.`,
      );
    if (examples.length === MAX_EXAMPLES)
      throw new UserError(
        `${quote(name)} has ${MAX_EXAMPLES} examples, the most that a sign may have: delete one first.`,
      );
    this.changeSign(index, { examples: [...examples, example] });
  }

  /** @param {number} index Of the sign. @param {number} position Of the example. */
  removeExample(index, position) {
    const { examples } = this.signs[index];
    this.changeSign(index, { examples: examples.filter((_, i) => i !== position) });
  }

  addSign() {
    const taken = this.signs.map(({ name }) => name);
    const name = NAMES.find((letter) => !taken.includes(letter)) ?? "";
    this.change([...this.signs, { name, examples: [] }]);
  }

  /** @param {number} index */
  removeSign(index) {
    this.change(this.signs.filter((_, i) => i !== index));
  }

  /**
   * @param {number} index
   * @param {string} text
   * @returns {string} What to say about it; "" for nothing.
   * @throws {UserError} Another sign has this name, or it is empty.
   */
  rename(index, text) {
    const name = shorten(text);
    const kept = quote(this.signs[index].name);
    if (!name) throw new UserError(`A sign needs a name, so this one is still called ${kept}.`);
    if (this.signs.some((sign, i) => i !== index && sign.name === name))
      throw new UserError(
        `Another sign is called ${quote(name)}, so this one is still called ${kept}.`,
      );
    this.changeSign(index, { name });
    const isCut = name.length < text.trim().length;
    return isCut ? `A name has at most ${MAX_NAME_LENGTH} letters: this one was shortened.` : "";
  }

  /** Which examples are missing, as a sentence; "" if none. */
  get missing() {
    const parts = this.signs
      .map(({ name, examples }) => ({ name, count: WANTED - examples.length }))
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => `${count} of ${quote(name)}`);
    return parts.length ? `Still missing: ${parts.join(", ")}.` : "";
  }
}

/** A name without blanks around it, and not too long. @param {string} text */
export const shorten = (text) =>
  Array.from(text.replace(/\s+/g, " ").trim()).slice(0, MAX_NAME_LENGTH).join("").trim();

/** @param {Example} a @param {Example} b */
const isSame = (a, b) => a.pixels.every((value, i) => value === b.pixels[i]);
