// @ts-check
/** The second step of the panel: what a network writes while it learns, and its losses. */

import { SongView } from "../lyrics/song-view.js";
import { $, make } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";
import { drawLosses } from "./curves.js";
import { formatDuration } from "./sentences.js";

/** @typedef {import("../lyrics-trainer/lyrics-trainer.js").Progress} Progress */
/** @typedef {import("../lyrics-trainer/lyrics-trainer.js").EpochRecord} EpochRecord */

const PATIENCE = 2; // after this many rounds without a lower held-out loss, the curves have parted
const MIN_RISE = 0.05; // if the held-out loss has risen by at least this, in nats per word
const DRAWING_MS = 250;
const LONG_SECONDS = 120; // if training takes longer, a smaller network is offered
const LONG_AT_MOST = 360; // the same for a training that may end earlier because it stops once the songs are memorized
const JUDGING_MS = 1000; // of training, before the time left is shown
const NO_FORMS = new Map();

export class TrainingView {
  /** @param {{rounds: number, memorizes: boolean}} training memorizes: whether only the training loss counts. */
  constructor({ rounds, memorizes }) {
    this.rounds = rounds;
    this.memorizes = memorizes;
    /** @type {EpochRecord[]} */
    this.records = [];
    this.startedAt = 0;
    this.drawnAt = 0;
    this.isLong = false;
    this.forms = NO_FORMS;
    $("band-lines").replaceChildren();
    $("band-curve").replaceChildren();
    for (const id of ["band-parted", "band-long"]) $(id).hidden = true;
    for (const id of ["band-round", "band-speed", "band-left"]) $(id).textContent = "–";
  }

  /** @param {Progress} progress */
  update(progress) {
    const now = performance.now();
    this.startedAt ||= now;
    if (progress.record) this.endRound(progress.record);
    if (now - this.drawnAt < DRAWING_MS && !progress.record) return;
    this.drawnAt = now;
    this.showFigures(progress);
    const running = progress.record || !Number.isFinite(progress.loss) ? [] : [progress.loss];
    this.draw(running);
  }

  /** @param {Progress} progress */
  showFigures({ epoch, wordsPerSecond, secondsLeft }) {
    $("band-round").textContent = `${epoch} of ${this.rounds}`;
    $("band-speed").textContent = formatCount(Math.round(wordsPerSecond));
    if (performance.now() - this.startedAt < JUDGING_MS) return;
    const left = formatDuration(secondsLeft);
    $("band-left").textContent = this.memorizes ? `at most ${left}` : left;
    if (secondsLeft > (this.memorizes ? LONG_AT_MOST : LONG_SECONDS)) this.isLong = true;
  }

  /** @param {number[]} running The training loss of the round under way. */
  draw(running) {
    const training = [...this.records.map((record) => record.cross_entropy), ...running];
    const heldOut = this.records.map((record) => record.val_cross_entropy);
    if (training.length) drawLosses($("band-curve"), { training, heldOut });
  }

  /** @param {EpochRecord} record */
  endRound(record) {
    this.records.push(record);
    const best = lowest(this.records, "val_cross_entropy");
    const rise = record.val_cross_entropy - best.val_cross_entropy;
    const hasParted = record.epoch - best.epoch >= PATIENCE && rise >= MIN_RISE;
    if (hasParted && $("band-parted").hidden) {
      $("band-parted").textContent =
        `The curves part: since round ${best.epoch}, it learns these songs by heart instead of how such songs go.`;
      $("band-parted").hidden = false;
    }
  }

  /** The best round so far, by training loss if the songs are to be memorized, otherwise by held-out loss. */
  get best() {
    return lowest(this.records, this.memorizes ? "cross_entropy" : "val_cross_entropy");
  }

  /**
   * Put a line on the strip, the newest first.
   *
   * @param {{words: string[], copies: any[]}} line
   * @param {string} when
   */
  addLine({ words, copies }, when) {
    const song = make("div", { className: "song", dir: "auto", translate: false });
    const view = new SongView(song);
    view.networkForms = this.forms;
    view.show(words.length ? words : ["…"], 0, {});
    view.markCopies(copies);
    const time = make("span", { className: "when", textContent: when });
    $("band-lines").prepend(make("li", {}, time, song));
  }
}

/** The record with the lowest loss. @param {EpochRecord[]} records @param {"cross_entropy" | "val_cross_entropy"} name */
const lowest = (records, name) =>
  records.reduce((best, record) => (record[name] < best[name] ? record : best), records[0]);
