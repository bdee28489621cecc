/**
 * Avatars: what a face is made of, and the generator that paints it.
 *
 * A face is {labels, noise}: the variant of each feature, and numbers from the normal distribution. Features are as
 * meta.json has them, {name, variants, probabilities, masked_by}; a network takes labels one-hot, the features side by
 * side, a feature that cannot be seen all 0.
 */

import { loadGraph, json } from "../shared/model.js";
import { Random } from "./prng.js";

export const SIZE = 64;

/** The face that a number from 0 to 2^32 - 1 stands for, each feature left to chance. */
export function born(number, features, latent) {
  const random = new Random(number);
  const labels = features.map(({ probabilities }) => {
    let rest = random.uniform();
    const place = probabilities.findIndex((share) => (rest -= share) < 0);
    return place < 0 ? probabilities.length - 1 : place;
  });
  return { labels, noise: Float32Array.from({ length: latent }, () => normal(random)) };
}

/** The numbers of `count` faces that one number stands for. */
export function family(number, count) {
  const random = new Random(number);
  return Array.from({ length: count }, () => random.integer());
}

/** Box and Muller 1958, A note on the generation of random normal deviates. */
function normal(random) {
  const [length, angle] = [random.uniform(), random.uniform()];
  return Math.sqrt(-2 * Math.log(1 - length)) * Math.cos(2 * Math.PI * angle);
}

/** What covers feature i up, as [its name, its variant], or nothing. Labels may be null: not chosen. */
export function coveredBy(i, labels, features) {
  return Object.entries(features[i].masked_by)
    .map(([name, variants]) => {
      const j = features.findIndex((feature) => feature.name === name),
        variant = features[j].variants[labels[j]];
      return variants.includes(variant) ? [name, variant] : undefined;
    })
    .find(Boolean);
}

/** Labels as a network takes them. */
export function oneHot(labels, features) {
  return Float32Array.from(
    features.flatMap(({ variants }, i) =>
      variants.map((_, variant) =>
        Number(variant === labels[i] && !coveredBy(i, labels, features)),
      ),
    ),
  );
}

/**
 * Between two faces {noise, hot}: the first at 0, the second at 1. The noise goes round on a circle, so that it keeps
 * its length on the way.
 */
export function mix(one, other, amount) {
  const [near, far] =
    amount === 1 ? [0, 1] : [Math.cos((amount * Math.PI) / 2), Math.sin((amount * Math.PI) / 2)];
  return {
    noise: one.noise.map((value, i) => near * value + far * other.noise[i]),
    hot: one.hot.map((value, i) => (1 - amount) * value + amount * other.hot[i]),
  };
}

/** Pictures from -1 to 1, three numbers a pixel, as the four bytes a pixel that a canvas takes. */
export function toPixels(images) {
  const pixels = new Uint8ClampedArray((images.length / 3) * 4).fill(255);
  for (let i = 0, j = 0; i < images.length; i++, j += i % 3 ? 1 : 2)
    pixels[j] = (images[i] + 1) * 127.5;
  return pixels;
}

export class Avatars {
  constructor(tf, graph, meta, page) {
    Object.assign(this, { tf, graph, meta, page });
  }

  /** Which files of a model this class wants. */
  static wants = (form) => (path) =>
    path.startsWith(`${form}/`) || path === "meta.json" || path === "page.json";

  /** Out of fetched files; see `model.js`. */
  static async from(tf, files, form) {
    const graph = await loadGraph(tf, files, form);
    return new Avatars(tf, graph, json(files.get("meta.json")), json(files.get("page.json")));
  }

  /** Pictures, flat, of noise and labels, flat. */
  draw(noise, hot) {
    const { latent, labels } = this.meta.config,
      count = noise.length / latent;
    const inputs = { noise: this.tf.tensor(noise, [count, latent]) };
    if (labels) inputs.labels = this.tf.tensor(hot, [count, labels]);
    const images = this.graph.execute(inputs, this.meta.outputs.images);
    const values = images.dataSync();
    this.tf.dispose([inputs, images]);
    return values;
  }

  dispose() {
    this.graph.dispose();
  }
}
