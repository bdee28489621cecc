// @ts-check
/** The home page: a song that writes itself, a face that changes, a sum to repair, a square to draw in. */

import { $ } from "../shared/dom.js";
import { readDrawings } from "./digit-tile.js";
import { playFaces } from "./face-tile.js";
import { Motion } from "./motion.js";
import { playSongs } from "./song-tile.js";
import { askForSums } from "./sum-tile.js";

const motion = new Motion();

const showState = () => {
  $("pause").textContent = motion.isPaused ? "Play" : "Pause";
};

$("pause").addEventListener("click", () => {
  motion.pause(!motion.isPaused);
  showState();
});
showState();
playSongs(motion);
playFaces(motion);
askForSums();
readDrawings();
