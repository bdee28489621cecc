/** What the network considered: a dialog over a word, with the others that it might have said there. */

import { NEW_LINE } from "../core/tokenizer.js";
import { formatPercent } from "../shared/format.js";
import { source } from "./song-view.js";

const GAP = 8; // pixels between a word and what is said of it
const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const NAMES = { [NEW_LINE]: "a new line", "": "the end" };
const percent = (chance) => (chance > 0 && chance < 0.001 ? "< 0.1 %" : formatPercent(chance));

/** What was chosen instead, {place: word}, out of the address: "7 rain 12 sea", nothing for the end of the song. */
export const readPicks = (text) =>
  Object.fromEntries(
    Array.from(text.matchAll(/(\d{1,3}) ([^ ]*)/g), ([, place, word]) => [place, word]),
  );

/** The same with another choice, which undoes those after it. */
export function pick(text, place, word) {
  const before = Object.entries(readPicks(text)).filter(([other]) => other < place);
  return [...before, [place, word]].flat().join(" ");
}

/**
 * @param {HTMLDialogElement} dialog @param {import("./song-view.js").Sheet} sheet
 * @param {(place: number) => Promise<{word: string, chance: number}[]>} ask what it might have said at a place
 * @param {(place: number, word: string) => void} choose another word there
 * @returns {(place: number) => void} opens it
 */
export function considering(dialog, sheet, ask, choose) {
  const part = (name) => dialog.querySelector(`.${name}`);
  let place = 0;

  const neighbour = (step) =>
    sheet.asked[sheet.asked.findIndex(({ dataset }) => Number(dataset.at) === place) + step];

  function row({ word, chance }) {
    const item = document.createElement("li"),
      button = document.createElement("button"),
      is = word === sheet.words[place];
    const bar = Object.assign(document.createElement("progress"), {
      value: chance,
      ariaHidden: "true",
    });
    const parts = ["b", "span"].map((tag) => document.createElement(tag));
    parts[0].textContent = NAMES[word] ?? word;
    parts[1].textContent = percent(chance);
    button.append(parts[0], bar, parts[1]);
    if (is) button.ariaCurrent = "true";
    button.addEventListener("click", () => {
      dialog.close();
      if (!is) choose(place, word);
    });
    item.append(button);
    return item;
  }

  /** Beside the word where there is room; on a phone the style sheet puts it below. */
  function stand(word) {
    const { left, top, bottom } = word.getBoundingClientRect(),
      { offsetHeight: high, offsetWidth: wide } = dialog;
    const below = bottom + GAP,
      above = top - GAP - high;
    dialog.style.left = `${Math.max(GAP, Math.min(left, innerWidth - wide - GAP))}px`;
    dialog.style.top = `${Math.max(GAP, below + high < innerHeight ? below : above)}px`;
  }

  async function open(at) {
    const word = sheet.nodes[(place = at)];
    if (!dialog.open) dialog.showModal();
    for (const one of sheet.asked) one.classList.toggle("asked", one === word);
    word.scrollIntoView({ block: "nearest" });
    part("word").textContent = `“${word.textContent}”`;
    part("heart").textContent = sheet.sources[at] ? `By heart: ${source(sheet.sources[at])}.` : "";
    for (const [name, step] of [
      ["before", -1],
      ["after", 1],
    ])
      part(name).disabled = !neighbour(step);
    stand(word);
    const words = await ask(at);
    if (!words || place !== at || !dialog.open) return;
    part("bars").replaceChildren(...words.map(row));
    const isForced = words.length === 1;
    part("choice").hidden = isForced;
    part("must").hidden = !isForced;
    stand(word);
  }

  const go = (step) => neighbour(step) && open(Number(neighbour(step).dataset.at));
  part("before").addEventListener("click", () => go(-1));
  part("after").addEventListener("click", () => go(1));
  part("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", ({ key }) => key in STEPS && go(STEPS[key]));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    for (const one of sheet.asked) one.classList.remove("asked");
    (sheet.nodes[place] ?? sheet.element).focus();
  });
  return open;
}
