// @ts-check
/**
 * A digit network in the browser: images in, logits out, and the gradient of the pixels.
 *
 * Images are flat arrays of 784 values each, from 0 (paper) to 1 (ink). `models/digits.py` defines what the logits mean:
 * those of ten separate sigmoids (class SigmoidMLP), or of one softmax.
 */

import { json, loadGraph } from "../shared/model.js";

const NUM_PIXELS = 784;
const NUM_CLASSES = 10;

export class DigitModel {
  constructor(tf, graph, meta) {
    this.tf = tf;
    this.graph = graph;
    this.meta = meta;
    this.output = meta.outputs.logits;
    this.softmax = meta.class_name !== "SigmoidMLP";
    this.backward = tf.grad((pictures) => graph.execute({ pictures }, this.output));
  }

  /** Which files of a model are needed. @param {string} dtype */
  static neededFiles(dtype) {
    return (path) => path.startsWith(`${dtype}/`) || path === "meta.json";
  }

  /**
   * Load a network.
   *
   * @param {any} tf
   * @param {Map<string, Uint8Array<ArrayBuffer>>} files As `fetchFiles` returns them.
   * @param {string} dtype
   */
  static async load(tf, files, dtype) {
    return new DigitModel(tf, await loadGraph(tf, files, dtype), json(files.get("meta.json")));
  }

  /** The logits of images, ten each. @param {Float32Array} pictures @returns {Float32Array} */
  logits(pictures) {
    const shape = [pictures.length / NUM_PIXELS, NUM_PIXELS];
    return this.tf.tidy(() => {
      const input = { pictures: this.tf.tensor(pictures, shape) };
      return this.graph.execute(input, this.output).dataSync();
    });
  }

  /** The logits of images in bytes, where 255 is ink. @param {Uint8Array} pictures */
  logitsOfBytes(pictures) {
    return this.logits(Float32Array.from(pictures, (value) => value / 255));
  }

  /** The confidences of all outputs, from 0 to 1. @param {Float32Array} pictures */
  confidences(pictures) {
    return confidences(this.softmax, this.logits(pictures));
  }

  /**
   * The gradient of the cross-entropy with the pixels of one image.
   *
   * @param {Float32Array} picture
   * @param {number} digit The target of the cross-entropy.
   * @returns {Float32Array}
   */
  gradient(picture, digit) {
    const error = this.confidences(picture);
    error[digit] -= 1;
    return this.tf.tidy(() => {
      const input = this.tf.tensor(picture, [1, NUM_PIXELS]);
      return this.backward(input, this.tf.tensor(error, [1, NUM_CLASSES])).dataSync();
    });
  }
}

/**
 * The confidences of rows of ten logits, from 0 to 1.
 *
 * @param {boolean} softmax Whether each row is one distribution; else each logit is a separate sigmoid.
 * @param {Float32Array} logits
 */
export function confidences(softmax, logits) {
  if (!softmax) return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const result = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += NUM_CLASSES) {
    const row = logits.subarray(begin, begin + NUM_CLASSES);
    const largest = Math.max(...row);
    const weights = Array.from(row, (logit) => Math.exp(logit - largest));
    const sum = weights.reduce((total, weight) => total + weight);
    result.set(
      weights.map((weight) => weight / sum),
      begin,
    );
  }
  return result;
}
