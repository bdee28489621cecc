// @ts-check
/** Songs that the lyrics network writes on the spot; until it is loaded, there are none. */

import { NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { typeset } from "../core/typography.js";
import { LyricsClient } from "../lyrics/client.js";
import { DEFAULT_RUN } from "../lyrics/url-fields.js";
import { randomSeed } from "../shared/random-seed.js";

const LINES = 4;
const FORM = "abcb";
export const BEGINNINGS = [
  "hello world",
  "my old dog",
  "in the morning",
  "the moon",
  "nobody knew",
  "we danced",
];

export class LiveSongs {
  constructor() {
    this.client = new LyricsClient(() => {});
    this.count = 0;
    /** What the worker says of the network once it is loaded. @type {any} */
    this.network = undefined;
    this.load();
  }

  async load() {
    this.network = await this.client.load({ run: DEFAULT_RUN });
  }

  /** Write a song; undefined if there is no network yet. @returns {Promise<string | undefined>} */
  async write() {
    if (!this.network) return undefined;
    const title = BEGINNINGS[this.count++ % BEGINNINGS.length];
    const words = tokenize(title);
    /** @type {string[]} */
    const song = [];
    const request = { words, title, seed: randomSeed(), artist: "", form: FORM, lines: LINES };
    const written = await this.client.write(request, (more) => song.push(...more.words));
    while (song.at(-1) === NEWLINE_TEXT) song.pop();
    return written && typeset(song, this.network.forms);
  }
}
