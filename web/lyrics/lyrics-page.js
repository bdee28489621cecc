// @ts-check
/** The lyrics page once its settings are loaded: what its buttons do, which network writes, and where links lead. */

import { showCard, titleOf } from "../shared/card.js";
import { $, say } from "../shared/dom.js";
import { readDraft, saveDraft } from "../shared/history-entries.js";
import { bringToTop } from "../shared/into-view.js";
import { randomSeed } from "../shared/random-seed.js";
import { Comparison } from "./comparison.js";
import { describeTooLong } from "./continuation.js";
import { describeArrival } from "./early-network.js";
import { Link } from "./link.js";
import { Networks } from "./networks.js";
import { isFromFile } from "./own-networks.js";
import * as settingsForm from "./settings-form.js";
import { showView } from "./song-sheet.js";
import { SongWriter } from "./song-writer.js";
import { startTakingAlong } from "./take-along.js";
import { chooseRun, DEFAULT_RUN, NEW_SONG } from "./url-fields.js";

const OTHER_TRAINING =
  "This song was written by an earlier version of this network, so its words may differ. ";
const NO_SUCH_FILE =
  "This song was written by a network from a file that is not in this browser, so its words differ. ";
export const WAITING = "The song starts when the network is ready. ";

export class LyricsPage {
  /**
   * @param {import("./client.js").LyricsClient} client
   * @param {any[]} entries Of the networks in the site's index.
   * @param {{form: import("../shared/url-state.js").Table, all: import("../shared/url-state.js").Table}} fields
   * @param {{isWaiting: boolean, shownSong: string}} early Whether the button was pressed; the song in the HTML.
   */
  constructor(client, entries, fields, { isWaiting, shownSong }) {
    this.client = client;
    this.isWaiting = isWaiting;
    this.shownSong = shownSong;
    this.link = new Link(fields);
    /** What is to be said about the link or the text when the song is complete, or "". */
    this.warning = "";
    /** What to say if the network of the link is not here, or "". */
    this.missing = "";
    /** What to do when the network has been loaded. */
    this.whenReady = () => this.showLinked(false);
    this.networks = new Networks(client, entries, {
      onChange: () => this.showState(),
      onReady: (loaded) => this.useNetwork(loaded),
      canReplace: () => !this.link.isNamed,
      hasWritten: () => this.writer.view.words.length > 0,
      prefix: () => (this.isWaiting ? WAITING : ""),
    });
    this.writer = new SongWriter(client, {
      link: this.link,
      onChange: () => this.showState(),
      network: () => titleOf(this.networks.entryOf(this.link.state.run)),
      news: () => describeArrival(this.networks.arrived) + this.warning,
    });
    this.comparison = new Comparison($("comparison"), (run) => this.openSong(run));
    this.listen();
  }

  listen() {
    startTakingAlong(this.link, this.writer);
    $("back").addEventListener("click", () => history.back());
    addEventListener("hashchange", () => this.followLink());
  }

  /** Whether the main button stops a song. */
  get canStop() {
    return this.writer.isWriting && settingsForm.chosenMode() === "song";
  }

  // What the visitor wants

  /** The main button: write, stop writing, or stop waiting. */
  submit() {
    if (this.isWaiting) {
      this.isWaiting = false;
      say("");
      this.showState();
    } else if (this.canStop) this.writer.stopHere();
    else this.startNew();
  }

  /** Write something new, as soon as there is a network. */
  startNew() {
    const { networks, link, writer } = this;
    const isComparison = settingsForm.chosenMode() === "all";
    if (networks.arrived && !isComparison) return this.waitFor(networks.arrived);
    if (!networks.isReady) return this.waitFor(networks.loading || link.state.run);
    const typed = $("text").value;
    writer.stop();
    link.add({ ...settingsForm.readSettings(link.fields.form), ...this.newSong() });
    writer.remembered = "";
    this.warning = describeTooLong(typed, link.state.text);
    settingsForm.makeRoom();
    this.show();
    return bringToTop($("stage"));
  }

  /** The changes that make a new song. A comparison begins with the song that is shown. */
  newSong() {
    const view = settingsForm.chosenMode();
    if (view === "all" && this.link.state.view !== "all") return { view };
    const seed = randomSeed();
    return { view, seed, ...NEW_SONG, picks: "", kept: "" };
  }

  /** Write something new as soon as a network is ready. @param {string} run */
  waitFor(run) {
    this.isWaiting = true;
    if (this.networks.loading !== run) return this.networks.load(run);
    say(WAITING);
    return this.showState();
  }

  /** @param {string} mode */
  changeMode(mode) {
    if (mode === "all") this.prepareComparison();
    else if (this.link.state.view !== "all") this.comparison.end();
    this.showState();
  }

  /** Keep settings that are not used yet. */
  keepSettings() {
    saveDraft(settingsForm.readSettings(this.link.fields.form));
  }

  /** Let another network write what is shown. @param {string} run */
  changeNetwork(run) {
    const { link } = this;
    this.writer.stop();
    this.isWaiting = false;
    this.missing = "";
    this.whenReady = () => {
      const view = link.state.view === "all" ? "song" : link.state.view;
      link.add({ ...settingsForm.readSettings(link.fields.form), picks: "", view });
      this.show();
      bringToTop($("stage"));
    };
    return this.networks.load(run);
  }

  /** Show one network's song from the comparison alone. @param {string} run */
  openSong(run) {
    if (run !== this.networks.loaded) return this.changeNetwork(run);
    this.link.add({ view: "song", picks: "" });
    return this.show(true);
  }

  /** The address has changed: the visitor went back, or followed a link. */
  followLink() {
    const { link, networks, writer } = this;
    writer.stop();
    this.isWaiting = false;
    link.read();
    this.adoptLinkedRun();
    writer.remembered = location.hash;
    settingsForm.showSettings(link.fields.form, { ...link.state, ...readDraft() });
    this.whenReady = () => this.showLinked(true);
    if (networks.isReady && networks.loaded === link.state.run) this.whenReady();
    else networks.load(link.state.run);
  }

  // What the page shows

  /** Write what the link says. */
  show(atOnce = false) {
    const { link, writer } = this;
    const { view } = link.state;
    writer.stop();
    if (view !== "all") this.comparison.end();
    settingsForm.showMode(view);
    showView(view);
    say("");
    writer.clearCaption();
    link.save();
    if (view === "song") writer.write(0, atOnce);
    else if (view === "lines") writer.lines.start();
    else this.compare();
    this.showState();
  }

  /** The run that the address names, if it exists, else the default one. */
  get linkedRun() {
    const runs = this.networks.entries.map(({ run }) => run);
    return chooseRun(runs, location.hash);
  }

  /** Use the network that the address names, or the default one if it is not here. */
  adoptLinkedRun() {
    const { link, linkedRun } = this;
    const { run } = link.state;
    this.missing = link.isNamed && run !== linkedRun && isFromFile(run) ? NO_SUCH_FILE : "";
    this.warning = this.missing;
    link.state.run = linkedRun;
  }

  /**
   * Show what the address names; if it names nothing, the song in the HTML, which the default network wrote.
   *
   * @param {boolean} atOnce
   */
  showLinked(atOnce) {
    const { link, writer, networks } = this;
    if (link.isNamed || this.linkedRun !== DEFAULT_RUN) return this.show(atOnce);
    if (networks.loaded !== DEFAULT_RUN) return undefined;
    this.comparison.end();
    settingsForm.showMode("song");
    showView("song");
    say("");
    writer.adopt(this.shownSong, Number($("song").dataset.seed));
    return this.showState();
  }

  prepareComparison() {
    const { loaded, entries, isReady } = this.networks;
    const forms = this.writer.view.networkForms;
    if (isReady) this.comparison.prepare(entries, { loaded, client: this.client, forms });
  }

  compare() {
    const { link, writer } = this;
    const { text } = link.state;
    this.prepareComparison();
    this.comparison.write({ words: writer.prompt, ...writer.request() }, text);
    writer.made.add({ hash: location.hash, title: text, text: "by all networks" });
    writer.enableCopying(true);
  }

  /** Update the label of the main button, and mark whether the page can write. */
  showState() {
    const { networks, link } = this;
    const isSame = link.state.view === settingsForm.chosenMode();
    const isWriting = this.isWaiting || this.canStop;
    settingsForm.showButton({ isWriting, isAgain: isSame && location.hash !== "" });
    $("settings").toggleAttribute("data-ready", networks.isReady);
  }

  // The network

  /** Begin to load the first network. @param {string} [text] What the visitor has typed so far, if anything. */
  start(text) {
    const { state, fields } = this.link;
    this.adoptLinkedRun();
    const { run } = state;
    const typed = text === undefined ? {} : { text };
    settingsForm.showSettings(fields.form, { ...state, ...readDraft(), ...typed });
    if (run !== DEFAULT_RUN) this.writer.view.element.replaceChildren(); // another network's song
    return this.networks.load(run);
  }

  useNetwork({ run, folder, meta, forms, canRhyme }) {
    const { link, writer } = this;
    const { state } = link;
    const model = folder.split("-").at(-1);
    const isOther = state.run === run && state.model && state.model !== model;
    this.warning = this.missing || (link.isNamed && isOther ? OTHER_TRAINING : "");
    Object.assign(state, { run, model });
    $("run").value = run;
    showCard(this.networks.entryOf(run));
    writer.view.networkForms = forms;
    writer.hasTitles = meta.config.num_title_words > 0;
    writer.numWords = meta.config.vocabulary_size;
    state.artist = settingsForm.fillArtists(meta.data.artists ?? [], state.artist);
    settingsForm.showUsable({ hasTitles: writer.hasTitles, canRhyme });
    say("");
    this.begin();
    if (this.warning) say(this.warning);
    writer.copies.forget();
    writer.copies.load();
  }

  /** Do what was waiting for the network. */
  begin() {
    if (!this.isWaiting) return this.whenReady();
    this.isWaiting = false;
    return this.startNew();
  }

  /** Use another network if a deleted one is in use. @param {string} run */
  forgetNetwork(run) {
    const { link, networks } = this;
    if (link.state.run !== run && networks.loaded !== run && networks.loading !== run) return;
    this.changeNetwork(this.linkedRun);
  }

  /** Show an error; an earlier network stays in use. @param {string} message */
  fail(message) {
    const { networks, writer, link } = this;
    this.isWaiting = false;
    if (!writer.view.ended) writer.view.stop();
    if (networks.loading) networks.end();
    if (networks.loaded) {
      link.state.run = networks.loaded;
      $("run").value = networks.loaded;
    }
    this.showState();
    say(message, true);
  }
}
