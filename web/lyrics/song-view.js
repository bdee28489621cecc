// @ts-check
/** A song on the page: words appear as they come, copied phrases are marked, keys move from word to word. */

import { isWord, NEWLINE_TEXT, spacing } from "../core/tokenizer.js";
import { typedForms, typeset, writtenWords } from "../core/typography.js";
import { make } from "../shared/dom.js";
import { formatCount, quote } from "../shared/format.js";
import { reducedMotion } from "../shared/reduced-motion.js";

const WORDS_PER_SECOND = 32; // at most: faster than reading, slow enough to watch
const MAX_NAMED_WORDS = 8; // unknown words that a message names
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };

/** Where a copied phrase comes from. */
export const describeSource = ({ length, title, artist }) =>
  `${length} words from ${title ? quote(title) : "a song"} by ${artist}`;

/**
 * A sentence about words that are not in the network's vocabulary; "" if there are none.
 *
 * @param {string[]} tokens
 * @param {number} known How many words it knows.
 */
export function describeUnknown(tokens, known) {
  const words = tokens.filter(isWord);
  if (!words.length) return "";
  const quoted = words.slice(0, MAX_NAMED_WORDS).map(quote).join(", ");
  const more = words.length - MAX_NAMED_WORDS;
  const rest = more > 0 ? ` and ${more} more words` : "";
  const [are, them] = words.length > 1 ? ["are", "them"] : ["is", "it"];
  return `${quoted}${rest} ${are} not among its ${formatCount(known)} words, so it guessed around ${them}.`;
}

/**
 * How a song is shown: `text` and `title` are what the visitor has typed; isVisitors(i) says whether word i is the
 * visitor's, isChosen(i) whether the visitor chose it among the network's; atOnce: all words appear immediately.
 *
 * @typedef {object} Options
 * @property {string} [text]
 * @property {string} [title]
 * @property {(i: number) => boolean} [isVisitors]
 * @property {(i: number) => boolean} [isChosen]
 * @property {boolean} [atOnce]
 *
 * @typedef {{start: number, length: number, title: string, artist: string}} Phrase Copied, see core/song-index.js.
 */

export class SongView {
  /**
   * @param {HTMLElement} element
   * @param {() => void} onEnd Called when the last word has appeared.
   */
  constructor(element, onEnd = () => {}) {
    this.element = element;
    this.onEnd = onEnd;
    /** @type {string[]} */
    this.words = [];
    /** Elements of words, and Text nodes of line breaks, with what was `written` into them. @type {any[]} */
    this.nodes = [];
    /** The copied phrase of each word, if any. @type {Phrase[]} */
    this.copies = [];
    this.promptLength = 0;
    /** @type {(i: number) => boolean} */
    this.isVisitors = () => false;
    /** @type {(i: number) => boolean} */
    this.isChosen = () => false;
    this.unknown = new Set(); // the visitor's words that are not in the network's vocabulary
    this.lost = new Set(); // those of them that it cannot repeat
    this.ended = true;
    /** How the network's songs write words that are not lowercase; see core/vocabulary.js. */
    this.networkForms = new Map();
    this.typed = typedForms("");
    this.typedTitle = typedForms("");
  }

  /** How words are written that are not lowercase inside a line. */
  get forms() {
    const { typed, typedTitle } = this;
    const unsure = [...typedTitle.certain, ...typedTitle.doubtful, ...typed.doubtful];
    const unknown = unsure.filter(([word]) => this.unknown.has(word));
    return new Map([...this.networkForms, ...unknown, ...typed.certain]);
  }

  /**
   * Start a new song, or rewrite the one that is shown from word `kept` on.
   *
   * @param {number} promptLength Words that appear at once.
   * @param {number} kept
   * @param {Options} options
   */
  begin(
    promptLength,
    kept = 0,
    {
      text = "",
      title = "",
      isVisitors = (i) => i < promptLength,
      isChosen = () => false,
      atOnce = false,
    } = {},
  ) {
    this.promptLength = promptLength;
    this.isVisitors = isVisitors;
    this.isChosen = isChosen;
    this.typed = typedForms(text);
    this.typedTitle = typedForms(title);
    this.shown = this.removeAfter(kept);
    this.words = [];
    this.unknown = new Set();
    this.lost = new Set();
    this.complete = false;
    this.ended = false;
    this.wordClass = atOnce ? "" : "fresh";
    this.markCopies([]);
    this.element.classList.add("writing");
    this.element.setAttribute("aria-busy", "true");
    this.animate(atOnce ? Infinity : Math.max(promptLength, kept));
  }

  /**
   * Remove all words but the first `count`, or all words if a page translator has changed any of the first `count`.
   *
   * @returns {number} How many are left.
   */
  removeAfter(count) {
    const { element, nodes } = this;
    const isIntact = nodes
      .slice(0, count)
      .every((node) => node.parentNode === element && node.textContent === node.written);
    nodes.length = isIntact ? count : 0;
    const last = nodes.at(-1) ?? null;
    while (element.lastChild !== last) element.lastChild.remove();
    return nodes.length;
  }

  /** The song as text; the content of the element may have been translated. */
  get text() {
    return typeset(this.words, this.forms);
  }

  /** How a word would be written at a position of the song. */
  writeAt(position, word) {
    return writtenWords([...this.words.slice(0, position), word], this.forms).at(-1);
  }

  /** Let words appear, `atOnce` of them without waiting, until the song is complete or replaced. */
  animate(atOnce) {
    const { words } = this;
    let startTime;
    const appear = (now) => {
      if (this.ended || this.words !== words) return;
      startTime ??= now;
      const seconds = (now - startTime) / 1000;
      this.reveal(reducedMotion.matches ? Infinity : atOnce + seconds * WORDS_PER_SECOND);
      if (this.complete && this.shown >= this.words.length) this.end();
      else requestAnimationFrame(appear);
    };
    requestAnimationFrame(appear);
  }

  /** Append words; `unknown` are those that the network does not know, `lost` those that it cannot repeat either. */
  add({ words, unknown = [], lost = [] }) {
    if (this.complete) return;
    for (const word of unknown) this.unknown.add(word);
    for (const word of lost) this.lost.add(word);
    this.words.push(...words);
  }

  /** End the song with the last word that has appeared. */
  stop() {
    this.complete = true;
    this.words.length = Math.min(this.words.length, this.shown);
  }

  /** Show a whole song at once; options as for `begin`. */
  show(words, promptLength, options) {
    this.begin(promptLength, 0, options);
    this.wordClass = "";
    this.add({ words });
    this.reveal(Infinity);
    this.end(false);
  }

  /** Show words up to a number. */
  reveal(count) {
    if (this.shown >= Math.min(count, this.words.length)) return; // most frames have no new word
    const spaces = spacing(this.words);
    const written = writtenWords(this.words, this.forms);
    for (; this.shown < this.words.length && this.shown < count; this.shown++)
      this.append(this.words[this.shown], written[this.shown], spaces[this.shown]);
  }

  append(word, written, space) {
    const isVisitors = this.isVisitors(this.shown);
    const element = document.createElement("span");
    element.textContent = written;
    element.className = isVisitors || this.isChosen(this.shown) ? "prompt" : this.wordClass;
    if (this.lost.has(word)) {
      element.classList.add("unknown");
      element.title = "The network does not know this word.";
    }
    if (this.shown >= this.promptLength || !isVisitors) {
      element.dataset.at = String(this.shown);
      element.tabIndex = -1;
    }
    const node = /** @type {any} */ (word === NEWLINE_TEXT ? new Text(word) : element);
    node.written = node.textContent;
    if (space) {
      node.gap = make("u", { textContent: space });
      this.element.append(node.gap);
    }
    this.element.append(node);
    this.nodes.push(node);
  }

  end(notify = true) {
    this.ended = true;
    this.complete = true;
    this.element.classList.remove("writing");
    this.element.removeAttribute("aria-busy");
    if (notify) this.onEnd();
  }

  /** Mark the words of copied phrases, but not a phrase that the visitor wrote. @param {Phrase[]} phrases */
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
      const isInside = this.copies[i] && this.copies[i] === this.copies[i - 1];
      node.gap?.classList.toggle("quoted", Boolean(isInside && node.classList));
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
    return /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll("[data-at]")]);
  }

  /**
   * Listen to the visitor.
   *
   * @param {(position: number) => void} onSelect A word was tapped, or Enter was pressed on it.
   * @param {(position: number) => void} onPoint A word is pointed at or has the focus; -1 afterwards.
   */
  listen(onSelect, onPoint) {
    const { element } = this;
    const wordOf = ({ target }) => target.closest("[data-at]");
    const positionOf = (word) => Number(word?.dataset.at ?? -1);
    const select = (word) => this.ended && word && onSelect(positionOf(word));
    const pointAt = (event) => onPoint(positionOf(wordOf(event)));
    element.addEventListener("click", (event) => select(wordOf(event)));
    for (const type of ["pointerover", "focusin"]) element.addEventListener(type, pointAt);
    for (const type of ["pointerout", "focusout"])
      element.addEventListener(type, () => onPoint(-1));
    element.addEventListener("keydown", (event) => {
      const { ownWords } = this;
      const at = ownWords.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      if (event.key in MOVES) ownWords[at < 0 ? 0 : at + MOVES[event.key]]?.focus();
      else if (event.key === "Enter" || event.key === " ") select(ownWords[Math.max(at, 0)]);
      else return;
      event.preventDefault();
    });
  }
}
