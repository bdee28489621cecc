// @ts-check
/** The sixteen faces, as radio buttons with a canvas each: one grid to choose from, one to mix with. */

import { make } from "../shared/dom.js";
import { COUNT } from "./url-fields.js";

const SIDE = 64; // pixels, until a face is drawn

export class FaceGrid {
  /**
   * @param {HTMLElement} element
   * @param {(face: number) => void} onPick
   */
  constructor(element, onPick) {
    const cells = Array.from({ length: COUNT }, (_, i) => {
      const properties = { type: "radio", name: element.id, value: i, ariaLabel: `Face ${i + 1}` };
      const radio = make("input", properties);
      radio.addEventListener("change", () => onPick(i));
      return make("label", {}, radio, make("canvas", { width: SIDE, height: SIDE }));
    });
    element.replaceChildren(...cells);
    /** @type {HTMLInputElement[]} */
    this.radios = [...element.querySelectorAll("input")];
    this.canvases = [...element.querySelectorAll("canvas")];
  }

  /** @param {number} i @param {ImageData} image @param {string} description */
  put(i, image, description) {
    const canvas = this.canvases[i];
    if (canvas.width !== image.width) canvas.width = canvas.height = image.width;
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    this.radios[i].ariaLabel = `Face ${i + 1}: ${description}`;
  }

  /** @param {number} i @param {number} [disabled] A face that cannot be chosen. */
  choose(i, disabled = -1) {
    this.radios[i].checked = true;
    this.radios.forEach((radio, j) => {
      radio.disabled = j === disabled;
    });
  }
}
