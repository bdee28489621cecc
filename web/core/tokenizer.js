/**
 * Words as the networks know them: text becomes a list of words, and a list of words becomes text again.
 *
 * The twin of `data/lyrics/tokenizer.py`, to the letter; the rules are written there, and `tests/golden/words.json` holds
 * the two together.
 */

export const NEW_LINE = "\n";

const LINE_END = /\r\n|[\r\x0b\x0c\x85\u2028\u2029]/g;
const NOTHING = /[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u2060\ufeff]/g;
const APOSTROPHE = /[\u2018\u2019\u201b\u02bc\u00b4`]/g;
const QUOTE = /[\u201c\u201d\u201e\u00ab\u00bb]/g;
const DASH = /-{2,}|[\u2013\u2014\u2015]/g;
const TAG = /\[[^\[\]\n]{0,60}\]/g;
const BLANKS = /[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/;
const CHUNK = /^(["(]*)(.*?)((?:\.\.\.|[.,!?;:)"])*)$/su;
const MARK = /\.\.\.|./gsu;

/** Marks that close up to the word before them. */
export const CLOSING = new Set([".", ",", "!", "?", ";", ":", ")", "..."]);

/** The list of words of `text`; new lines are the word "\n", a stanza break is two of them. */
export function split(text) {
  const clean = text
    .normalize("NFC")
    .replace(LINE_END, "\n")
    .replace(NOTHING, "")
    .replace(APOSTROPHE, "'")
    .replace(QUOTE, '"')
    .replaceAll("\u2026", "...")
    .replace(DASH, " – ")
    .toLowerCase();
  const words = [];
  let breaks = 0;
  for (const line of clean.split("\n")) {
    const bare = line.replace(TAG, " ");
    const chunks = bare.split(BLANKS).filter(Boolean);
    if (!chunks.length && bare !== line) continue;
    if (chunks.length) {
      if (words.length) for (let i = 0; i < Math.min(breaks, 2); i++) words.push(NEW_LINE);
      breaks = 0;
      for (const chunk of chunks) words.push(...stickOut(chunk));
    }
    breaks++;
  }
  return words;
}

function stickOut(chunk) {
  const [, before, word, after] = CHUNK.exec(chunk);
  return [...before, ...(word ? [word] : []), ...(after.match(MARK) ?? [])];
}

/** The text of a list of words: marks close up to their word, double quotes open and close in turn on a line. */
export function join(words) {
  const spaces = gaps(words);
  return words.map((word, i) => spaces[i] + word).join("");
}

/** For each word, the blank or nothing that stands before it. */
export function gaps(words) {
  let closeUp = true,
    quoted = false;
  return words.map((word) => {
    const closes = word === '"' && quoted,
      opens = word === '"' && !quoted;
    const tight = closeUp || closes || word === NEW_LINE || CLOSING.has(word);
    closeUp = opens || word === NEW_LINE || word === "(";
    quoted = opens || (quoted && !closes && word !== NEW_LINE);
    return tight ? "" : " ";
  });
}
