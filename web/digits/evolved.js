/** Ways to keep an evolved picture: on the shelf, as a link, and as a picture with its story. */

import { $ } from "../shared/dom.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, download, makeShareButton } from "../shared/share.js";
import { enlarged, percent } from "./digit-canvas.js";

const MESSAGES = "bred-said"; // id of their element
/** Fields of the other views. */
const OTHER_FIELDS = [
  ...["ink", "made", "thickness", "sample", "way", "amount"],
  ...["rebuilt", "parts", "weights"],
];

/**
 * Set up the buttons.
 *
 * @param {object} page
 * @param {() => {picture: Float32Array, share: number} | null} best The picture that is shown.
 * @param {() => string} tell What to say about it.
 */
export function startTakingAlong(page, best, tell) {
  const hash = () => page.hash({ view: "evolve", bred: true });
  const title = () => `Not a ${page.state.digit}`;
  const draw = () =>
    drawEvolved({
      title: title(),
      text: tell(),
      picture: enlarged(best().picture),
      link: addressOf(page.shortHash({ view: "evolve", bred: true }, OTHER_FIELDS)),
    });
  const item = () => ({
    link: `digits.html${hash()}`,
    title: title(),
    text: best() ? `${percent(best().share)} a ${page.state.digit}` : "",
    picture: () => enlarged(best().picture),
  });
  const done = "Link copied. It evolves this exact picture again.";
  makeKeepButton($("bred-keep"), item, MESSAGES);
  makeShareButton($("bred-link"), () => addressOf(hash()), draw, { done, id: MESSAGES });
  $("bred-save").addEventListener("click", async () =>
    download(await draw(), `not-a-${page.state.digit}.png`),
  );
}

/** @param {import("../shared/picture-card.js").Card} card */
async function drawEvolved(card) {
  const { drawCard } = await import("../shared/picture-card.js");
  return drawCard({ ...card, isPixelated: true });
}
