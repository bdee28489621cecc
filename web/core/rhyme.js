/** What words rhyme on, told from their spelling alone: the twin of `sampling/rhyme.py`. */

import { CLOSING } from "./tokenizer.js";

const SOUNDS = [
  [/(?<=th|gr)ey$|eigh|ay|ai/g, "A"],
  [/igh|(?<=^[^aeiou])y$|(?<=^[^aeiou]{2})y$|ie$|ye$/g, "I"],
  [/ew|ue$|oo/g, "U"],
  [/oa|ow|oe$|o$/g, "O"],
  [/ee|ea|ey$|ie|y$|(?<=^[^aeiou])e$|(?<=^[^aeiou]{2})e$/g, "E"],
  [/([aeiou])([^aeiouy])e$/g, (_, vowel, rest) => vowel.toUpperCase() + rest],
  [/([aeiouyAEIOU][^aeiouy]+)e$/g, "$1"],
  [/aw|au/g, "a"],
  [/ck/g, "k"],
  [/ph/g, "f"],
  [/([^aeiou])\1/g, "$1"],
];

/** What a word rhymes on, or "" for a mark or a word without a vowel. */
export function rhyme(word) {
  const letters = SOUNDS.reduce(
    (text, [pattern, sound]) => text.replace(pattern, sound),
    word.replace(/'s$|[^a-z]/g, ""),
  );
  return letters.match(/[aeiouyAEIOU]+[^aeiouyAEIOU]*$/)?.[0] ?? "";
}

/** A number for what each word rhymes on; 0 for nothing, -1 for a mark that no line begins with. */
export function soundsOf(words) {
  const numbers = new Map([["", 0]]);
  return words.map((word) => {
    if (CLOSING.has(word)) return -1;
    const sound = rhyme(word);
    if (!numbers.has(sound)) numbers.set(sound, numbers.size);
    return numbers.get(sound);
  });
}
