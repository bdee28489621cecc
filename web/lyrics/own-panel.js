// @ts-check
/** Opens networks from files that are chosen or dropped on the page, and deletes them again. */

import { titleOf } from "../shared/card.js";
import { $, make, say } from "../shared/dom.js";
import { listenForDrops } from "../shared/file-drops.js";
import { formatBytes, quote } from "../shared/format.js";
import { bringIntoView } from "../shared/into-view.js";
import { saveFile } from "../shared/share.js";
import { showCards } from "./model-cards.js";
import { forgetNetwork, keepNetwork, makeEntry } from "./own-networks.js";
import * as settingsForm from "./settings-form.js";
import { Teaching } from "./teaching.js";

/** @typedef {import("./own-networks.js").OwnEntry} OwnEntry */

const STATUS = "own-status";
const NETWORK = /\.gene$/i;

export class OwnPanel {
  /**
   * @param {import("./client.js").LyricsClient} client
   * @param {any[]} entries Of all networks; opened ones are added, deleted ones removed.
   * @param {import("./lyrics-page.js").LyricsPage} page
   */
  constructor(client, entries, page) {
    this.client = client;
    this.entries = entries;
    this.page = page;
    /** What Undo does. @type {() => void} */
    this.undo = () => {};
    this.teaching = new Teaching(entries, this);
    this.listen();
    this.showCards();
  }

  listen() {
    $("own-open").addEventListener("click", () => $("own-file").click());
    $("own-file").addEventListener("change", () => {
      this.openAll([...$("own-file").files]);
      $("own-file").value = ""; // so that the same file can be chosen again
    });
    $("own-undo").addEventListener("click", () => this.undo());
    listenForDrops((dropped) => this.receive(dropped));
  }

  /** Open what is dropped: networks, or songs to learn from. @param {DataTransfer} dropped */
  receive(dropped) {
    const files = [...dropped.files];
    if (files.length && files.every(({ name }) => NETWORK.test(name))) this.openAll(files);
    else this.teaching.open(dropped);
  }

  /** @param {File[]} files */
  async openAll(files) {
    for (const file of files) {
      this.say(`Opening ${quote(file.name)} …`);
      try {
        const { entry, trouble } = await this.open(file);
        this.say(trouble ?? `${quote(titleOf(entry))} was opened. It stays until you delete it.`);
      } catch (error) {
        this.say(error.message, true);
        bringIntoView($(STATUS));
      }
    }
  }

  /**
   * Keep the network in a file and let it write.
   *
   * @param {File} file
   * @returns {Promise<{entry: OwnEntry, trouble?: string}>} `trouble` says why it stays for this visit only.
   * @throws {import("../shared/user-error.js").UserError} The file is damaged, or no network.
   */
  async open(file) {
    const content = await this.client.inspect(file);
    const copy = new Blob([await file.arrayBuffer()]); // the file itself may be moved
    const entry = makeEntry(copy, file.name, content);
    const trouble = await keepNetwork(entry).catch((error) => error.message);
    this.add(entry);
    this.page.changeNetwork(entry.run);
    return { entry, trouble };
  }

  /** @param {OwnEntry} entry */
  add(entry) {
    const known = this.entries.findIndex(({ run }) => run === entry.run);
    if (known >= 0) this.entries.splice(known, 1);
    this.entries.push(entry);
    this.show();
  }

  /** @param {OwnEntry} entry */
  async delete(entry) {
    await forgetNetwork(entry.run);
    this.entries.splice(this.entries.indexOf(entry), 1);
    this.show();
    this.page.forgetNetwork(entry.run);
    this.say(`Deleted ${quote(titleOf(entry))}.`);
    this.undo = () => this.restore(entry);
    $("own-undo").hidden = false;
    $("own-undo").focus();
  }

  /** @param {OwnEntry} entry */
  async restore(entry) {
    const trouble = await keepNetwork(entry).catch((error) => error.message);
    this.add(entry);
    this.say(trouble ?? `${quote(titleOf(entry))} is back.`);
  }

  /** Show a message, and hide the Undo button. @param {string} text */
  say(text, isError = false) {
    $("own-undo").hidden = true;
    say(text, isError, STATUS);
  }

  /** Let the menu and the cards show what is there. */
  show() {
    settingsForm.fillNetworks(this.entries, this.page.link.state.run);
    this.showCards();
  }

  showCards() {
    showCards($("characters"), this.entries, {
      onPick: (run) => this.page.changeNetwork(run),
      makeButtons: (entry) => (entry.file ? this.makeButtons(entry) : []),
    });
  }

  /** @param {OwnEntry} entry */
  makeButtons(entry) {
    const title = titleOf(entry);
    const size = formatBytes(entry.file.size);
    const save = make("button", { type: "button", textContent: `Save as a file, ${size}` });
    save.addEventListener("click", () => saveFile(entry.file, `${fileName(title)}.gene`));
    const remove = make("button", { type: "button", textContent: "Delete" });
    remove.ariaLabel = `Delete ${title}`;
    remove.addEventListener("click", () => this.delete(entry));
    return [save, remove];
  }
}

/** @param {string} title */
const fileName = (title) => title.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-") || "network";
