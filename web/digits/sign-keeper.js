// @ts-check
/** Where the visitor's signs come from and go to: this browser's storage, and files. */

import { coalesce } from "../shared/coalesce.js";
import { $, say } from "../shared/dom.js";
import { saveFile } from "../shared/share.js";
import { UserError } from "../shared/user-error.js";
import { fromBytes } from "./image-bytes.js";
import { readSignFile, writeSignFile } from "./sign-file.js";
import { keepReplaced, keepSigns, loadSigns } from "./sign-store.js";

/** @typedef {import("./sign-set.js").Sign} Sign */
/** @typedef {import("./sign-store.js").StoredSign} StoredSign */

const NUM_PIXELS = 784;
const STATUS = "sign-kept";
const KEPT = "Your signs stay in this browser until you delete them.";
const NO_ANSWER = "The network does not answer: reload the page.";

export class SignKeeper {
  /**
   * @param {any} page
   * @param {import("./sign-set.js").SignSet} set
   */
  constructor(page, set) {
    this.page = page;
    this.set = set;
    /** Earlier signs that a file or a new start replaced. @type {Sign[] | undefined} */
    this.replaced = undefined;
    /** Keep the signs and the drawing on the sheet. @type {(ink: string) => Promise<void>} */
    this.keep = coalesce((ink) => this.keepNow(ink));
  }

  /** Load all that signs need, in case there is no connection later. */
  async prepare() {
    await this.describe([new Uint8Array(NUM_PIXELS)]).catch(() => {});
  }

  /** Restore the signs that this browser keeps. @returns {Promise<string>} The drawing that was on the sheet. */
  async restore() {
    const { current, replaced } = await loadSigns();
    if (replaced && !this.set.past.length) {
      this.replaced = await this.withFeatures(replaced.signs);
      this.set.past.push(this.replaced);
    }
    if (current) this.set.signs = await this.withFeatures(current.signs);
    return current?.ink ?? "";
  }

  /** @param {string} ink */
  async keepNow(ink) {
    $(STATUS).ariaBusy = "true";
    try {
      await keepSigns({ signs: withoutFeatures(this.set.signs), ink });
      say(KEPT, false, STATUS);
    } catch (error) {
      say(error.message, true, STATUS);
    } finally {
      $(STATUS).ariaBusy = "false";
    }
  }

  /** Work with other signs. Those from before can be brought back, even after a reload. @param {Sign[]} signs */
  async replace(signs) {
    const before = this.set.signs;
    const isWorthKeeping = !this.set.isEmpty;
    this.set.change(signs);
    if (isWorthKeeping) await this.keepReplaced(before);
  }

  /** Undo the last change. If it had replaced all signs, the current ones can be brought back in turn. */
  async undo() {
    const before = this.set.signs;
    this.set.undo();
    if (this.set.signs !== this.replaced) return;
    this.set.past.push(before);
    await this.keepReplaced(before);
  }

  /** @param {Sign[]} signs */
  async keepReplaced(signs) {
    this.replaced = signs;
    await keepReplaced(withoutFeatures(signs));
  }

  /** @param {File} file @throws {UserError} */
  async open(file) {
    await this.replace(await this.withFeatures(await readSignFile(file)));
  }

  /** @param {import("../core/softmax-head.js").Head} head */
  saveFile(head) {
    const known = this.set.signs.filter(({ examples }) => examples.length);
    const names = known.map(({ name }) => name).join("-");
    const fileName = names.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
    saveFile(writeSignFile(withoutFeatures(known), head), `signs-${fileName}.gene`);
  }

  /** @param {StoredSign[]} stored @returns {Promise<Sign[]>} */
  async withFeatures(stored) {
    const pictures = stored.flatMap(({ examples }) => examples);
    const features = pictures.length ? await this.describe(pictures) : new Float32Array();
    const size = features.length / pictures.length;
    let position = 0;
    return stored.map(({ name, examples }) => ({
      name,
      examples: examples.map((pixels) => {
        const begin = position;
        position += size;
        return { pixels, features: features.slice(begin, position) };
      }),
    }));
  }

  /**
   * The features of drawings, which are the input of the network's last layer, one drawing after the other.
   *
   * @param {Uint8Array[]} pictures
   * @returns {Promise<Float32Array>}
   * @throws {UserError}
   */
  async describe(pictures) {
    const values = new Float32Array(pictures.length * NUM_PIXELS);
    pictures.forEach((bytes, i) => {
      values.set(fromBytes(bytes), i * NUM_PIXELS);
    });
    const answer = await this.page.request("describe", { pictures: values });
    if (!answer) throw new UserError(NO_ANSWER);
    return answer.features;
  }
}

/** Features belong to a version of the network and are not kept. @param {Sign[]} signs @returns {StoredSign[]} */
const withoutFeatures = (signs) =>
  signs.map(({ name, examples }) => ({ name, examples: examples.map(({ pixels }) => pixels) }));
