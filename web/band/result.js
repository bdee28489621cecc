// @ts-check
/** The third step of the panel: the trained network is one of the characters. */

import { titleOf } from "../shared/card.js";
import { $, say } from "../shared/dom.js";
import { formatBytes, quote } from "../shared/format.js";
import { saveFile } from "../shared/share.js";

/** @typedef {import("./training.js").TrainingView} TrainingView */

const STATUS = "band-said";

export class Result {
  /**
   * @param {import("./session.js").Session} session
   * @param {import("../lyrics/own-panel.js").OwnPanel} own
   */
  constructor(session, own) {
    this.session = session;
    this.own = own;
    $("band-save").addEventListener("click", () => saveFile(this.file, this.file.name));
    $("band-latest").addEventListener("click", () => this.keepLatest());
  }

  /**
   * Keep the best network of a training, or the latest one if no round has ended.
   *
   * @param {{title: string, file: string}} songs
   * @param {TrainingView} training
   */
  keep(songs, training) {
    this.songs = songs;
    this.training = training;
    return this.pack(songs.title, !training.records.length);
  }

  /** Keep the network as it is now, too. */
  async keepLatest() {
    $("band-latest").disabled = true;
    try {
      await this.pack(`${this.songs.title}, quoting`, true);
    } catch (error) {
      say(error.message, true, STATUS);
    }
    $("band-latest").disabled = false;
  }

  /** @param {string} title @param {boolean} isLatest */
  async pack(title, isLatest) {
    say("Making a character of it…", false, STATUS);
    const blob = await this.session.pack({ title, file: this.songs.file, isLatest });
    const name = title.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-") || "network";
    this.file = new File([blob], `${name}.gene`);
    const { entry, trouble } = await this.own.open(this.file);
    say(trouble ?? "", false, STATUS);
    this.show(titleOf(entry), isLatest);
  }

  /** @param {string} title @param {boolean} isLatest */
  show(title, isLatest) {
    const { records, best } = this.training;
    const canKeepLatest = !isLatest && best.epoch < records.length;
    $("band-result").textContent = `${quote(title)} is one of the characters now.`;
    $("band-save").textContent = `Save it, ${formatBytes(this.file.size)}`;
    $("band-which").textContent = canKeepLatest
      ? `This is the network after round ${best.epoch}, the best on songs that it had not seen. After round ${records.length}, it quotes more.`
      : "";
    $("band-latest").hidden = !canKeepLatest;
  }
}
