// @ts-check
/** Ways to take a song along: on the shelf, as text, as a link and as a picture. */

import { typeset } from "../core/typography.js";
import { $ } from "../shared/dom.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, copy, download, makeShareButton } from "../shared/share.js";
import { writeHash, writeShortHash } from "../shared/url-state.js";

const MESSAGES = "copied"; // id of their element

/**
 * Set up the buttons.
 *
 * @param {import("./link.js").Link} link
 * @param {import("./song-writer.js").SongWriter} writer
 */
export function startTakingAlong(link, writer) {
  const draw = () => drawSong(link, writer);
  const save = () => {
    link.save();
    return addressOf();
  };
  const message = { done: "Link copied. It brings back this song.", id: MESSAGES };
  makeKeepButton($("keep"), () => shelfItem(link, writer), MESSAGES);
  makeShareButton($("link"), save, draw, message);
  $("copy").addEventListener("click", () => copy(writer.view.text, "Song copied.", MESSAGES));
  $("picture").addEventListener("click", async () =>
    download(await draw(), `song-${link.state.seed}.png`),
  );
}

/** @param {import("./link.js").Link} link @param {import("./song-writer.js").SongWriter} writer */
function shelfItem({ fields, state }, writer) {
  const link = `lyrics.html${writeHash(fields.all, state)}`;
  if (state.view === "all") return { link, title: state.text, text: "by all networks" };
  return { link, ...writer.beginning };
}

/** The song as a picture; undefined for a comparison. */
async function drawSong(
  /** @type {import("./link.js").Link} */ { fields, state },
  /** @type {import("./song-writer.js").SongWriter} */ { view, hasTitles },
) {
  if (state.view === "all") return undefined;
  const { drawCard } = await import("../shared/picture-card.js");
  // A link without num_candidates would be taken for one from a version that had only one candidate.
  const kept = { always: ["seed", "num_candidates"], never: ["model"] };
  return drawCard({
    title: hasTitles ? state.title : "",
    song: view.text.trimEnd(),
    promptLength: typeset(view.words.slice(0, view.promptLength), view.forms).length,
    link: addressOf(writeShortHash(fields.all, state, kept)),
  });
}
