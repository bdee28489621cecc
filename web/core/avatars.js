// @ts-check
/**
 * Avatars: the attributes and noise of a face, and the generator that draws it.
 *
 * The twin of `data/avatars/labelled_images.py` and `data/avatars/people.py`.
 * A network takes one-hot labels, with the attributes side by side; an attribute that is invisible is all zeros.
 *
 * @typedef {{name: string, variants: string[], probabilities: number[], masked_by: Record<string, string[]>}} Attribute
 * @typedef {{attribute: string, variants: string[], given: Record<string, string[]>, weight: number}} Rule
 * @typedef {{labels: number[], noise: Float32Array}} Face The variant of each attribute, and normal noise.
 * @typedef {{noise: Float32Array, hot: Float32Array}} Input What a network takes: noise and one-hot labels.
 */

import { json, loadGraph } from "../shared/model.js";
import { Random } from "./prng.js";

/**
 * The face of a seed; all of its attributes are random.
 *
 * @param {number} seed From 0 to 2^32 - 1.
 * @param {Attribute[]} attributes
 * @param {number} latentDim Size of the noise.
 * @param {Rule[]} rules Which attributes belong together.
 * @param {number} wildness From 0 (ordinary faces) to 1 (the rules have no effect).
 * @returns {Face}
 */
export function faceFromSeed(seed, attributes, latentDim, rules = [], wildness = 1) {
  const random = new Random(seed);
  const uniforms = attributes.map(() => random.uniform());
  const held = wildness === 1 ? [] : rules;
  /** @type {(number | undefined)[]} */
  const labels = attributes.map(() => undefined);
  for (const i of drawingOrder(attributes, held))
    labels[i] = sampleVariant(weigh(i, labels, attributes, held, wildness), uniforms[i]);
  const noise = Float32Array.from({ length: latentDim }, () => normal(random));
  return { labels: labels.map((label) => label ?? 0), noise };
}

/**
 * The order in which attributes are drawn: first those that have rules, in the order of the rules, then all others.
 *
 * @param {Attribute[]} attributes
 * @param {Rule[]} rules
 */
function drawingOrder(attributes, rules) {
  const names = attributes.map(({ name }) => name);
  const ordered = rules.map(({ attribute }) => attribute).filter((name) => names.includes(name));
  return [...new Set([...ordered, ...names])].map((name) => names.indexOf(name));
}

/**
 * The probabilities of an attribute's variants, given the attributes drawn so far.
 *
 * @param {number} i Index of the attribute.
 * @param {(number | undefined)[]} labels
 * @param {Attribute[]} attributes
 * @param {Rule[]} rules
 * @param {number} wildness
 */
function weigh(i, labels, attributes, rules, wildness) {
  const { name, variants, probabilities } = attributes[i];
  const held = rules.filter((rule) => rule.attribute === name && holds(rule, labels, attributes));
  const weighted = [...probabilities];
  for (const rule of held) {
    const factor = wildness + (1 - wildness) * rule.weight;
    for (const variant of rule.variants) weighted[variants.indexOf(variant)] *= factor;
  }
  const total = weighted.reduce((sum, weight) => sum + weight, 0);
  return held.length ? weighted.map((weight) => weight / total) : weighted;
}

/** @param {Rule} rule @param {(number | undefined)[]} labels @param {Attribute[]} attributes */
const holds = ({ given }, labels, attributes) =>
  attributes.every(({ name, variants }, i) => {
    const label = labels[i];
    return !given[name] || (label !== undefined && given[name].includes(variants[label]));
  });

/**
 * The variant that a uniformly distributed number falls on.
 *
 * @param {number[]} probabilities
 * @param {number} uniform
 */
function sampleVariant(probabilities, uniform) {
  let rest = uniform;
  for (const [variant, probability] of probabilities.entries()) {
    rest -= probability;
    if (rest < 0) return variant;
  }
  return probabilities.length - 1;
}

/**
 * Derive the seeds of `count` faces from one seed.
 *
 * @param {number} seed
 * @param {number} count
 * @returns {number[]}
 */
export function seedsFrom(seed, count) {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.integer());
}

/**
 * A normally distributed number (Box & Muller, 1958).
 *
 * @param {Random} random
 */
function normal(random) {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/**
 * Which variant of which other attribute hides an attribute.
 *
 * @param {number} i Index of the attribute.
 * @param {(number | null)[]} labels Null for an attribute that is not chosen.
 * @param {Attribute[]} attributes
 * @returns {[string, string] | undefined} Name and variant, or undefined if it is visible.
 */
export function hiddenBy(i, labels, attributes) {
  for (const [name, variants] of Object.entries(attributes[i].masked_by)) {
    const j = attributes.findIndex((attribute) => attribute.name === name);
    const label = labels[j];
    const variant = label === null ? undefined : attributes[j].variants[label];
    if (variant !== undefined && variants.includes(variant)) return [name, variant];
  }
  return undefined;
}

/**
 * Encode labels as the one-hot input of a network.
 *
 * @param {number[]} labels
 * @param {Attribute[]} attributes
 */
export function oneHot(labels, attributes) {
  return Float32Array.from(
    attributes.flatMap(({ variants }, i) =>
      variants.map((_, variant) =>
        Number(variant === labels[i] && !hiddenBy(i, labels, attributes)),
      ),
    ),
  );
}

/** An alpha this close to 0 or 1 counts as that limit: networks hardly ever reach it. As in `generate/enlarge.py`. */
const ALPHA_MARGIN = 0.03;

/**
 * Convert colors from -1 to 1 to the RGBA bytes of a canvas.
 *
 * @param {Float32Array} images RGB on white, and alpha if there are four channels.
 * @param {number} channels 3 or 4
 */
export function toPixels(images, channels) {
  const pixels = new Uint8ClampedArray((images.length / channels) * 4);
  for (let i = 0; i < pixels.length / 4; i++) {
    const alpha = channels === 4 ? clip((images[4 * i + 3] + 1) / 2) : 1;
    for (let c = 0; c < 3; c++) {
      const light = clip((images[channels * i + c] + 1) / 2) - (1 - alpha); // minus the white background
      pixels[4 * i + c] = alpha && (255 * light) / alpha;
    }
    pixels[4 * i + 3] = 255 * clip((alpha - ALPHA_MARGIN) / (1 - 2 * ALPHA_MARGIN));
  }
  return pixels;
}

/** @param {number} value */
const clip = (value) => Math.min(1, Math.max(0, value));

/** A generator. */
export class AvatarModel {
  /**
   * @param {any} tf
   * @param {any} graph
   * @param {any} meta The content of meta.json.
   * @param {any} page The content of page.json.
   */
  constructor(tf, graph, meta, page) {
    this.tf = tf;
    this.graph = graph;
    this.meta = meta;
    this.page = page;
    /** Width and height of a face in pixels; known once one is drawn. */
    this.side = 0;
    /** Values per pixel: 3, or 4 with alpha. */
    this.channels = 0;
  }

  /**
   * Which files of a model this class needs.
   *
   * @param {string} dtype
   * @returns {(path: string) => boolean}
   */
  static wants(dtype) {
    return (path) => path.startsWith(`${dtype}/`) || path === "meta.json" || path === "page.json";
  }

  /**
   * Load a model from fetched files (see shared/model.js).
   *
   * @param {any} tf
   * @param {import("../shared/model.js").FileContents} files
   * @param {string} dtype
   */
  static async from(tf, files, dtype) {
    const graph = await loadGraph(tf, files, dtype);
    return new AvatarModel(tf, graph, json(files.get("meta.json")), json(files.get("page.json")));
  }

  /** Size of the noise of one face. */
  get latentDim() {
    return this.meta.config.latent_dim;
  }

  /** Size of the one-hot labels of one face; 0 if the network takes none. */
  get numLabels() {
    return this.meta.config.num_labels ?? 0;
  }

  /**
   * Draw faces.
   *
   * @param {Float32Array} noise The noise of all faces, one after another.
   * @param {Float32Array} hot Their one-hot labels.
   * @returns {Float32Array} RGB on white from -1 to 1, and alpha if `channels` is 4.
   */
  draw(noise, hot) {
    const count = noise.length / this.latentDim;
    /** @type {Record<string, any>} */
    const inputs = { noise: this.tf.tensor(noise, [count, this.latentDim]) };
    if (this.numLabels) inputs.labels = this.tf.tensor(hot, [count, this.numLabels]);
    const images = this.graph.execute(inputs, this.meta.outputs.images);
    [, this.side, , this.channels] = images.shape;
    const values = images.dataSync();
    this.tf.dispose([inputs, images]);
    return values;
  }

  /** Free the memory of the graph. */
  dispose() {
    this.graph.dispose();
  }
}
