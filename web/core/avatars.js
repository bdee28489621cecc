// @ts-check
/**
 * Avatars: the attributes and noise of a face, and the generator that draws it.
 *
 * The twin of `data/avatars/labelled_images.py`. A network takes labels one-hot, the attributes side by side; an
 * attribute that is invisible is all zeros.
 *
 * @typedef {{name: string, variants: string[], probabilities: number[], masked_by: Record<string, string[]>}} Attribute
 * @typedef {{labels: number[], noise: Float32Array}} Face The variant of each attribute, and normal noise.
 * @typedef {{noise: Float32Array, hot: Float32Array}} Input What a network takes: noise and one-hot labels.
 */

import { json, loadGraph } from "../shared/model.js";
import { Random } from "./prng.js";

/** Width and height of a face in pixels. */
export const IMAGE_SIDE = 64;

/**
 * The face of a seed, all attributes random.
 *
 * @param {number} seed From 0 to 2^32 - 1.
 * @param {Attribute[]} attributes
 * @param {number} latentDim Size of the noise.
 * @returns {Face}
 */
export function faceFromSeed(seed, attributes, latentDim) {
  const random = new Random(seed);
  const labels = attributes.map(({ probabilities }) => sampleVariant(probabilities, random));
  return { labels, noise: Float32Array.from({ length: latentDim }, () => normal(random)) };
}

/**
 * Draw an index by its probability.
 *
 * @param {number[]} probabilities
 * @param {Random} random
 */
function sampleVariant(probabilities, random) {
  let rest = random.uniform();
  for (const [variant, probability] of probabilities.entries()) {
    rest -= probability;
    if (rest < 0) return variant;
  }
  return probabilities.length - 1;
}

/**
 * The seeds of `count` faces that belong to one seed.
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
 * Labels as a network takes them.
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

/**
 * Interpolate between two faces.
 *
 * Noise moves along a circle, so that its length stays the same.
 *
 * @param {Input} one
 * @param {Input} other
 * @param {number} amount From 0, the first, to 1, the second.
 * @returns {Input}
 */
export function mix(one, other, amount) {
  const angle = (amount * Math.PI) / 2;
  const near = amount === 1 ? 0 : Math.cos(angle);
  const far = amount === 1 ? 1 : Math.sin(angle);
  return {
    noise: one.noise.map((value, i) => near * value + far * other.noise[i]),
    hot: one.hot.map((value, i) => (1 - amount) * value + amount * other.hot[i]),
  };
}

/**
 * Convert RGB values from -1 to 1 to the RGBA bytes of a canvas.
 *
 * @param {Float32Array} images
 */
export function toPixels(images) {
  const pixels = new Uint8ClampedArray((images.length / 3) * 4).fill(255);
  for (let i = 0; i < images.length; i++) {
    const pixel = Math.floor(i / 3);
    pixels[4 * pixel + (i % 3)] = (images[i] + 1) * 127.5;
  }
  return pixels;
}

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
   * @returns {Float32Array} RGB from -1 to 1.
   */
  draw(noise, hot) {
    const count = noise.length / this.latentDim;
    /** @type {Record<string, any>} */
    const inputs = { noise: this.tf.tensor(noise, [count, this.latentDim]) };
    if (this.numLabels) inputs.labels = this.tf.tensor(hot, [count, this.numLabels]);
    const images = this.graph.execute(inputs, this.meta.outputs.images);
    const values = images.dataSync();
    this.tf.dispose([inputs, images]);
    return values;
  }

  /** Free the memory of the graph. */
  dispose() {
    this.graph.dispose();
  }
}
