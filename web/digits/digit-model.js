// @ts-check
/**
 * A digit network in the browser: images in, logits out, and the gradient with respect to the pixels.
 *
 * Images are flat arrays of 784 values each, from 0 (paper) to 1 (ink). `models/digits.py` defines what the logits mean:
 * those of ten separate sigmoids (class SigmoidMLP), or of one softmax.
 */

import { json, loadGraph } from "../shared/model.js";
import { fromBytes } from "./image-bytes.js";

const NUM_PIXELS = 784;
const NUM_CLASSES = 10;

export class DigitModel {
  /**
   * @param {any} tf
   * @param {any} graph
   * @param {any} meta
   * @param {string} features Name of what the last layer reads.
   */
  constructor(tf, graph, meta, features) {
    this.tf = tf;
    this.graph = graph;
    this.meta = meta;
    this.outputs = { logits: meta.outputs.logits, features };
    this.softmax = meta.class_name !== "SigmoidMLP";
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
    const meta = json(files.get("meta.json"));
    const { node } = json(files.get(`${dtype}/model.json`)).modelTopology;
    const last = node.find(({ name }) => name === meta.outputs.logits);
    return new DigitModel(tf, await loadGraph(tf, files, dtype), meta, last.input[0]);
  }

  /** The logits of images, ten each. @param {Float32Array} pictures @returns {Float32Array} */
  logits(pictures) {
    return this.execute(pictures, this.outputs.logits);
  }

  /** What the last layer reads of images. @param {Float32Array} pictures @returns {Float32Array} */
  features(pictures) {
    return this.execute(pictures, this.outputs.features);
  }

  /** @param {Float32Array} pictures @param {string} output @returns {Float32Array} */
  execute(pictures, output) {
    const shape = [pictures.length / NUM_PIXELS, NUM_PIXELS];
    return this.tf.tidy(() => {
      const input = { pictures: this.tf.tensor(pictures, shape) };
      return this.graph.execute(input, output).dataSync();
    });
  }

  /** The logits of images in bytes, where 255 is ink. @param {Uint8Array} pictures */
  logitsOfBytes(pictures) {
    return this.logits(fromBytes(pictures));
  }

  /** The confidences of all outputs, from 0 to 1. @param {Float32Array} pictures */
  confidences(pictures) {
    return confidences(this.softmax, this.logits(pictures));
  }

  /**
   * The gradient of the cross-entropy with respect to the pixels of one image.
   *
   * @param {Float32Array} picture
   * @param {number} digit The target of the cross-entropy.
   * @returns {Float32Array}
   */
  gradient(picture, digit) {
    const error = this.confidences(picture);
    error[digit] -= 1;
    return this.backward(picture, error, this.outputs.logits);
  }

  /**
   * The gradient with respect to the pixels of one image, given that with respect to an output.
   *
   * @param {Float32Array} picture
   * @param {Float32Array} outputGradient
   * @param {string} output
   * @returns {Float32Array}
   */
  backward(picture, outputGradient, output) {
    const { tf, graph } = this;
    return tf.tidy(() => {
      const pullBack = tf.grad((pictures) => graph.execute({ pictures }, output));
      const input = tf.tensor(picture, [1, NUM_PIXELS]);
      return pullBack(input, tf.tensor(outputGradient, [1, outputGradient.length])).dataSync();
    });
  }
}

/**
 * The confidences of rows of logits, from 0 to 1.
 *
 * @param {boolean} softmax Whether each row is one distribution; otherwise, each logit is a separate sigmoid.
 * @param {Float32Array} logits
 * @param {number} numClasses Logits per row.
 */
export function confidences(softmax, logits, numClasses = NUM_CLASSES) {
  if (!softmax) return logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  const result = new Float32Array(logits.length);
  for (let begin = 0; begin < logits.length; begin += numClasses) {
    const row = logits.subarray(begin, begin + numClasses);
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
