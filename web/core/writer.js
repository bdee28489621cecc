/**
 * The writer: a network, a seed text and some randomness become a song, word by word.
 *
 * The twin of `sampling/writer.py`, where the guard against loops is described; `tests/golden/writer.json` holds the
 * two together. A network here is anything with `begin()` and `step(word)`, which returns the scores of the next word.
 */

import { Random } from "./random.js";
import { choose } from "./samplers.js";
import { LINE, SONG } from "./vocabulary.js";

const REPEATS = 3;
const LONGEST_RUN = 8;
const LONGEST_SONG = 800;

/**
 * Yields the numbers of the words that follow the seed, until the song ends by itself or has `lines` lines.
 * @param {object} settings those of `choose`, and {lines, number, guard, noRepeat}
 */
export function* sing(network, seed, { lines, number, guard = true, noRepeat = 0, ...sampling }) {
  const words = [SONG, ...seed], random = new Random(number);
  const struck = (word) => (guard && repeats(words, word)) || (noRepeat && sungBefore(words, word, noRepeat));
  network.begin();
  let scores;
  for (const word of words) scores = network.step(word);
  while (words.length <= seed.length + LONGEST_SONG) {
    scores = Float64Array.from(scores);
    let word = choose(scores, sampling, random);
    while (word !== SONG && struck(word)) {
      scores[word] = -Infinity;
      word = choose(scores, sampling, random);
    }
    if (word === SONG || (word === LINE && countLines(words.slice(1)) >= lines)) return;
    yield word;
    words.push(word);
    scores = network.step(word);
  }
}

/** Does `word` after `words` complete a run of `length` words that stands in them already? */
export function sungBefore(words, word, length) {
  const run = [...words.slice(words.length - length + 1), word];
  for (let i = 0; i + length <= words.length; i++) {
    if (run.every((number, j) => words[i + j] === number)) return true;
  }
  return false;
}

/** How many lines with a word on them. */
export function countLines(words) {
  return words.filter((word, i) => word !== LINE && (i === 0 || words[i - 1] === LINE)).length;
}

/** Does `word` after `words` complete a loop: a run or a line sung more than REPEATS times? */
export function repeats(words, word) {
  return runs(words, word) || lines(words, word);
}

function runs(words, word) {
  const sung = words.slice(-LONGEST_RUN * (REPEATS + 1)).concat(word), end = sung.length;
  for (let length = 1; length <= LONGEST_RUN && length * (REPEATS + 1) <= end; length++) {
    let same = true;
    for (let i = 0; same && i < length * REPEATS; i++) same = sung[end - 1 - i] === sung[end - 1 - i - length];
    if (same) return true;
  }
  return false;
}

function lines(words, word) {
  if (word !== LINE || !words.length || words.at(-1) === LINE) return false;
  const sung = [[]];
  for (const number of words) {
    if (number === LINE) sung.push([]);
    else if (number !== SONG) sung.at(-1).push(number);
  }
  const keys = sung.map((line) => line.join(" "));
  return keys.filter((key) => key === keys.at(-1)).length > REPEATS;
}
