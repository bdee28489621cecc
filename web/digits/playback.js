// @ts-check
/** Show the generations of a search one by one over a few seconds, however fast the search is. */

import { reducedMotion } from "../shared/reduced-motion.js";

const TOTAL_MS = 5000;
const EXPECTED = 8; // generations assumed to follow while the search is still running
const FILL_SHARE = 0.6; // the share of a generation's time during which its pictures appear row by row
const ROWS = 10;

/** @template {{finished: boolean}} Generation */
export class Playback {
  /**
   * @param {(generation: Generation) => void} onGeneration Called once for each generation, when its turn comes.
   * @param {(generation: Generation, share: number) => void} onFrame Draws the share of a generation that has appeared.
   */
  constructor(onGeneration, onFrame) {
    this.onGeneration = onGeneration;
    this.onFrame = onFrame;
    this.isStill = reducedMotion.matches;
    this.stop();
  }

  /** Discard all generations. */
  stop() {
    cancelAnimationFrame(this.frame ?? 0);
    /** @type {Generation[]} */
    this.waiting = [];
    /** @type {Generation | undefined} */
    this.current = undefined;
    this.drawnRows = -1;
    this.elapsed = 0; // milliseconds of the whole playback
    this.age = 0; // milliseconds of the current generation
    this.duration = 0;
    this.isPaused = false;
    this.isSkipping = false;
  }

  start() {
    this.stop();
    this.resume();
  }

  /** @param {Generation} generation */
  push(generation) {
    this.waiting.push(generation);
  }

  pause() {
    this.isPaused = true;
    cancelAnimationFrame(this.frame);
  }

  resume() {
    this.isPaused = false;
    this.lastTime = performance.now();
    this.frame = requestAnimationFrame((time) => this.advance(time));
  }

  /** Show all generations without waiting, as soon as they are computed. */
  skip() {
    this.isSkipping = true;
    if (this.isPaused) this.resume();
  }

  /** @param {number} time */
  advance(time) {
    const passed = Math.max(0, time - this.lastTime);
    this.lastTime = time;
    this.elapsed += passed;
    this.age += passed;
    while (this.waiting.length && (this.isSkipping || this.age >= this.duration)) this.next();
    this.draw();
    const isOver = this.current?.finished && (this.isSkipping || this.drawnRows === ROWS);
    if (!isOver && !this.isPaused)
      this.frame = requestAnimationFrame((later) => this.advance(later));
  }

  /** Move on to the next generation. */
  next() {
    this.age = Math.max(0, this.age - this.duration);
    this.current = this.waiting.shift();
    this.drawnRows = -1;
    const isKnown = (this.waiting.at(-1) ?? this.current).finished;
    const left = this.waiting.length + 1 + (isKnown ? 0 : EXPECTED);
    this.duration = Math.max(0, TOTAL_MS - this.elapsed) / left;
    if (!this.current.finished) this.onGeneration(this.current);
  }

  draw() {
    if (!this.current) return;
    const rows = this.rows();
    if (rows === this.drawnRows) return;
    this.drawnRows = rows;
    if (rows === ROWS && this.current.finished) this.onGeneration(this.current);
    this.onFrame(this.current, rows / ROWS);
  }

  /** How many rows of the current generation have appeared: all if the visitor skips or prefers reduced motion. */
  rows() {
    if (this.isSkipping || this.isStill) return ROWS;
    return Math.min(ROWS, Math.floor((this.age / (this.duration * FILL_SHARE + 1)) * ROWS));
  }
}
