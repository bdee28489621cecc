// @ts-check
/** A face that sings the song next to it; every few seconds, another face replaces it. */

import { $ } from "../shared/dom.js";
import { SingingFace } from "../shared/singer.js";

const FACE_MS = 8000;

/** @param {import("./motion.js").Motion} motion */
export function playFaces(motion) {
  const singer = new SingingFace($("face"), $("song"));

  function next() {
    singer.change(singer.index + 1);
    motion.after(FACE_MS, "face", next);
  }

  $("next-face").addEventListener("click", next);
  motion.after(FACE_MS, "face", next);
}
