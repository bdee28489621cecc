/** Line by line: the network offers the next line, the visitor keeps it, changes it, or writes another. */

import { join, NEW_LINE, split } from "../core/tokenizer.js";

const MINE = "+",
  THEIRS = "-";
export const LONGEST = 4000; // characters of kept lines: what a link carries

/** Kept lines out of the address: [{mine, text}]; an empty text is a stanza break. */
const read = (kept) =>
  kept ? kept.split("\n").map((line) => ({ mine: line[0] === MINE, text: line.slice(1) })) : [];

/** The new line that goes before another line, if any stands above it. */
const onward = (words) => (words.length ? [NEW_LINE] : []);

/**
 * @param {HTMLFormElement} form @param {import("./song-view.js").Sheet} sheet
 * @param {{kept: () => string, begin: () => string, keep: (kept: string) => void,
 *   sing: (words: string[], again: boolean) => Promise<string[]>, say: (text: string) => void}} page
 * @returns {() => Promise<void>} shows what was kept and offers a line
 */
export function together(form, sheet, page) {
  const [offer, another, back] = ["offer", "another", "back"].map((name) =>
    form.querySelector(`.${name}`),
  );
  let offered = "",
    gap = false;

  /** The words of the song, and of each whether it is the visitor's. */
  function song() {
    const words = split(page.begin()),
      mine = words.map(() => true);
    for (const line of read(page.kept())) {
      const more = [...onward(words), ...split(line.text)];
      words.push(...more);
      mine.push(...more.map(() => line.mine));
    }
    return { words, mine };
  }

  function show() {
    const { words, mine } = song();
    sheet.show(words, words.length, (i) => mine[i]);
    back.disabled = !page.kept();
    return words;
  }

  /** The network's next line; another one where it was asked `again`. */
  async function ask(again = false) {
    const words = show();
    another.disabled = true;
    const sung = await page.sing([...words, ...onward(words)], again);
    another.disabled = false;
    if (!sung) return;
    gap = sung[0] === NEW_LINE;
    offer.value = offered = join(sung).trim();
    offer.placeholder = offered ? "" : "Here it would end. Try another, or go on.";
    page.say(offered ? `It offers: ${offered}` : offer.placeholder);
  }

  function keep() {
    const text = join(split(offer.value.replaceAll("\n", " ")));
    if (!text) return;
    const before = page.kept() ? [page.kept()] : [],
      all = [...before, ...(gap ? [THEIRS] : []), (text === offered ? THEIRS : MINE) + text].join(
        "\n",
      );
    if (all.length > LONGEST) {
      page.say("That is as much as a link can carry. Copy the song to keep it.");
      return;
    }
    page.keep(all);
    ask(true);
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
  back.addEventListener("click", () => {
    const lines = page.kept().split("\n"),
      last = lines.pop();
    gap = lines.at(-1) === THEIRS;
    page.keep(lines.slice(0, gap ? -1 : undefined).join("\n"));
    show();
    offer.value = last.slice(1);
    offered = last[0] === THEIRS ? offer.value : "";
  });
  return ask;
}
