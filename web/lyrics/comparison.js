// @ts-check
/**
 * All networks side by side: each writes the first stanza of the same song in a column, with a button for the rest. The
 * network of the page uses the page's worker and begins at once. The others take turns in a few workers, which last
 * until the visitor leaves the comparison.
 */

import { titleOf } from "../shared/card.js";
import { make } from "../shared/dom.js";
import { ClientInTurns } from "./client-in-turns.js";
import { describeSource, SongView } from "./song-view.js";

const CLIENTS = 2; // each keeps a processor busy and has an engine of its own
const HEAD_START_MS = 3000; // at most
const PREPARE_AFTER_MS = 200; // unless a song is wanted before
const LOADING = "Loading the network…";

/** @typedef {import("./client.js").LyricsClient} LyricsClient */
/** @typedef {{loaded: string, client: LyricsClient, forms: Map<string, string>}} Page The page's own network. */
/** @typedef {{request: {words: string[], title: string}, text: string, isWanted: () => boolean}} Wish What to write; `text` is what the visitor has typed. */

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
    /** @type {ClientInTurns[]} */
    this.clients = [];
    /** Counts the songs that all networks have been asked to write. */
    this.turn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Load the networks, so that nobody has to wait for them. @param {any[]} entries @param {Page} page */
  prepare(entries, { loaded, client, forms }) {
    if (this.columns.length) return;
    this.clients = Array.from({ length: CLIENTS }, () => new ClientInTurns());
    const own = new ClientInTurns(client, forms);
    const isOwn = ({ run }) => run === loaded;
    const cost = (entry) => (isOwn(entry) ? -1 : graphSize(entry));
    const sorted = [...entries].sort((a, b) => cost(a) - cost(b));
    this.columns = sorted.map(
      (entry, i) => new Column(entry, isOwn(entry) ? own : this.clients[i % CLIENTS]),
    );
    for (const { entry, element, open } of this.columns) {
      open.addEventListener("click", () => this.onOpen(entry.run));
      this.element.append(element);
    }
    this.timer = setTimeout(() => {
      for (const column of this.columns) column.load();
    }, PREPARE_AFTER_MS);
  }

  /**
   * Make all networks write, the first one ahead of the others, which need the same processor.
   *
   * @param {{words: string[], title: string}} request
   * @param {string} text What the visitor has typed.
   */
  async write(request, text) {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const wish = { request, text, isWanted: () => turn === this.turn };
    const [first, ...others] = this.columns;
    for (const column of this.columns) column.client.interrupt();
    for (const column of others) column.wait();
    await Promise.race([
      first.write(wish),
      new Promise((resolve) => setTimeout(resolve, HEAD_START_MS)),
    ]);
    for (const column of others) column.write(wish);
  }

  end() {
    clearTimeout(this.timer);
    this.turn++;
    for (const column of this.columns) column.end();
    for (const client of this.clients) client.terminate();
    this.columns = [];
    this.clients = [];
    this.element.replaceChildren();
  }
}

class Column {
  /**
   * @param {any} entry Of the site's index.
   * @param {ClientInTurns} client
   */
  constructor(entry, client) {
    this.entry = entry;
    this.client = client;
    this.makeElement();
    this.view = new SongView(this.song, () => this.markCopies());
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
    this.status = make("p", { className: "said", textContent: LOADING });
    this.open = make("button", { type: "button", textContent: "Open", disabled: true });
    this.open.ariaLabel = `Open the song of ${titleOf(entry)}`;
    const heading = make("h3", { textContent: titleOf(entry) });
    const head = make("div", { className: "row" }, heading, this.open);
    this.element = make("article", { className: "sheet" }, head, this.song, this.status);
    this.element.dataset.run = entry.run;
  }

  /**
   * Do something with the network, when it is its turn.
   *
   * @param {(client: LyricsClient, forms: Map<string, string>) => Promise<void>} task
   * @param {() => boolean} isWanted Whether it is still wanted then.
   */
  inTurn(task, isWanted = () => true) {
    const fail = (/** @type {string} */ message) => this.fail(message);
    return this.client.use(this.entry, task, isWanted, fail);
  }

  /** Load the network before it is needed. */
  load() {
    return this.inTurn(async () => {
      if (this.status.textContent === LOADING) this.status.textContent = "";
    });
  }

  /** Say that the song has to wait for those of other networks. */
  wait() {
    this.open.disabled = true;
    this.status.textContent = "Waiting for its turn…";
  }

  /** Write the first stanza of a song. @param {Wish} wish */
  write({ request, text, isWanted }) {
    this.open.disabled = true;
    return this.inTurn(async (client, forms) => {
      const { view } = this;
      this.status.textContent = "";
      view.networkForms = forms;
      view.begin(request.words.length, 0, { text, title: request.title });
      const stanza = { ...request, oneStanza: true };
      const result = await client.write(stanza, (more) => isWanted() && view.add(more));
      if (result && isWanted()) view.complete = true;
    }, isWanted);
  }

  /** Mark what is copied; the index of the training songs is loaded after all songs. */
  markCopies() {
    this.open.disabled = false;
    const { view } = this;
    const { words } = view;
    const isWanted = () => view.words === words && view.ended;
    return this.inTurn(async (client) => {
      this.share = await client.loadSongIndex();
      const phrases = this.share ? await client.findCopies(words) : undefined;
      if (!phrases || !isWanted()) return;
      view.markCopies(phrases);
      this.showSource(-1);
    }, isWanted);
  }

  /** Say where a word is from, or how much is copied. @param {number} position */
  showSource(position) {
    if (!this.share || !this.view.ended) return;
    const phrase = this.view.copies[position];
    this.status.textContent = phrase ? describeSource(phrase) : countCopied(this.view, this.share);
  }

  /** @param {string} message */
  fail(message) {
    this.view.stop();
    this.status.textContent = message;
  }

  end() {
    if (!this.view.ended) this.view.stop();
  }
}

/** The size of a network's graph in bytes, which grows with its operations: large ones write slowly. @param {any} entry */
const graphSize = ({ files = [] }) =>
  files.find(({ path }) => path.endsWith("/model.json"))?.bytes ?? 0;

/**
 * How much of a stanza is copied, in a few words.
 *
 * @param {SongView} view
 * @param {number} share The share of copied phrases that can be found.
 */
function countCopied({ counts: { written, copied } }, share) {
  if (!copied) return share < 1 ? "No quotation found" : "Nothing is quoted";
  const quoted = `${copied} of ${written} words quoted`;
  return share < 1 ? `At least ${quoted}` : quoted;
}
