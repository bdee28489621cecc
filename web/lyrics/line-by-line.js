// @ts-check
/** Line by line: the network offers the next line; the visitor keeps it, changes it or writes another. */

import { detokenize, NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { typeset } from "../core/typography.js";

// The first character of a kept line in a link.
const VISITORS = "+";
const NETWORKS = "-";
export const MAX_KEPT_LENGTH = 4000; // characters of kept lines: what a link can carry
const MAX_TRIES = 3; // to get a new line from a network that would rather end the song or repeat its offer

/** @typedef {{isVisitors: boolean, text: string}} KeptLine An empty text is a stanza break. */

/** The kept lines of a link. @param {string} kept @returns {KeptLine[]} */
const parseKept = (kept) =>
  kept
    ? kept.split("\n").map((line) => ({ isVisitors: line[0] === VISITORS, text: line.slice(1) }))
    : [];

/** The line break before another line, if there is a line above it. @param {string[]} words */
const lineBreak = (words) => (words.length ? [NEWLINE_TEXT] : []);

/**
 * What the page provides.
 *
 * @typedef {object} Page
 * @property {() => string} text How the song starts.
 * @property {() => string} kept The kept lines, as in a link.
 * @property {(kept: string) => void} keep Changes the kept lines.
 * @property {(text: string) => void} tell Says something to screen readers.
 * @property {(text: string) => void} say Shows a message.
 * @property {() => void} onShown The song on the page has changed.
 * @property {(words: string[], wishes: {isAnother: boolean, mustNotEnd: boolean}) => Promise<string[] | undefined>} write
 *   What the network writes after these words.
 */

export class LineByLine {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./song-view.js").SongView} view
   * @param {Page} page
   */
  constructor(form, view, page) {
    this.form = form;
    this.view = view;
    this.page = page;
    this.offer = /** @type {HTMLTextAreaElement} */ (form.querySelector(".offer"));
    this.another = /** @type {HTMLButtonElement} */ (form.querySelector(".another"));
    this.undo = /** @type {HTMLButtonElement} */ (form.querySelector(".undo"));
    /** The network's line, in lowercase, as in links. */
    this.offered = "";
    this.startsStanza = false;
    /** Counts requests and undone steps, so that late answers are ignored. */
    this.turn = 0;
    /** Offers that were replaced by others since the last line was kept. @type {{text: string, offered: string, startsStanza: boolean}[]} */
    this.earlier = [];
    /** The network's lines that the visitor has refused since the last line was kept. @type {Set<string>} */
    this.refused = new Set();
    this.listen();
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep();
    });
    this.offer.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.keep();
    });
    this.another.addEventListener("click", () => this.askForAnother());
    this.undo.addEventListener("click", () => this.undoLast());
  }

  /** Show what was kept and offer a line. */
  start() {
    this.forgetOffers();
    return this.ask(false);
  }

  forgetOffers() {
    this.earlier = [];
    this.refused.clear();
  }

  /** The words of the song, and for each one whether it is the visitor's. */
  song() {
    const words = tokenize(this.page.text());
    const isVisitors = words.map(() => true);
    for (const line of parseKept(this.page.kept())) {
      const more = [...lineBreak(words), ...tokenize(line.text)];
      words.push(...more);
      isVisitors.push(...more.map(() => line.isVisitors));
    }
    return { words, isVisitors };
  }

  show() {
    const { words, isVisitors } = this.song();
    const typed = parseKept(this.page.kept()).filter((line) => line.isVisitors);
    const text = [this.page.text(), ...typed.map((line) => line.text)].join("\n");
    this.view.show(words, words.length, { text, isVisitors: (i) => isVisitors[i] });
    this.updateUndo();
    return words;
  }

  updateUndo() {
    this.undo.disabled = !this.earlier.length && !this.page.kept();
  }

  /** Offer the network's next line. What the visitor types before it arrives stays. @param {boolean} isAnother */
  async ask(isAnother) {
    const turn = ++this.turn;
    const words = this.show();
    this.showOffer("", "");
    this.startsStanza = false;
    this.offer.placeholder = "…";
    this.another.disabled = true;
    const written = await this.nextLine([...words, ...lineBreak(words)], isAnother);
    if (!written || turn !== this.turn) return;
    this.another.disabled = false;
    this.startsStanza = written[0] === NEWLINE_TEXT;
    const offered = detokenize(written).trim();
    this.offer.placeholder = offered
      ? ""
      : "The song could end here. Ask for another line, or write one.";
    if (!this.offer.value) this.showOffer(typeset(tokenize(offered), this.view.forms), offered);
    this.page.tell(offered ? `It offers: ${this.offer.value}` : this.offer.placeholder);
    this.page.onShown();
  }

  /**
   * The network's next line. If the network ends the song or repeats an offer, it is asked again; on the last try, it
   * may not end the song.
   */
  async nextLine(words, isAnother) {
    /** @type {string[] | undefined} */
    let written = [];
    for (let tries = 0; tries <= MAX_TRIES; tries++) {
      const wishes = { isAnother: isAnother || tries > 0, mustNotEnd: tries === MAX_TRIES };
      written = await this.page.write(words, wishes);
      const line = written && detokenize(written).trim();
      if (line === undefined || (line && !this.refused.has(line))) break;
    }
    return written;
  }

  /** @param {string} text @param {string} offered The same text as in links if the network wrote it, else "". */
  showOffer(text, offered) {
    this.offer.value = text;
    this.offered = offered;
  }

  askForAnother() {
    const { offered, startsStanza } = this;
    this.earlier.push({ text: this.offer.value, offered, startsStanza });
    this.refused.add(offered);
    this.page.say("");
    this.ask(true);
  }

  keep() {
    const typed = this.offer.value.replaceAll("\n", " ").trim();
    const text = detokenize(tokenize(typed));
    if (!text) {
      if (!this.another.disabled) this.page.say("Write a line first, or press “Another line”.");
      return;
    }
    const lines = this.page.kept() ? [this.page.kept()] : [];
    if (this.startsStanza) lines.push(NETWORKS);
    lines.push(text === this.offered ? NETWORKS + text : VISITORS + typed);
    const kept = lines.join("\n");
    if (kept.length > MAX_KEPT_LENGTH) {
      this.page.say("The song is too long for a link. Copy the song to keep it.");
      return;
    }
    this.forgetOffers();
    this.page.say("");
    this.page.keep(kept);
    this.ask(true);
  }

  /** Bring back the offer before this one, or remove the last line and offer it again. */
  undoLast() {
    this.turn++;
    this.another.disabled = false;
    this.page.say("");
    const offer = this.earlier.pop() ?? this.removeLast();
    this.startsStanza = offer.startsStanza;
    this.showOffer(offer.text, offer.offered);
    this.updateUndo();
    this.page.onShown();
  }

  removeLast() {
    this.forgetOffers();
    const lines = this.page.kept().split("\n");
    const last = lines.pop() ?? "";
    const startsStanza = lines.at(-1) === NETWORKS;
    if (startsStanza) lines.pop();
    this.page.keep(lines.join("\n"));
    this.show();
    const text = last.slice(1);
    if (last[0] !== NETWORKS) return { text, offered: "", startsStanza };
    return { text: typeset(tokenize(text), this.view.forms), offered: text, startsStanza };
  }
}
