/**
 * The writer: a network, a seed text and some randomness become a song, word by word.
 *
 * The twin of `generate/lyrics/decoder.py`, where the guard against loops is described; `tests/golden/writer.json` holds the
 * two together. A network here is anything with `begin()` and `step(word)`, which returns the scores of the next word.
 */

import { forced, isLast, steer } from "./song-form.js";
import { Random } from "./prng.js";
import { choose, sum, weigh } from "./samplers.js";
import { LINE, SONG } from "./vocabulary.js";

const REPEATS = 3;
const LONGEST_RUN = 8;
const LONGEST_SONG = 800;

/**
 * Yields the numbers of the words that follow the seed, until the song ends by itself or has `lines` lines. Whoever
 * answers with a number, by `next(number)`, has that sung in the word's place.
 * @param {object} settings {lines, number}, {opening}: the signs that the network reads before the seed, {form, sounds}:
 *   the form of the song, and what words rhyme on, and the settings of `choose` and of `struck`
 */
export function* sing(network, seed, { lines, number, ...settings }) {
  const words = [SONG, ...seed],
    random = new Random(number),
    { form } = settings;
  let scores = listen(network, seed, settings);
  while (words.length <= seed.length + LONGEST_SONG) {
    let word = form && forced(words.slice(1), form);
    word ||= draw(words, new Float64Array(scores), settings, random);
    if (word === SONG || (word === LINE && isOver(words.slice(1), form, lines))) return;
    word = (yield word) ?? word;
    words.push(word);
    scores = network.step(word);
  }
}

const isOver = (words, form, lines) => countLines(words) >= lines || (form && isLast(words, form));

function draw(words, scores, settings, random) {
  if (settings.form) steer(words.slice(1), scores, settings.form, settings.sounds);
  let word = choose(scores, settings, random);
  while (word !== SONG && struck(words, word, settings)) {
    scores[word] = -Infinity;
    word = choose(scores, settings, random);
  }
  return word;
}

/** The likeliest words after others, `most` of them and `said`, and how likely `sing` draws each: [{word, chance}]. */
export function consider(network, seed, said, settings, most) {
  const must = settings.form && forced(seed, settings.form);
  if (must) return [{ word: must, chance: 1 }];
  const words = [SONG, ...seed],
    scores = new Float64Array(listen(network, seed, settings));
  if (settings.form) steer(seed, scores, settings.form, settings.sounds);
  for (let word = LINE; word < scores.length; word++)
    if (struck(words, word, settings)) scores[word] = -Infinity;
  const { likely, weights } = weigh(scores, settings),
    total = sum(weights);
  const ranked = [...scores.keys()]
    .filter((word) => scores[word] > -Infinity)
    .sort((a, b) => scores[b] - scores[a]);
  return ranked
    .filter((word, i) => i < most || word === said)
    .map((word) => ({ word, chance: (weights[likely.indexOf(word)] ?? 0) / total }));
}

/** Read the seed; returns the scores of the next word. */
function listen(network, seed, { opening = [SONG] }) {
  network.begin();
  return [...opening, ...seed].map((word) => network.step(word)).at(-1);
}

/** Must `word` not follow `words`? */
function struck(words, word, { guard = true, noRepeat = 0 }) {
  return (guard && repeats(words, word)) || (noRepeat && sungBefore(words, word, noRepeat));
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
  const sung = words.slice(-LONGEST_RUN * (REPEATS + 1)).concat(word),
    end = sung.length;
  for (let length = 1; length <= LONGEST_RUN && length * (REPEATS + 1) <= end; length++) {
    let same = true;
    for (let i = 0; same && i < length * REPEATS; i++)
      same = sung[end - 1 - i] === sung[end - 1 - i - length];
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
