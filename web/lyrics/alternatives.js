// @ts-check
/** A dialog for a word of the song: what else the network considered there. */

import { NEWLINE_TEXT } from "../core/tokenizer.js";
import { make } from "../shared/dom.js";
import { formatPercent, quote } from "../shared/format.js";
import { describeSource } from "./song-view.js";

const GAP = 8; // pixels between the word and the dialog
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
export const END = ""; // stands for the end of the song
const NAMES = { [NEWLINE_TEXT]: "line break", [END]: "end of the song" };
const PICK = /(\d{1,4}) ([^ ]*)/g;

const percent = (probability) =>
  probability > 0 && probability < 0.001 ? "< 0.1%" : formatPercent(probability);

/** What the visitor chose, {position: word}, from a link: "7 rain 12 sea"; "" is the end of the song. */
export const parsePicks = (text) =>
  Object.fromEntries(Array.from(text.matchAll(PICK), ([, position, word]) => [position, word]));

/** Add a choice to the text of a link; it replaces all choices from its position on. */
export function addPick(text, position, word) {
  const earlier = Object.entries(parsePicks(text)).filter(([other]) => other < position);
  return [...earlier, [position, word]].flat().join(" ");
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {import("./song-view.js").SongView} view
 * @param {(position: number) => Promise<{word: string, probability: number}[]>} ask
 * @param {(position: number, word: string) => void} onChoose
 * @returns {(position: number) => void} Opens the dialog.
 */
export function alternativesDialog(dialog, view, ask, onChoose) {
  const part = (name) => /** @type {any} */ (dialog.querySelector(`.${name}`));
  let position = 0;

  function neighbor(step) {
    const words = view.ownWords;
    const at = words.findIndex(({ dataset }) => Number(dataset.at) === position);
    return words[at + step];
  }

  function row({ word, probability }) {
    const isCurrent = word === view.words[position];
    const button = make(
      "button",
      {},
      make("b", {
        textContent: NAMES[word] ?? view.writeAt(position, word),
        dir: "auto",
        translate: false,
      }),
      make("progress", { value: probability, ariaHidden: "true" }),
      make("span", { textContent: percent(probability) }),
    );
    if (isCurrent) button.ariaCurrent = "true";
    button.addEventListener("click", () => {
      dialog.close();
      if (!isCurrent) onChoose(position, word);
    });
    return make("li", {}, button);
  }

  /** Place the dialog next to the word where there is room; on a phone the style sheet puts it below. */
  function place(word) {
    const { left, top, bottom } = word.getBoundingClientRect();
    const { offsetHeight, offsetWidth } = dialog;
    const below = bottom + GAP;
    const above = top - GAP - offsetHeight;
    const best = below + offsetHeight < innerHeight ? below : above;
    dialog.style.left = `${Math.max(GAP, Math.min(left, innerWidth - offsetWidth - GAP))}px`;
    dialog.style.top = `${Math.max(GAP, best)}px`;
  }

  async function open(at) {
    position = at;
    const word = view.nodes[at];
    if (!dialog.open) dialog.showModal();
    for (const other of view.ownWords) other.classList.toggle("asked", other === word);
    word.scrollIntoView({ block: "nearest" });
    part("word").textContent = quote(view.nodes[at].written);
    const copy = view.copies[at];
    part("source").textContent = copy ? `Copied: ${describeSource(copy)}.` : "";
    part("before").disabled = !neighbor(-1);
    part("after").disabled = !neighbor(1);
    place(word);
    const found = await ask(at);
    if (!found || position !== at || !dialog.open) return;
    part("bars").replaceChildren(...found.map(row));
    const isForced = found.length === 1;
    part("choice").hidden = isForced;
    part("must").hidden = !isForced;
    place(word);
  }

  const move = (step) => neighbor(step) && open(Number(neighbor(step).dataset.at));
  part("before").addEventListener("click", () => move(-1));
  part("after").addEventListener("click", () => move(1));
  part("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", ({ key }) => key in MOVES && move(MOVES[key]));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    for (const word of view.ownWords) word.classList.remove("asked");
    (view.nodes[position] ?? view.element).focus();
  });
  return open;
}
