// @ts-check
/**
 * Sixteen people: those that a seed generates, and what the visitor has changed about them.
 *
 * @typedef {import("../core/avatars.js").Attribute} Attribute
 * @typedef {import("../core/avatars.js").Face} Face
 */

import { faceFromSeed, hiddenBy, oneHot, seedsFrom } from "../core/avatars.js";
import { encodeFace, seedOfName } from "../core/face-code.js";
import { mixedLabels, mixFaces } from "../core/face-mixture.js";
import { COUNT, formatOwn, formatWanted, parseOwn, parseWanted } from "./url-fields.js";

export class Population {
  /**
   * @param {{meta: any, page: any, side: number, hasAlpha: boolean}} network
   * @param {Record<string, any>} state The fields of the link.
   */
  constructor({ meta, page, side, hasAlpha }, state) {
    /** Width and height of a face in pixels. */
    this.side = side;
    this.hasAlpha = hasAlpha;
    /** @type {Attribute[]} */
    this.attributes = meta.data.attributes;
    /** @type {number} */
    this.latentDim = meta.config.latent_dim;
    /** @type {import("../core/avatars.js").Rule[]} */
    this.rules = page.rules ?? [];
    /** Names of the attributes that blend in a mixture. */
    this.colors = Object.keys(page.swatches);
    this.state = state;
    /** @type {Face[]} */
    this.people = [];
    /** The seed and the wildness that they were drawn with. */
    this.key = "";
    this.refresh();
  }

  /** Generate the people again if the seed or the wildness has changed. */
  refresh() {
    const { attributes, latentDim, rules, state } = this;
    const key = `${state.seed} ${state.wild}`;
    if (key === this.key) return;
    this.key = key;
    this.people = seedsFrom(state.seed, COUNT).map((seed) =>
      faceFromSeed(seed, attributes, latentDim, rules, state.wild / 100),
    );
  }

  /** The code of the portrait; "" for a mixture, and for a network without attributes. */
  get code() {
    const hasCode = this.attributes.length && !this.state.mix;
    return hasCode ? encodeFace(this.portraitLabels, this.attributes) : "";
  }

  /** The network's input for the face of a name. @param {string} name */
  inputOfName(name) {
    const noise = faceFromSeed(0, [], this.latentDim).noise; // as in explore.avatars face
    return { noise, hot: oneHot(this.labelsOfName(name), this.attributes) };
  }

  /** @param {string} name */
  labelsOfName(name) {
    return faceFromSeed(seedOfName(name), this.attributes, 0, this.rules, 0).labels;
  }

  /** The variants that all faces should have. */
  get wanted() {
    return parseWanted(this.state.want, this.attributes);
  }

  /** What was changed: [face, attribute, variant] each. */
  get changes() {
    return parseOwn(this.state.own, this.attributes);
  }

  /** Whether a face was changed. @param {number} i */
  isChanged(i) {
    return this.changes.some(([face]) => face === i);
  }

  /** The variants of a face without the changes to this one face. @param {number} i */
  untouched(i) {
    const { wanted } = this;
    return this.people[i].labels.map((label, j) => wanted[j] ?? label);
  }

  /** The variant of each attribute of a face. @param {number} i */
  labelsOf(i) {
    const labels = this.untouched(i);
    for (const [face, attribute, variant] of this.changes)
      if (face === i) labels[attribute] = variant;
    return labels;
  }

  /** The network's input for a face. @param {number} i */
  inputOf(i) {
    return { noise: this.people[i].noise, hot: oneHot(this.labelsOf(i), this.attributes) };
  }

  /** The network's input for the portrait: the chosen face, or a mixture. */
  get portrait() {
    const { face, other, mix } = this.state;
    const [one, two] = [face, other].map((i) => ({
      labels: this.labelsOf(i),
      noise: this.people[i].noise,
    }));
    return mixFaces(one, two, mix / 100, this.attributes, this.colors);
  }

  /**
   * The network's input for the chosen face with another expression.
   *
   * @param {Record<string, string>} variants By the name of the attribute.
   * @returns {import("../core/avatars.js").Input | undefined} Undefined if the face would look the same.
   */
  inputOfExpression(variants) {
    const { face } = this.state;
    const labels = this.labelsOf(face);
    const hiding = this.hiding(labels);
    const changed = this.attributes.map(({ name, variants: known }, i) => {
      const variant = known.indexOf(variants[name]);
      return variant < 0 || hiding(i) ? labels[i] : variant;
    });
    if (String(changed) === String(labels)) return undefined;
    return { noise: this.people[face].noise, hot: oneHot(changed, this.attributes) };
  }

  /** The variants of the portrait; of a mixture, those that prevail. */
  get portraitLabels() {
    const { face, other, mix } = this.state;
    const [one, two] = [this.labelsOf(face), this.labelsOf(other)];
    return mixedLabels(one, two, mix / 100, this.attributes, this.colors);
  }

  /** Whether one of these variants hides an attribute, and which. @param {(number | null)[]} variants */
  hiding(variants) {
    return (/** @type {number} */ i) => hiddenBy(i, variants, this.attributes);
  }

  /**
   * The fields of the link when all faces get a variant.
   *
   * @param {number} attribute
   * @param {number | null} variant Null for any.
   */
  withWanted(attribute, variant) {
    const { wanted } = this;
    wanted[attribute] = variant;
    return {
      want: formatWanted(wanted),
      own: formatOwn(this.changes.filter((change) => change[1] !== attribute)),
    };
  }

  /**
   * The field of the link when a face gets these variants instead of earlier changes.
   *
   * @param {number} face
   * @param {number[]} labels
   */
  withLabels(face, labels) {
    const others = this.changes.filter((change) => change[0] !== face);
    const untouched = this.untouched(face);
    const changed = labels
      .map((variant, attribute) => [face, attribute, variant])
      .filter(([, attribute, variant]) => variant !== untouched[attribute]);
    return { own: formatOwn([...others, ...changed]) };
  }
}
