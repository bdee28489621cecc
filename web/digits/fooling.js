// @ts-check
/** Evolve a meaningless picture that the visitor's own network takes for one of the signs. */

import { $, say as sayIn } from "../shared/dom.js";
import { quote } from "../shared/format.js";
import { randomSeed } from "../shared/random-seed.js";
import { paint, percent } from "./digit-canvas.js";
import { fromBytes } from "./image-bytes.js";
import { Playback } from "./playback.js";
import { showExamples } from "./sign-examples.js";

const NUM_PIXELS = 784;
const THRESHOLD = 0.95;
const MAX_GENERATIONS = 100;

export class Fooling {
  /**
   * @param {any} page
   * @param {import("./sign-set.js").SignSet} set
   * @param {import("./sign-learner.js").SignLearner} learner
   * @param {import("./sign-rows.js").SignRows} rows
   */
  constructor(page, set, learner, rows) {
    this.page = page;
    this.set = set;
    this.learner = learner;
    this.rows = rows;
    this.searches = 0;
    this.target = 0;
    this.generations = 0;
    this.playback = new Playback(
      (generation) => this.count(generation),
      (generation) => this.draw(generation),
    );
    $("sign-skip").addEventListener("click", () => this.playback.skip());
  }

  /** Prepare for signs that may have changed. */
  show() {
    this.stop();
    paint($("fake"), new Uint8Array(NUM_PIXELS));
    this.rows.showConfidences([]);
    this.showTarget(this.learner.known.includes(this.target) ? this.target : this.learner.known[0]);
    this.say("Press Evolve to make a picture that your network takes for that sign.");
  }

  stop() {
    this.searches++;
    this.playback.stop();
    this.page.request("pause", { head: true });
    $("sign-skip").disabled = true;
  }

  /** @param {number} target The sign that the network should see. */
  start(target) {
    this.stop();
    this.showTarget(target);
    this.generations = 0;
    this.say("");
    $("sign-skip").disabled = false;
    this.playback.start();
    const current = this.searches;
    const settings = {
      method: $("sign-method").value,
      digit: this.learner.known.indexOf(target),
      seed: randomSeed(),
      head: this.learner.head,
      threshold: THRESHOLD,
      maxGenerations: MAX_GENERATIONS,
    };
    this.page.request("breed", settings, (generation) => {
      if (current === this.searches) this.playback.push(generation);
    });
  }

  /** Show the visitor's own drawings of a sign. @param {number} target */
  showTarget(target) {
    this.target = target;
    const sign = this.set.signs[target];
    $("own-label").textContent = `Your own ${quote(sign.name)}`;
    showExamples($("own-drawings"), sign);
  }

  /** Say how sure the network is of a generation. @param {any} generation As the worker reports it. */
  count({ own, finished }) {
    this.generations++;
    const share = own[this.learner.known.indexOf(this.target)];
    $("sign-said").setAttribute("aria-live", finished ? "polite" : "off");
    this.say(`${this.claim(share)} ${finished ? this.conclude(share) : ""}`);
    if (finished) $("sign-skip").disabled = true;
  }

  /** @param {any} generation */
  draw({ pictures, best, own }) {
    paint($("fake"), fromBytes(pictures.subarray(best * NUM_PIXELS, (best + 1) * NUM_PIXELS)));
    this.rows.showConfidences(this.learner.spread(own, this.set.signs.length));
  }

  /** @param {number} share */
  claim(share) {
    const unit = $("sign-method").value === "climb" ? "Step" : "Generation";
    const { name } = this.set.signs[this.target];
    return `${unit} ${this.generations}: your network is ${percent(share)} sure that this is ${quote(name)}.`;
  }

  /** @param {number} share */
  conclude(share) {
    if (share < THRESHOLD)
      return "It does not become more certain. Try again, or use gradient ascent.";
    const mean = percent(this.learner.meanConfidence(this.set.signs, this.target));
    return `Of your own drawings of it, it is ${mean} sure on average.`;
  }

  /** @param {string} text */
  say(text) {
    sayIn(text, false, "sign-said");
  }
}
