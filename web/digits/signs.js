// @ts-check
/** Signs of the visitor's own: draw examples, watch a network learn them, and fool it. */

import { DrawingBitmap, SIDE } from "../core/drawing-bitmap.js";
import { asMnist } from "../core/mnist-style.js";
import { coalesce } from "../shared/coalesce.js";
import { $, say as sayIn } from "../shared/dom.js";
import { listenForDrops } from "../shared/file-drops.js";
import { quote } from "../shared/format.js";
import { bringIntoView } from "../shared/into-view.js";
import { paint } from "./digit-canvas.js";
import { Fooling } from "./fooling.js";
import { fromBytes, toBytes } from "./image-bytes.js";
import { Pad } from "./pad.js";
import { SignExamples } from "./sign-examples.js";
import { SignKeeper } from "./sign-keeper.js";
import { SignLearner } from "./sign-learner.js";
import { SignRows } from "./sign-rows.js";
import { describeAnswer, describeProgress } from "./sign-sentences.js";
import { MAX_SIGNS, SignSet } from "./sign-set.js";
import { onOtherTab } from "./sign-store.js";

const PEN = 2.6; // pixels
const NUM_PIXELS = 784;
const PARTS = "#view-signs [data-mode]"; // each belongs to teaching or to fooling
const SAVED = "Saved. Open the file on this page, in any browser, to go on.";
const NOTHING_TO_SAVE = "There is nothing to save yet: draw examples of two signs first.";

/** Set up this part of the page. */
export function signs(page) {
  return new SignsView(page);
}

class SignsView {
  constructor(page) {
    this.page = page;
    this.isReady = false;
    this.set = new SignSet();
    this.learner = new SignLearner();
    this.keeper = new SignKeeper(page, this.set);
    this.pad = new Pad($("sign-pad"), $("sign-cursor"), (done) => this.onDraw(done));
    this.pad.thickness = PEN;
    this.rows = new SignRows(
      (index, name) => this.rename(index, name),
      (index) => (this.fools ? this.fooling.start(index) : this.add(index)),
    );
    this.examples = new SignExamples(
      (sign, position) => this.deleteExample(sign, position),
      (sign) => this.removeSign(sign),
    );
    this.fooling = new Fooling(page, this.set, this.learner, this.rows);
    this.read = coalesce((done) => this.readDrawing(done));
    this.listen();
  }

  get fools() {
    return $("sign-fool").checked;
  }

  listen() {
    $("sign-modes").addEventListener("change", () => this.switchMode());
    $("sign-pad").addEventListener("keydown", (event) => this.onKey(event));
    $("sign-clear").addEventListener("click", () => this.clear());
    for (const id of ["sign-undo", "sign-back"]) $(id).addEventListener("click", () => this.undo());
    $("sign-more").addEventListener("click", () => this.addSign());
    $("sign-save").addEventListener("click", () => this.save());
    $("sign-open").addEventListener("click", () => $("sign-file").click());
    $("sign-file").addEventListener("change", () => {
      this.open($("sign-file").files[0]);
      $("sign-file").value = ""; // so that the same file can be chosen again
    });
    $("sign-restart").addEventListener("click", () => this.restart());
    listenForDrops(
      ({ files: [file] }) => this.open(file),
      () => this.page.state.view === "signs" && this.isReady,
    );
    onOtherTab(() => this.restore());
  }

  /** Show what does not depend on the networks. */
  show() {
    this.pad.show(this.pad.bitmap);
    this.render();
  }

  /** Begin once the networks have been loaded. */
  async ready() {
    await this.keeper.prepare();
    this.isReady = true;
    await this.restore();
    this.read(true);
  }

  /** Show what this browser keeps, perhaps changed in another tab. */
  async restore() {
    if (!this.isReady) return;
    try {
      const ink = await this.keeper.restore();
      if (ink && !this.pad.bitmap.coverage())
        this.pad.show(DrawingBitmap.unpack(ink) ?? new DrawingBitmap());
      this.learn();
    } catch (error) {
      this.say(error.message, true);
    }
  }

  /** Learn the signs as they are now, and show it. */
  learn() {
    this.learner.learn(this.set.signs);
    if (this.fools && !this.learner.head) $("sign-teach").checked = true;
    this.render();
    if (this.fools) this.fooling.show();
    else this.read(false);
  }

  /** After each change of the signs. */
  onChange() {
    $("sign-deleted").hidden = true;
    this.learn();
    this.keeper.keep(this.pad.bitmap.pack());
  }

  render() {
    const { fools, learner, set } = this;
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(PARTS)))
      element.hidden = (element.dataset.mode === "fool") !== fools;
    $("sign-fool").disabled = !learner.head;
    const isDisabled = (/** @type {number} */ i) =>
      !this.isReady || (fools && !learner.known.includes(i));
    this.rows.show(set.signs, { fools, isDisabled });
    this.examples.show(set.signs);
    $("sign-undo").disabled = !set.past.length;
    $("sign-more").disabled = set.signs.length === MAX_SIGNS;
    $("sign-restart").disabled = set.isEmpty;
  }

  switchMode() {
    this.render();
    if (this.fools) {
      this.fooling.show();
    } else {
      this.fooling.stop();
      this.read(true);
    }
    bringIntoView($("sign-rows"));
  }

  /** @param {boolean} done Whether a stroke is done. */
  onDraw(done) {
    this.read(done);
    if (done) this.keeper.keep(this.pad.bitmap.pack());
  }

  /** The drawing as the network sees it; null for an empty sheet. */
  drawn() {
    const picture = asMnist(this.pad.bitmap.cells, SIDE);
    return picture && toBytes(picture);
  }

  /** Show what the network reads. @param {boolean} done Whether a stroke is done. */
  async readDrawing(done) {
    const pixels = this.drawn();
    paint($("sign-seen"), pixels ? fromBytes(pixels) : new Uint8Array(NUM_PIXELS));
    if (!this.isReady || this.fools) return;
    const { signs } = this.set;
    const features = pixels && (await this.keeper.describe([pixels]));
    if (signs !== this.set.signs) return; // the signs have changed, so the drawing is read again
    const answer = features ? this.learner.confidences(features, signs.length) : [];
    this.rows.showConfidences(answer);
    if (done && features) this.say(describeAnswer(this.set, answer));
  }

  /** Add the drawing to the examples of a sign. @param {number} index */
  async add(index) {
    const { name } = this.set.signs[index];
    const pixels = this.drawn();
    if (!pixels) {
      this.say(`The sheet is empty: draw ${quote(name)} first, then press its button.`, true);
      return;
    }
    const before = this.pad.bitmap;
    this.pad.show(new DrawingBitmap());
    try {
      const features = await this.keeper.describe([pixels]);
      this.set.addExample(index, { pixels, features });
      this.onChange();
      this.say(describeProgress(this.set, index));
    } catch (error) {
      this.pad.show(before);
      this.say(error.message, true);
    }
  }

  /** On the sheet, the number of a sign adds the drawing. @param {KeyboardEvent} event */
  onKey({ key, ctrlKey, metaKey, altKey }) {
    const index = Number(key) - 1;
    const isPlain = !(ctrlKey || metaKey || altKey);
    if (isPlain && this.isReady && this.set.signs[index]) this.add(index);
  }

  clear() {
    this.pad.show(new DrawingBitmap());
    this.read(true);
    this.say(this.set.missing);
  }

  async undo() {
    await this.keeper.undo();
    this.onChange();
    this.say(`Undone. ${this.set.missing}`);
  }

  /** @param {number} sign @param {number} position */
  deleteExample(sign, position) {
    this.set.removeExample(sign, position);
    this.onChange();
    this.offerUndo(`Deleted an example of ${quote(this.set.signs[sign].name)}.`);
  }

  /** @param {number} sign */
  removeSign(sign) {
    const { name } = this.set.signs[sign];
    this.set.removeSign(sign);
    this.onChange();
    this.offerUndo(`Removed the sign ${quote(name)}.`);
  }

  /** Say near the examples what was deleted, as the sheet may be out of sight there. @param {string} text */
  offerUndo(text) {
    sayIn(text, false, "sign-gone");
    $("sign-deleted").hidden = false;
    $("sign-back").focus({ preventScroll: true });
  }

  /** @param {number} index @param {string} name */
  rename(index, name) {
    try {
      const remark = this.set.rename(index, name);
      this.onChange();
      this.say(remark);
    } catch (error) {
      this.render();
      this.say(error.message, true);
    }
  }

  addSign() {
    this.set.addSign();
    this.onChange();
    const { name } = this.set.signs[this.set.signs.length - 1];
    this.say(`The new sign is called ${quote(name)}: give it another name if you like.`);
  }

  /** Begin with new signs; Undo brings the others back. */
  async restart() {
    await this.keeper.replace(new SignSet().signs);
    this.onChange();
    this.say("Two new signs. Undo brings the others back.");
  }

  save() {
    if (this.learner.head) this.keeper.saveFile(this.learner.head);
    const text = this.learner.head ? SAVED : NOTHING_TO_SAVE;
    this.say(text, !this.learner.head);
  }

  /** @param {File | undefined} file */
  async open(file) {
    if (!file) return;
    try {
      await this.keeper.open(file);
      this.onChange();
      this.say(`Opened ${quote(file.name)}. Undo brings back what was here before.`);
    } catch (error) {
      this.say(error.message, true);
    }
    bringIntoView($("sign-said"));
  }

  /** @param {string} text */
  say(text, isError = false) {
    $("sign-said").setAttribute("aria-live", "polite");
    sayIn(text, isError, "sign-said");
  }
}
