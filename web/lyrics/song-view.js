/** A song on the page: words appear as they come, copied phrases are marked, keys move from word to word. */

import { NEWLINE_TEXT, spacing } from "../core/tokenizer.js";

const WORDS_PER_SECOND = 32; // at most: faster than reading, slow enough to watch
const MAX_NAMED_WORDS = 8; // unknown words that a message names
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
const prefersCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** Where a copied phrase comes from. */
export const describeSource = ({ length, title, artist }) =>
  `${length} words from “${title || "a song"}” by ${artist}`;

/** A sentence about words that are not in the network's vocabulary; "" if there are none. */
export function describeUnknown(words) {
  if (!words.length) return "";
  const quoted = words
    .slice(0, MAX_NAMED_WORDS)
    .map((word) => `“${word}”`)
    .join(", ");
  const more = words.length - MAX_NAMED_WORDS;
  const rest = more > 0 ? ` and ${more} more words` : "";
  const [are, them] = words.length > 1 ? ["are", "them"] : ["is", "it"];
  return `${quoted}${rest} ${are} not among the words that the network knows, so it guessed around ${them}.`;
}

export class SongView {
  /**
   * @param {HTMLElement} element
   * @param {() => void} onEnd Called when the last word has appeared.
   */
  constructor(element, onEnd = () => {}) {
    Object.assign(this, { element, onEnd });
    this.words = [];
    this.nodes = [];
    this.copies = []; // the copied phrase of each word, if any
    this.unknown = new Set();
    this.ended = true;
  }

  /**
   * Start a new song, or rewrite the one that is shown from word `kept` on.
   *
   * @param {number} promptLength Words that appear at once.
   * @param {number} kept
   * @param {object} options isVisitors(i): whether word i is the visitor's; isChosen(i): whether the visitor chose it
   *   among the network's.
   */
  begin(
    promptLength,
    kept = 0,
    { isVisitors = (i) => i < promptLength, isChosen = () => false } = {},
  ) {
    Object.assign(this, { promptLength, isVisitors, isChosen });
    this.words = [];
    this.unknown = new Set();
    this.shown = kept;
    this.complete = false;
    this.ended = false;
    this.wordClass = "fresh";
    this.markCopies([]);
    this.nodes.length = kept;
    const lastKept = this.nodes.at(-1) ?? null;
    while (this.element.lastChild !== lastKept) this.element.lastChild.remove();
    this.element.classList.add("writing");
    this.element.setAttribute("aria-busy", "true");
    this.animate(Math.max(promptLength, kept));
  }

  /** Let words appear, `atOnce` of them without waiting, until the song is complete or replaced. */
  animate(atOnce) {
    const { words } = this;
    let startTime;
    const appear = (now) => {
      if (this.ended || this.words !== words) return;
      startTime ??= now;
      const seconds = (now - startTime) / 1000;
      this.reveal(prefersCalm.matches ? Infinity : atOnce + seconds * WORDS_PER_SECOND);
      if (this.complete && this.shown >= this.words.length) this.end();
      else requestAnimationFrame(appear);
    };
    requestAnimationFrame(appear);
  }

  /** Append words; `unknown` are those that the network does not know. */
  add(words, unknown = []) {
    if (this.complete) return;
    for (const word of unknown) this.unknown.add(word);
    this.words.push(...words);
  }

  /** End the song with the last word that has appeared. */
  stop() {
    this.complete = true;
    this.words.length = Math.min(this.words.length, this.shown);
  }

  /** Show a whole song at once. */
  show(words, promptLength, isVisitors) {
    this.begin(promptLength, 0, { isVisitors });
    this.wordClass = "";
    this.add(words);
    this.reveal(Infinity);
    this.end(false);
  }

  /** Show words up to a number. */
  reveal(count) {
    const spaces = spacing(this.words);
    for (; this.shown < this.words.length && this.shown < count; this.shown++)
      this.append(this.words[this.shown], spaces[this.shown]);
  }

  append(word, space) {
    const isVisitors = this.isVisitors(this.shown);
    const element = document.createElement("span");
    element.textContent = word;
    element.className = isVisitors || this.isChosen(this.shown) ? "prompt" : this.wordClass;
    if (this.unknown.has(word)) {
      element.classList.add("unknown");
      element.title = "The network does not know this word.";
    }
    if (this.shown >= this.promptLength || !isVisitors) {
      element.dataset.at = this.shown;
      element.tabIndex = -1;
    }
    const node = word === NEWLINE_TEXT ? new Text(word) : element;
    this.element.append(space, node);
    this.nodes.push(node);
  }

  end(notify = true) {
    this.ended = true;
    this.complete = true;
    this.element.classList.remove("writing");
    this.element.removeAttribute("aria-busy");
    if (notify) this.onEnd();
  }

  /** Mark the words of copied phrases, as the worker returns them, but not a phrase that the visitor wrote. */
  markCopies(phrases) {
    this.copies = [];
    for (const phrase of phrases) {
      const positions = Array.from({ length: phrase.length }, (_, i) => phrase.start + i);
      if (positions.every(this.isVisitors)) continue;
      for (const i of positions) {
        const isLonger = !this.copies[i] || this.copies[i].length < phrase.length;
        if (isLonger) this.copies[i] = phrase;
      }
    }
    for (const [i, node] of this.nodes.entries()) {
      node.classList?.toggle("copied", Boolean(this.copies[i]));
    }
  }

  /** How many words, without line breaks, the network has written, and how many of those are copied. */
  get counts() {
    const written = [...this.nodes.keys()].filter(
      (i) => !this.isVisitors(i) && this.nodes[i].classList,
    );
    return { written: written.length, copied: written.filter((i) => this.copies[i]).length };
  }

  /** The elements of the network's words, in order. */
  get ownWords() {
    return [...this.element.querySelectorAll("[data-at]")];
  }

  /**
   * Listen to the visitor.
   *
   * @param {(position: number) => void} onSelect A word was tapped, or Enter was pressed on it.
   * @param {(position: number) => void} onPoint A word is pointed at or has the focus; -1 afterwards.
   */
  listen(onSelect, onPoint) {
    const { element } = this;
    const positionOf = (word) => Number(word?.dataset.at ?? -1);
    const select = (word) => this.ended && word && onSelect(positionOf(word));
    const pointAt = ({ target }) => onPoint(positionOf(target.closest("[data-at]")));
    element.addEventListener("click", ({ target }) => select(target.closest("[data-at]")));
    for (const type of ["pointerover", "focusin"]) element.addEventListener(type, pointAt);
    for (const type of ["pointerout", "focusout"])
      element.addEventListener(type, () => onPoint(-1));
    element.addEventListener("keydown", (event) => {
      const { ownWords } = this;
      const at = ownWords.indexOf(document.activeElement);
      if (event.key in MOVES) ownWords[at < 0 ? 0 : at + MOVES[event.key]]?.focus();
      else if (event.key === "Enter" || event.key === " ") select(ownWords[Math.max(at, 0)]);
      else return;
      event.preventDefault();
    });
  }
}
