/**
 * A digit network in the browser: pictures in, logits out, and the way back from the logits to the pixels.
 *
 * Pictures are flat arrays of 784 numbers each, 0 paper, 1 ink. `models/digits.py` says what the logits mean: ten sigmoids
 * each for itself (kind "Sigmoids"), or a softmax.
 */

import { loadGraph, json } from "../shared/model.js";

const PIXELS = 784,
  CLASSES = 10;

export class Classifier {
  constructor(tf, graph, meta) {
    Object.assign(this, {
      tf,
      graph,
      meta,
      output: meta.outputs.logits,
      softmax: meta.class_name !== "SigmoidMLP",
    });
    this.wayBack = tf.grad((pictures) => graph.execute({ pictures }, this.output));
  }

  /** Which files of a model this class wants. */
  static wants(form) {
    return (path) => path.startsWith(`${form}/`) || path === "meta.json";
  }

  /** @param {Map<string, Uint8Array>} files as `fetchFiles` gives them */
  static async from(tf, files, form) {
    return new Classifier(tf, await loadGraph(tf, files, form), json(files.get("meta.json")));
  }

  /** The logits of pictures, ten each, flat. */
  logits(pictures) {
    const { tf } = this,
      shape = [pictures.length / PIXELS, PIXELS];
    return tf.tidy(() =>
      this.graph.execute({ pictures: tf.tensor(pictures, shape) }, this.output).dataSync(),
    );
  }

  /** The same of pictures in bytes, 255 is ink. */
  ask(bytes) {
    return this.logits(Float32Array.from(bytes, (value) => value / 255));
  }

  /** What each output says of pictures, 0 to 1. */
  confidences(pictures) {
    return confidences(this.softmax, this.logits(pictures));
  }

  /** How the cross-entropy against `digit` changes with each pixel of one picture. */
  slope(picture, digit) {
    const { tf } = this,
      error = this.confidences(picture);
    error[digit] -= 1;
    return tf.tidy(() =>
      this.wayBack(tf.tensor(picture, [1, PIXELS]), tf.tensor(error, [1, CLASSES])).dataSync(),
    );
  }
}

/** What rows of ten logits say, 0 to 1: ten answers each for itself, or one certainty shared out. */
export function confidences(softmax, logits) {
  if (!softmax) return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const result = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += CLASSES) {
    const most = Math.max(...logits.subarray(row, row + CLASSES));
    const shares = Array.from(logits.subarray(row, row + CLASSES), (logit) =>
      Math.exp(logit - most),
    );
    const sum = shares.reduce((total, share) => total + share);
    shares.forEach((share, i) => {
      result[row + i] = share / sum;
    });
  }
  return result;
}
