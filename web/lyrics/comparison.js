// @ts-check
/**
 * All networks side by side: each writes the same song in a column. The network of the page uses the page's worker and
 * begins at once; the others have workers of their own, which last until the visitor leaves the comparison.
 */

import { titleOf } from "../shared/card.js";
import { make } from "../shared/dom.js";
import { formatPercent } from "../shared/format.js";
import { LyricsClient } from "./client.js";
import { describeSource, SongView } from "./song-view.js";

const HEAD_START_MS = 300; // at most

/** @typedef {{loaded: string, client: LyricsClient, forms: Map<string, string>}} Page The page's own network. */

export class Comparison {
  /**
   * @param {HTMLElement} element
   * @param {(run: string) => void} onOpen Called to show a network's song alone.
   */
  constructor(element, onOpen) {
    this.element = element;
    this.onOpen = onOpen;
    /** @type {Column[]} */
    this.columns = [];
    /** Counts the songs that all networks have been asked to write. */
    this.turn = 0;
  }

  /** Load the networks, so that nobody has to wait for them. @param {any[]} entries @param {Page} page */
  prepare(entries, { loaded, client, forms }) {
    if (this.columns.length) return;
    const isOwn = ({ run }) => run === loaded;
    const sorted = [...entries].sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
    this.columns = sorted.map((entry) => new Column(entry, isOwn(entry) && { client, forms }));
    for (const { entry, element, open } of this.columns) {
      open.addEventListener("click", () => this.onOpen(entry.run));
      this.element.append(element);
    }
  }

  /**
   * Make all networks write, the first one ahead of the others, which need the same processor.
   *
   * @param {{words: string[], title: string}} request
   * @param {string} text What the visitor has typed.
   */
  async write(request, text) {
    const turn = ++this.turn;
    const [first, ...others] = this.columns;
    await new Promise((resolve) => {
      first.write(request, text, () => resolve(undefined));
      setTimeout(resolve, HEAD_START_MS);
    });
    if (turn === this.turn) for (const column of others) column.write(request, text);
  }

  end() {
    this.turn++;
    for (const column of this.columns) column.end();
    this.columns = [];
    this.element.replaceChildren();
  }
}

class Column {
  /**
   * @param {any} entry Of the site's index.
   * @param {false | {client: LyricsClient, forms: Map<string, string>}} own The page's network, if it is this one.
   */
  constructor(entry, own) {
    this.entry = entry;
    this.makeElement();
    this.view = new SongView(this.song, () => this.markCopies());
    this.isShared = Boolean(own);
    this.client = own ? own.client : new LyricsClient((message) => this.fail(message));
    this.forms = own ? Promise.resolve(own.forms) : this.load();
    /** @type {number | undefined} Share of copied phrases that can be found; undefined until the index is loaded. */
    this.share = undefined;
    this.view.listen(
      () => {},
      (position) => this.showSource(position),
    );
  }

  makeElement() {
    const { entry } = this;
    this.song = make("div", { className: "song", dir: "auto", translate: false, tabIndex: 0 });
    this.song.ariaLabel = `The song of ${titleOf(entry)}`;
    this.song.setAttribute("role", "region");
    this.status = make("p", { className: "said", textContent: "Loading the network…" });
    this.open = make("button", { type: "button", textContent: "Open", disabled: true });
    this.open.ariaLabel = `Open the song of ${titleOf(entry)}`;
    const heading = make("h3", { textContent: titleOf(entry) });
    const head = make("div", { className: "row" }, heading, this.open);
    this.element = make("article", { className: "sheet" }, head, this.song, this.status);
    this.element.dataset.run = entry.run;
  }

  /** Load the network; its forms, or undefined if that has failed. */
  async load() {
    const { run } = this.entry;
    const network = await this.client.load({ run, entry: this.entry });
    if (network) this.status.textContent = "";
    return network?.forms;
  }

  /**
   * Write a song.
   *
   * @param {{words: string[], title: string}} request
   * @param {string} text What the visitor has typed.
   * @param {() => void} onLine Called when there is a line.
   */
  async write(request, text, onLine = () => {}) {
    this.open.disabled = true;
    const forms = await this.forms;
    if (!forms) return;
    const { client, view } = this;
    this.status.textContent = "";
    view.networkForms = forms;
    view.begin(request.words.length, 0, { text, title: request.title });
    const onWords = (more) => {
      if (view.words.length) onLine();
      view.add(more);
    };
    if (await client.write(request, onWords)) view.complete = true;
  }

  /** Mark what is copied; the index of the training songs is loaded after the first song. */
  async markCopies() {
    this.open.disabled = false;
    const { words } = this.view;
    this.share ??= await this.client.loadSongIndex();
    const phrases = this.share ? await this.client.findCopies(words) : undefined;
    if (!phrases || this.view.words !== words || !this.view.ended) return;
    this.view.markCopies(phrases);
    this.showSource(-1);
  }

  /** Say where a word is from, or how much is copied. @param {number} position */
  showSource(position) {
    if (!this.share || !this.view.ended) return;
    const phrase = this.view.copies[position];
    this.status.textContent = phrase
      ? describeSource(phrase)
      : describeCopied(this.view, this.share);
  }

  /** @param {string} message */
  fail(message) {
    this.view.stop();
    this.status.textContent = message;
  }

  end() {
    if (!this.view.ended) this.view.stop();
    if (!this.isShared) this.client.terminate();
  }
}

/**
 * How much of a song is copied, in a sentence.
 *
 * @param {SongView} view
 * @param {number} share The share of copied phrases that can be found.
 */
export function describeCopied(view, share) {
  const { written, copied } = view.counts;
  const limits =
    share < 1 ? ` Only ${formatPercent(share)} of all copied phrases can be found.` : "";
  if (!copied) return `Nothing here is copied from a song it learned.${limits}`;
  return `Underlined: ${copied} of ${written} words quoted from songs it learned.${limits}`;
}
