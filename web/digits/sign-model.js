// @ts-check
/** A digit network whose last layer is one that the visitor taught: it tells signs apart instead of digits. */

import { featuresGradient, headLogits } from "../core/softmax-head.js";
import { confidences } from "./digit-model.js";
import { fromBytes } from "./image-bytes.js";

/** Has what `evolve` and `climb` need of a DigitModel. */
export class SignModel {
  /**
   * @param {import("./digit-model.js").DigitModel} model
   * @param {import("../core/softmax-head.js").Head} head
   */
  constructor(model, head) {
    this.model = model;
    this.head = head;
    this.softmax = true;
  }

  /** The logits of images, one per sign each. @param {Float32Array} pictures */
  logits(pictures) {
    return headLogits(this.head, this.model.features(pictures));
  }

  /** The logits of images in bytes, where 255 is ink. @param {Uint8Array} pictures */
  logitsOfBytes(pictures) {
    return this.logits(fromBytes(pictures));
  }

  /** The confidences of all signs, from 0 to 1. @param {Float32Array} pictures */
  confidences(pictures) {
    return confidences(true, this.logits(pictures), this.head.biases.length);
  }

  /**
   * The gradient of the cross-entropy with respect to the pixels of one image.
   *
   * @param {Float32Array} picture
   * @param {number} sign The target of the cross-entropy.
   */
  gradient(picture, sign) {
    const error = this.confidences(picture);
    error[sign] -= 1;
    return this.model.backward(
      picture,
      featuresGradient(this.head, error),
      this.model.outputs.features,
    );
  }
}
