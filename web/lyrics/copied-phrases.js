// @ts-check
/** Underlines what the song on the page has copied from training songs, and says where from. */

import { formatPercent } from "../shared/format.js";
import { describeSource } from "./song-view.js";

export class CopiedPhrases {
  /**
   * @param {import("./song-view.js").SongView} view
   * @param {import("./client.js").LyricsClient} client
   * @param {HTMLElement} element Shows the messages.
   */
  constructor(view, client, element) {
    this.view = view;
    this.client = client;
    this.element = element;
    this.forget();
  }

  /** Forget the index of an earlier network. */
  forget() {
    /** The share of copied phrases that can be found; 0 until the index of the training songs is loaded. */
    this.share = 0;
  }

  /** Load the index of the network's training songs. */
  async load() {
    const found = await this.client.loadSongIndex();
    if (found === undefined) return;
    this.share = found;
    this.mark();
  }

  async mark() {
    if (!this.share || !this.view.ended || !this.view.words.length) return;
    const phrases = await this.client.findCopies(this.view.words);
    if (!phrases || !this.view.ended) return;
    this.view.markCopies(phrases);
    this.show(-1);
  }

  /** Say where the word at a position was copied from, or how much of the song is copied. */
  show = (position) => {
    if (!this.share || !this.view.ended) return;
    const phrase = this.view.copies[position];
    this.element.textContent = phrase
      ? `Copied: ${describeSource(phrase)}.`
      : describeCopied(this.view, this.share);
  };
}

/**
 * How much of a song is copied, in a sentence.
 *
 * @param {import("./song-view.js").SongView} view
 * @param {number} share The share of copied phrases that can be found.
 */
function describeCopied(view, share) {
  const { written, copied } = view.counts;
  const limits =
    share < 1 ? ` Only ${formatPercent(share)} of all copied phrases can be found.` : "";
  if (!copied) return `Nothing here is copied from a song it learned.${limits}`;
  return `Underlined: ${copied} of ${written} words quoted from songs it learned.${limits}`;
}
