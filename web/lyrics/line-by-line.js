/** Line by line: the network offers the next line; the visitor keeps it, changes it or writes another. */

import { detokenize, NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";

// The first character of a kept line in a link.
const VISITORS = "+";
const NETWORKS = "-";
export const MAX_KEPT_LENGTH = 4000; // characters of kept lines: what a link can carry

/** Kept lines out of a link: [{isVisitors, text}]; an empty text is a stanza break. */
const parseKept = (kept) =>
  kept
    ? kept.split("\n").map((line) => ({ isVisitors: line[0] === VISITORS, text: line.slice(1) }))
    : [];

/** The line break before another line, if there is a line above it. */
const lineBreak = (words) => (words.length ? [NEWLINE_TEXT] : []);

/**
 * @param {HTMLFormElement} form
 * @param {import("./song-view.js").SongView} view
 * @param {object} page text(): how the song starts; kept(): the kept lines; keep(kept) changes them; say(text);
 *   write(words, again): what the network writes after these words, something new if `again`.
 * @returns {() => Promise<void>} Shows what was kept and offers a line.
 */
export function lineByLine(form, view, page) {
  const offer = form.querySelector(".offer");
  const another = form.querySelector(".another");
  const undo = form.querySelector(".undo");
  let offered = "";
  let startsStanza = false;

  /** The words of the song, and of each whether it is the visitor's. */
  function song() {
    const words = tokenize(page.text());
    const isVisitors = words.map(() => true);
    for (const line of parseKept(page.kept())) {
      const more = [...lineBreak(words), ...tokenize(line.text)];
      words.push(...more);
      isVisitors.push(...more.map(() => line.isVisitors));
    }
    return { words, isVisitors };
  }

  function show() {
    const { words, isVisitors } = song();
    view.show(words, words.length, (i) => isVisitors[i]);
    undo.disabled = !page.kept();
    return words;
  }

  /** Offer the network's next line; another one if `again`. */
  async function ask(again = false) {
    const words = show();
    another.disabled = true;
    const written = await page.write([...words, ...lineBreak(words)], again);
    if (!written) return;
    another.disabled = false;
    startsStanza = written[0] === NEWLINE_TEXT;
    offered = detokenize(written).trim();
    offer.value = offered;
    offer.placeholder = offered ? "" : "The song could end here. Ask again or write a line.";
    page.say(offered ? `It offers: ${offered}` : offer.placeholder);
  }

  function keep() {
    const text = detokenize(tokenize(offer.value.replaceAll("\n", " ")));
    if (!text) return;
    const lines = page.kept() ? [page.kept()] : [];
    if (startsStanza) lines.push(NETWORKS);
    lines.push((text === offered ? NETWORKS : VISITORS) + text);
    const kept = lines.join("\n");
    if (kept.length > MAX_KEPT_LENGTH) {
      page.say("The song is too long for a link. Copy the song to keep it.");
      return;
    }
    page.keep(kept);
    ask(true);
  }

  function undoLast() {
    const lines = page.kept().split("\n");
    const last = lines.pop();
    startsStanza = lines.at(-1) === NETWORKS;
    if (startsStanza) lines.pop();
    page.keep(lines.join("\n"));
    show();
    offer.value = last.slice(1);
    offered = last[0] === NETWORKS ? offer.value : "";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  offer.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    keep();
  });
  another.addEventListener("click", () => ask(true));
  undo.addEventListener("click", undoLast);
  return ask;
}
