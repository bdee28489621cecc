// @ts-check
/** The panel "Teach it your songs": songs in, a network trained in a worker, one more character out. */

import { RECIPES } from "../lyrics-trainer/recipes.js";
import { $, say } from "../shared/dom.js";
import { formatLoading } from "../shared/format.js";
import { bringToTop } from "../shared/into-view.js";
import { Collect } from "./collect.js";
import { droppedFiles } from "./files.js";
import { plansFor } from "./plans.js";
import { Result } from "./result.js";
import { formatDuration, plural } from "./sentences.js";
import { Session } from "./session.js";
import { TrainingView } from "./training.js";
import { TrainingLock } from "./training-lock.js";

/** @typedef {import("./plans.js").Plan} Plan */

const STEPS = ["collect", "training", "done"];
const FIRST_LINE_MS = 5000;
const LINE_MS = 4000;
const MAX_LINES = 15; // after MAX_LINES * LINE_MS, the pause between lines is 1/15 of the time since the start
const OTHER_TAB =
  "Another tab of this site is training, too, so both take longer. Keep both tabs open.";

/** Let the browser ask before the page is left. @param {Event} event */
const askFirst = (event) => event.preventDefault();

export class BandPanel {
  /**
   * @param {any[]} entries Of the networks on the page.
   * @param {import("../lyrics/own-panel.js").OwnPanel} own
   */
  constructor(entries, own) {
    this.session = new Session(entries);
    this.result = new Result(this.session, own);
    this.lock = new TrainingLock();
    /** Counts trainings; what belongs to an earlier one is ignored. */
    this.turn = 0;
    this.isTraining = false;
    this.isPaused = false;
    const reader = {
      read: (/** @type {object[]} */ sources) => this.session.read(sources),
      say: (/** @type {string} */ text, isError = false) => this.say(text, isError),
      canTune: this.session.runs.length > 0,
    };
    this.collect = new Collect(reader, () => this.startFirst());
    this.listen();
  }

  listen() {
    const on = (/** @type {string} */ id, /** @type {() => void} */ act) =>
      $(id).addEventListener("click", act);
    on("band-close", () => this.leave());
    on("band-pause", () => this.pause(!this.isPaused));
    on("band-stop", () => this.session.call("stop"));
    on("band-smaller", () => this.start(this.plans[1]));
    on("band-stay", () => this.ask(false));
    on("band-keep", () => this.session.call("stop"));
    on("band-discard", () => this.discard());
    on("band-hear", () => this.hear());
    on("band-again", () => this.restart());
    $("band").addEventListener("cancel", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.leave();
    });
    $("band").addEventListener("close", () => this.closed());
  }

  /** @param {string} text @param {boolean} [isError] */
  say(text, isError) {
    say(text, isError, "band-said");
  }

  /** Open the panel. @param {(FileSystemEntry | File)[]} [items] What was dropped. */
  async show(items = []) {
    const isNew = !$("band").open;
    if (isNew) $("band").showModal();
    if (this.isTraining)
      return this.say("It is learning already: stop first, then drop other songs.", true);
    const files = await droppedFiles(items);
    if (!files.length) return isNew && this.restart();
    this.session.end();
    this.goTo("collect");
    return this.collect.take(files);
  }

  get step() {
    return STEPS.find((step) => !$(`band-${step}`).hidden);
  }

  /** @param {string} step */
  goTo(step) {
    for (const each of STEPS) $(`band-${each}`).hidden = each !== step;
    $("band").scrollTop = 0;
  }

  // Training

  startFirst() {
    const { mode, found } = this.collect;
    this.plans = plansFor(mode, found.summary.songs, this.session.runs);
    return this.start(this.plans[0]);
  }

  /** @param {Plan} plan */
  async start(plan) {
    const turn = ++this.turn;
    this.plan = plan;
    const { name, ...changes } = plan.recipe;
    const recipe = { ...RECIPES[name], ...changes };
    this.view = new TrainingView({
      rounds: recipe.epochs,
      memorizes: recipe.stop_at_train_accuracy > 0,
    });
    this.setTraining(true);
    this.enableButtons(false);
    this.goTo("training");
    this.say("Loading the network to start from…");
    try {
      const { diverged } = await this.session.train(
        plan,
        (bytes) => this.say(formatLoading(bytes)),
        (progress) => turn === this.turn && this.update(progress, turn),
      );
      if (turn === this.turn) await this.finish(diverged);
    } catch (error) {
      if (turn === this.turn) this.fail(error.message);
    }
  }

  /** @param {any} progress @param {number} turn */
  update(progress, turn) {
    const { view } = this;
    if (progress.corpus) {
      view.forms = progress.corpus.forms;
      const songs = plural(progress.corpus.songs, "song");
      this.say(
        `It learns from ${songs}. Keep this tab open: if you close it, the network is lost.`,
      );
      this.enableButtons(true);
      this.writeLines(turn);
      this.lock.hold(() => this.say(OTHER_TAB));
      return;
    }
    view.update(progress);
    if (view.isLong && $("band-long").hidden) this.offerSmaller(progress.secondsLeft);
  }

  /** Say how long training takes on this device, and offer a smaller network. @param {number} seconds */
  offerSmaller(seconds) {
    const smaller = this.plans.find((plan) => plan.share && plan !== this.plan);
    const takes = this.view.memorizes ? "at most" : "about";
    $("band-long").hidden = false;
    $("band-takes").textContent = `On this device, that takes ${takes} ${formatDuration(seconds)}.`;
    $("band-smaller").hidden = !smaller;
    if (smaller)
      $("band-smaller").textContent =
        `Use a smaller network: ${takes} ${formatDuration(seconds * Number(smaller.share))}`;
  }

  /** Let the network write a line every few seconds. @param {number} turn */
  async writeLines(turn) {
    const start = performance.now();
    const isOver = () => turn !== this.turn || !this.isTraining;
    for (let seed = 1; ; seed++) {
      if (!this.isPaused) {
        const line = await this.session.sample(seed).catch(() => undefined);
        if (isOver()) return;
        const seconds = Math.round((performance.now() - start) / 1000);
        if (line) this.view.addLine(line, seed === 1 ? "before" : `${seconds} s`);
      }
      const passed = performance.now() - start;
      const pause = seed === 1 ? FIRST_LINE_MS : Math.max(LINE_MS, passed / MAX_LINES);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (isOver()) return;
    }
  }

  /** @param {boolean} isPaused */
  pause(isPaused) {
    this.isPaused = isPaused;
    this.session.call(isPaused ? "pause" : "resume");
    $("band-pause").textContent = isPaused ? "Continue" : "Pause";
    this.say(isPaused ? "Paused. Nothing is lost while this tab stays open." : "It learns again.");
  }

  /** @param {boolean} isTraining */
  setTraining(isTraining) {
    this.isTraining = isTraining;
    this.isPaused = false;
    $("band-pause").textContent = "Pause";
    this.ask(false);
    if (isTraining) {
      addEventListener("beforeunload", askFirst);
      return;
    }
    removeEventListener("beforeunload", askFirst);
    this.lock.release();
  }

  /** @param {boolean} isEnabled */
  enableButtons(isEnabled) {
    for (const id of ["band-pause", "band-stop"]) $(id).disabled = !isEnabled;
  }

  /** @param {string} message */
  async fail(message) {
    this.setTraining(false);
    await this.restart();
    this.say(message, true);
  }

  // The result

  /** Training has ended: the best network becomes one of the characters. @param {boolean} diverged */
  async finish(diverged) {
    const { collect, view } = this;
    if (diverged && !view.records.length) {
      this.fail("Training failed, because the loss was no longer finite: start it again.");
      return;
    }
    if (!this.plan.run) collect.suggestOpening();
    await this.result.keep({ title: collect.title, file: collect.fileName }, view);
    this.setTraining(false);
    this.goTo("done");
    $("band-hear").focus();
  }

  hear() {
    this.close();
    bringToTop($("stage"));
  }

  /** Back to the songs, for another training. */
  restart() {
    this.session.end();
    this.goTo("collect");
    return this.collect.readAgain();
  }

  // Closing

  leave() {
    if (this.isTraining) this.ask(true);
    else this.close();
  }

  /** Show or hide the question what to do with the network that is being trained. @param {boolean} isAsking */
  ask(isAsking) {
    $("band-leave").hidden = !isAsking;
    if (isAsking) $("band-stay").focus();
  }

  discard() {
    this.turn++;
    this.setTraining(false);
    this.close();
  }

  close() {
    $("band").close();
  }

  /** End the worker once the panel is closed. During training, reopen it and ask: browsers may close it unasked. */
  closed() {
    if (this.isTraining) {
      $("band").showModal();
      this.ask(true);
    } else this.session.end();
  }
}
