// @ts-check
/** A song that writes itself, word by word, and then another one. */

import { $, make } from "../shared/dom.js";
import { RECORDED_SONGS } from "./recorded-songs.js";

const WORD_MS = 190;
const REST_MS = 4000; // after a song
const READ_MS = 10_000; // after a song that appears all at once

/** @param {import("./motion.js").Motion} motion */
export function playSongs(motion) {
  let index = -1; // the HTML contains the first song
  let latest = 0;
  /** Once the visitor has asked for another song. @type {import("./live-songs.js").LiveSongs | undefined} */
  let live;

  function nextRecorded() {
    index = (index + 1) % RECORDED_SONGS.length;
    return RECORDED_SONGS[index];
  }

  /** Begin the next song; without motion, it appears all at once. */
  async function begin() {
    const token = ++latest;
    const song = (await live?.write()) ?? nextRecorded();
    if (token !== latest) return; // the visitor has asked again
    const words = song.match(/\S+\s*/g) ?? [];
    const rest = words.map((text) => make("span", { className: "later", textContent: text }));
    $("song").replaceChildren(...rest);
    if (motion.isStill) showAll();
    else write();
  }

  /** Show one more word. */
  function write() {
    const next = $("song").querySelector(".later");
    if (next) next.className = "arrived";
    motion.after(next ? WORD_MS : REST_MS, "song", next ? write : begin);
  }

  function showAll() {
    for (const word of $("song").children) word.className = "";
    motion.after(READ_MS, "song", begin);
  }

  /** Load the network. This is done only on request, because few visitors of this page would wait for it. */
  async function load() {
    const { LiveSongs } = await import("./live-songs.js");
    live ??= new LiveSongs();
  }

  $("next-song").addEventListener("click", () => {
    begin();
    if (!live) load().catch(() => {}); // if this fails, recorded songs continue
  });
  motion.after(REST_MS, "song", begin);
}
