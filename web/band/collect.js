// @ts-check
/** The first step of the panel: pasted songs and files, and what was understood of them. */

import { $ } from "../shared/dom.js";
import { bringIntoView } from "../shared/into-view.js";
import { chosenFiles, commonName } from "./files.js";
import { MIN_KNOWN, tooLittle } from "./sentences.js";
import { hideCard, showCard } from "./song-card.js";

/** @typedef {import("./files.js").ChosenFile} ChosenFile */
/** @typedef {import("./sentences.js").Card} Card */
/** @typedef {import("./plans.js").Mode} Mode */

const LONG_TEXT = 50_000; // characters: a text field would show a longer text slowly
const TYPING_MS = 500; // after the last change of the text field, its songs are read
const MAX_TITLE_LENGTH = 60;
const TITLE = "My songs";

/**
 * @typedef {object} Reader
 * @property {(sources: object[]) => Promise<Card>} read Rejects with a UserError.
 * @property {(text: string, isError?: boolean) => void} say
 * @property {boolean} canTune Whether there is a network to start from.
 */

export class Collect {
  /** @param {Reader} reader @param {() => void} onStart */
  constructor(reader, onStart) {
    this.reader = reader;
    /** @type {ChosenFile[]} */
    this.files = [];
    /** What was understood, if it is enough. @type {Card | undefined} */
    this.found = undefined;
    this.turn = 0;
    this.listen(onStart);
    $("band-mode-tune").closest("fieldset").hidden = !reader.canTune;
    this.showMode(reader.canTune ? "tune" : "scratch");
  }

  /** @param {() => void} onStart */
  listen(onStart) {
    for (const [button, input] of [
      ["band-choose", "band-files"],
      ["band-choose-folder", "band-folder"],
    ]) {
      $(button).addEventListener("click", () => $(input).click());
      $(input).addEventListener("change", () => {
        const files = chosenFiles($(input).files);
        $(input).value = ""; // so that the same files can be chosen again
        if (files.length) this.take(files);
      });
    }
    $("band-choose-folder").hidden = !("webkitdirectory" in HTMLInputElement.prototype);
    $("band-text").addEventListener("paste", (/** @type {ClipboardEvent} */ event) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.length < LONG_TEXT) return;
      event.preventDefault();
      this.take([{ name: "", text }]);
    });
    let timer = 0;
    $("band-text").addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.takeText(), TYPING_MS);
    });
    $("band-modes").addEventListener("change", () => this.showMode(this.mode));
    $("band-start").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      if (this.found) onStart();
    });
  }

  /** @returns {Mode} */
  get mode() {
    return $("band-modes").querySelector(":checked").value;
  }

  get title() {
    return $("band-title").value.trim().slice(0, MAX_TITLE_LENGTH) || TITLE;
  }

  /** The name of the file or folder that the songs came from; "" if there is none. */
  get fileName() {
    return this.files.length === 1 ? this.files[0].name : commonName(this.files);
  }

  /** Use files, or a long text, instead of what is in the text field. @param {ChosenFile[]} files */
  take(files) {
    this.files = files;
    $("band-text").value = "";
    return this.read(files, commonName(files));
  }

  takeText() {
    this.files = [];
    const text = $("band-text").value;
    if (text.trim()) return this.read([{ name: "", text }], "");
    this.turn++;
    this.refuse("");
    return undefined;
  }

  /** Read the same songs again, in a new worker. */
  readAgain() {
    if (this.files.length) return this.read(this.files, this.title);
    return this.takeText();
  }

  /** @param {object[]} sources @param {string} name Name of the file or folder, or "". */
  async read(sources, name) {
    const turn = ++this.turn;
    this.refuse("Reading the songs…");
    const found = await this.reader.read(sources).catch((error) => error);
    if (turn !== this.turn) return;
    if (found instanceof Error) {
      this.refuse(found.message, true);
      return;
    }
    if (name || !$("band-title").value)
      $("band-title").value = (name || TITLE).slice(0, MAX_TITLE_LENGTH);
    this.show(found);
  }

  /** Hide what was found, and say why training cannot start. @param {string} reason @param {boolean} [isError] */
  refuse(reason, isError) {
    this.found = undefined;
    $("band-start").hidden = true;
    hideCard();
    this.reader.say(reason, isError);
  }

  /** @param {Card} found */
  show(found) {
    const { canTune, say } = this.reader;
    showCard(found, canTune);
    const problem = tooLittle(found);
    say(problem || "This is what it understood. Nothing has started yet.", Boolean(problem));
    if (problem) return;
    this.found = found;
    $("band-start").hidden = false;
    if (found.known < MIN_KNOWN) this.showMode("scratch");
    bringIntoView($("band-start"));
  }

  /**
   * Fill the page's text field with the first words of these songs, unless the visitor has typed others: the network
   * may not know the default words.
   */
  suggestOpening() {
    const field = $("text");
    if (field.value === field.defaultValue) field.value = this.found.opening;
  }

  /** @param {Mode} mode */
  showMode(mode) {
    $(`band-mode-${mode}`).checked = true;
    for (const each of ["tune", "scratch"]) $(`band-about-${each}`).hidden = each !== mode;
  }
}
