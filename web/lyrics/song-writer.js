// @ts-check
/** Writes the song of the page's link and shows it, as a whole or line by line, with the texts around it. */

import { countLines } from "../core/decoder.js";
import { NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { $, say } from "../shared/dom.js";
import { entriesBefore } from "../shared/history-entries.js";
import { HistoryStrip } from "../shared/history-strip.js";
import { randomSeed } from "../shared/random-seed.js";
import { addPick, alternativesDialog, END, parsePicks } from "./alternatives.js";
import { formOfOneMoreLine, MAX_PROMPT_WORDS, promptWords, settingsAfter } from "./continuation.js";
import { CopiedPhrases } from "./copied-phrases.js";
import { LineByLine } from "./line-by-line.js";
import { describeSong } from "./song-sheet.js";
import { describeUnknown, SongView } from "./song-view.js";
import { NEW_SONG, settingsOf } from "./url-fields.js";

/**
 * The page: `onChange` is called when a song begins or ends, `network` returns the title of the one that writes, `news` a
 * message for when a song is complete, "" for none.
 *
 * @typedef {object} Page
 * @property {import("./link.js").Link} link
 * @property {() => void} onChange
 * @property {() => string} network
 * @property {() => string} news
 */

export class SongWriter {
  /**
   * @param {import("./client.js").LyricsClient} client
   * @param {Page} page
   */
  constructor(client, page) {
    this.client = client;
    this.page = page;
    this.link = page.link;
    this.view = new SongView($("song"), () => this.showEnd());
    this.copies = new CopiedPhrases(this.view, client, $("copies"));
    this.made = new HistoryStrip($("made"), "lyrics");
    this.lines = this.lineByLine();
    this.wordsPerSecond = 0;
    /** Whether the network takes titles. */
    this.hasTitles = false;
    /** How many words the network knows. */
    this.numWords = 0;
    /** The hash of the strip's item for the song that is written line by line; "" for none. */
    this.remembered = "";
    const ask = (position) => this.askForAlternatives(position);
    const choose = (position, word) => this.choose(position, word);
    const open = alternativesDialog($("alternatives"), this.view, ask, choose);
    this.view.listen(
      (position) => this.link.state.view === "song" && open(position),
      this.copies.show,
    );
  }

  /** The words of the link's text that the network reads. */
  get prompt() {
    return promptWords(this.link.state.text);
  }

  /** Whether a song is being written that can be stopped. */
  get isWriting() {
    return !this.view.ended && this.link.state.view === "song";
  }

  /** What the worker needs to know besides the words that the song begins with. */
  request(words = this.prompt) {
    const { state } = this.link;
    const { prompt } = this;
    const pasted = state.form_after_text && prompt.includes(NEWLINE_TEXT) ? prompt.length : 0;
    const { seed, artist } = state;
    const title = state.title || (state.title_from_text ? state.text : "");
    return { seed, title, artist, ...settingsAfter(words, settingsOf(state), pasted) };
  }

  /** Write the song; keep the first `kept` words that are shown. */
  async write(kept = 0, atOnce = false) {
    const words = this.prompt;
    const { text, title, picks: picked, seed } = this.link.state;
    this.view.element.dataset.singer = seed;
    const picks = parsePicks(picked);
    const isChosen = (i) => i - words.length in picks;
    this.view.begin(words.length, kept, { text, title, isChosen, atOnce });
    this.enableCopying(false);
    this.page.onChange();
    const request = { words, picks, ...this.request() };
    const written = await this.client.write(request, (more) => this.view.add(more));
    if (!written) return;
    this.view.complete = true;
    this.wordsPerSecond = written.count / written.seconds;
  }

  showEnd() {
    const { lost, forms } = this.view;
    this.link.save();
    this.showCaption();
    const unknown = [...lost].map((word) => forms.get(word) ?? word);
    say(this.page.news() + describeUnknown(unknown, this.numWords));
    this.copies.mark();
    this.remember();
    this.page.onChange();
  }

  /** Put what the page shows into the strip. @param {string} replaced The hash of an earlier state of it. */
  remember(replaced = "") {
    const { title, text } = this.beginning;
    if (title) this.made.add({ hash: location.hash, title, text }, replaced);
  }

  /** The first two lines: what the song is called on the strip and on the shelf. */
  get beginning() {
    const [title = "", text = ""] = this.view.text.split("\n").filter(Boolean);
    return { title, text };
  }

  showCaption() {
    const { state } = this.link;
    const shown = { ...state, title: this.hasTitles && state.title };
    $("caption").textContent = describeSong(shown, this.page.network(), this.wordsPerSecond);
    this.enableCopying(true);
  }

  clearCaption() {
    $("copies").textContent = "";
    $("caption").textContent = "";
  }

  /** @param {boolean} isEnabled */
  enableCopying(isEnabled) {
    for (const id of ["keep", "copy", "link", "picture"]) $(id).disabled = !isEnabled;
    $("back").disabled = !entriesBefore();
  }

  /** Stop writing. */
  stop() {
    this.client.interrupt();
    if (!this.view.ended) this.view.stop();
  }

  /** End the song here, for everyone who opens its link, too. */
  stopHere() {
    this.stop();
    const position = this.view.words.length - this.prompt.length;
    if (position >= 0) this.link.save({ picks: addPick(this.link.state.picks, position, END) });
  }

  askForAlternatives(position) {
    const words = this.view.words.slice(0, position);
    return this.client.alternatives({
      words,
      said: this.view.words[position],
      ...this.request(),
    });
  }

  /** Put another word at a position and rewrite the rest of the song. */
  choose(position, word) {
    const picks = addPick(this.link.state.picks, position - this.prompt.length, word);
    this.link.add({ picks });
    say("");
    this.write(position);
  }

  lineByLine() {
    const { link } = this;
    return new LineByLine($("line-by-line"), this.view, {
      text: () => link.state.text,
      kept: () => link.state.kept,
      keep: (kept) => link.save({ kept }),
      tell: (text) => say(text, false, "offered"),
      say,
      onShown: () => this.showLines(),
      write: (words, wishes) => this.writeLine(words, wishes),
    });
  }

  showLines() {
    this.remember(this.remembered);
    this.remembered = location.hash;
    this.showCaption();
    this.copies.mark();
    $("line-by-line").scrollIntoView({ block: "nearest" });
  }

  async writeLine(allWords, { isAnother, mustNotEnd }) {
    if (isAnother) this.link.save({ seed: randomSeed() });
    const words = allWords.slice(-MAX_PROMPT_WORDS);
    const request = { ...this.request(words), lines: countLines(words, NEWLINE_TEXT) + 1 };
    if (mustNotEnd) request.form = formOfOneMoreLine(words);
    const received = [];
    const onWords = ({ words: more }) => received.push(...more);
    const written = await this.client.write({ words, ...request }, onWords);
    return written && received.slice(words.length);
  }

  /** Show an existing song, written with the settings of the link. @param {string} song @param {number} seed */
  adopt(song, seed) {
    Object.assign(this.link.state, NEW_SONG, { seed });
    this.view.show(tokenize(song), this.prompt.length);
    this.showCaption();
    this.copies.mark();
  }
}
