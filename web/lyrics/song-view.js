/** A song on the page: its words as they come, marks on those that the network knows by heart, a way from word to word. */

import { gaps, NEW_LINE } from "../core/tokenizer.js";

const PACE = 32; // words a second, at most, that appear: faster than reading, slow enough to watch
const hasCalm = matchMedia("(prefers-reduced-motion: reduce)");
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/** Where a copied run comes from, in a few words. */
export const source = ({ length, title, artist }) =>
  `${length} words from “${title || "a song"}” by ${artist}`;

/** Which words the network does not know, in a sentence; nothing when it knows them all. */
export function notKnown(words) {
  if (!words.length) return "";
  const quoted = words
    .slice(0, 8)
    .map((word) => `“${word}”`)
    .join(", ");
  const rest = words.length > 8 ? ` and ${words.length - 8} more words` : "";
  return `The network does not know ${quoted}${rest}; it read ${words.length > 1 ? "those" : "that"} as “some word” and went on.`;
}

export class Sheet {
  /** @param {() => void} onEnd is called when the last word stands in the element */
  constructor(element, onEnd = () => {}) {
    Object.assign(this, {
      element,
      onEnd,
      words: [],
      nodes: [],
      sources: [],
      unknown: new Set(),
      ended: true,
    });
  }

  /**
   * A new song, or the one that stands there from word `kept` on. seed: so many words at once, the visitor's; isMine:
   * whether word i is the visitor's; isChosen: whether it was chosen among the network's.
   */
  begin(seed, kept = 0, { isMine = (i) => i < seed, isChosen = () => false } = {}) {
    Object.assign(this, { words: [], unknown: new Set(), seed, isMine, isChosen, shown: kept });
    Object.assign(this, { complete: false, ended: false, due: 0, newest: "fresh" });
    this.mark([]);
    this.nodes.length = kept;
    while (this.element.lastChild !== (this.nodes.at(-1) ?? null)) this.element.lastChild.remove();
    this.element.classList.add("writing");
    this.element.setAttribute("aria-busy", "true");
    const mine = this.words;
    const appear = (now) => {
      if (this.ended || this.words !== mine) return;
      this.due ||= now;
      this.fill(
        hasCalm.matches ? Infinity : Math.max(seed, kept) + ((now - this.due) / 1000) * PACE,
      );
      if (this.complete && this.shown >= this.words.length) this.end();
      else requestAnimationFrame(appear);
    };
    requestAnimationFrame(appear);
  }

  /** Words that have been sung; those of `unknown` the network does not know. */
  add(words, unknown = []) {
    if (this.complete) return;
    unknown.forEach((word) => this.unknown.add(word));
    this.words.push(...words);
  }

  /** Stop at the word that stands there. */
  stop() {
    this.complete = true;
    this.words.length = Math.min(this.words.length, this.shown);
  }

  /** A whole song at once. */
  show(words, seed, isMine) {
    this.begin(seed, 0, { isMine });
    this.newest = "";
    this.add(words);
    this.fill(Infinity);
    this.end(false);
  }

  fill(allowed) {
    const spaces = gaps(this.words);
    for (; this.shown < this.words.length && this.shown < allowed; this.shown++)
      this.put(this.words[this.shown], spaces[this.shown]);
  }

  put(word, space) {
    const mine = this.isMine(this.shown),
      element = document.createElement("span");
    element.textContent = word;
    element.className = mine || this.isChosen(this.shown) ? "seed" : this.newest;
    if (this.unknown.has(word)) {
      element.classList.add("unknown");
      element.title = "a word the network does not know";
    }
    if (this.shown >= this.seed || !mine) {
      element.dataset.at = this.shown;
      element.tabIndex = -1;
    }
    const node = word === NEW_LINE ? new Text(word) : element;
    this.element.append(space, node);
    this.nodes.push(node);
  }

  end(told = true) {
    this.ended = this.complete = true;
    this.element.classList.remove("writing");
    this.element.removeAttribute("aria-busy");
    if (told) this.onEnd();
  }

  /** Mark the words of copied runs, as `recalled` of the worker gives them; a run of the visitor's own words is none. */
  mark(runs) {
    this.sources = [];
    for (const run of runs) {
      const places = Array.from({ length: run.length }, (_, i) => run.start + i);
      if (places.every(this.isMine)) continue;
      for (const i of places) if (!(this.sources[i]?.length >= run.length)) this.sources[i] = run;
    }
    this.nodes.forEach((node, i) => node.classList?.toggle("memory", Boolean(this.sources[i])));
  }

  /** How many words of the song are the network's, and how many of those are copied; new lines not counted. */
  get counts() {
    const written = this.nodes.flatMap((node, i) => (this.isMine(i) || !node.classList ? [] : [i]));
    return { written: written.length, copied: written.filter((i) => this.sources[i]).length };
  }

  /** The elements of the words that can be asked for, in order. */
  get asked() {
    return [...this.element.querySelectorAll("[data-at]")];
  }

  /** A tap or Enter on a word calls `onAsk(place)`; pointing at one, or the focus on it, `onPoint(place)`, -1 after. */
  listen(onAsk, onPoint) {
    const { element } = this,
      ask = (word) => this.ended && word && onAsk(Number(word.dataset.at));
    const point = ({ target }, on) =>
      onPoint(on ? Number(target.closest("[data-at]")?.dataset.at ?? -1) : -1);
    element.addEventListener("click", ({ target }) => ask(target.closest("[data-at]")));
    for (const [name, on] of [
      ["pointerover", true],
      ["pointerout", false],
      ["focusin", true],
      ["focusout", false],
    ]) {
      element.addEventListener(name, (event) => point(event, on));
    }
    element.addEventListener("keydown", (event) => {
      const { asked } = this,
        at = asked.indexOf(document.activeElement);
      if (event.key in STEPS) asked[at < 0 ? 0 : at + STEPS[event.key]]?.focus();
      else if (event.key === "Enter" || event.key === " ") ask(asked[Math.max(at, 0)]);
      else return;
      event.preventDefault();
    });
  }
}
