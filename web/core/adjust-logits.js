// @ts-check
/** Change a network's logits according to a song's title, its repetitions and its form. */

import { applyFrequencyPenalty } from "./samplers.js";
import { applyForm, schemeOf } from "./song-form.js";
import { applyTitleBonus, titleAffinity } from "./title-affinity.js";
import { BOS_EOS } from "./vocabulary.js";

/** @typedef {import("./decoder.js").Network} Network */
/** @typedef {import("./decoder.js").Song} Song */

/**
 * A song, and what follows from its title.
 *
 * @typedef {Song & {banned: number[], affinity?: Map<number, number>}} PreparedSong banned: the slots
 *   that stand for no word of the song; affinity: how strongly each token is associated with the title.
 */

/**
 * Find out what follows from the title of a song.
 *
 * @param {Network} network
 * @param {Song} song
 * @returns {PreparedSong}
 */
export function prepare(network, song) {
  const { prompt, promptPrefix, title = [], config, properties } = song;
  const banned = properties.slots.filter((slot) => ![...title, ...prompt].includes(slot));
  if (!title.length || !config.title_bonus) return { ...song, banned };
  const withTitle = firstLogits(network, title, promptPrefix);
  const without = firstLogits(network, [], promptPrefix);
  return { ...song, banned, affinity: titleAffinity(withTitle, without, properties.kinds) };
}

/**
 * The logits of a song's first token.
 *
 * @param {Network} network
 * @param {number[]} title
 * @param {number[]} [promptPrefix]
 */
function firstLogits(network, title, promptPrefix = [BOS_EOS]) {
  network.start(title);
  let logits = new Float64Array();
  for (const token of promptPrefix) logits = new Float64Array(network.step([token])[0]);
  return logits;
}

/**
 * The logits of the token that follows a song, changed according to its title, its repetitions and its form.
 *
 * @param {number[]} tokens The song so far.
 * @param {Float64Array} predicted The logits of the network and the cache; not modified.
 * @param {PreparedSong} song
 * @param {Float64Array} logits Where to write them; by default, a new array.
 */
export function adjustLogits(
  tokens,
  predicted,
  { config, properties, banned, affinity },
  logits = new Float64Array(predicted.length),
) {
  const { kinds, rhymeClasses } = properties;
  logits.set(predicted);
  for (const slot of banned) logits[slot] = -Infinity;
  if (affinity) applyTitleBonus(tokens, logits, config.title_bonus, affinity);
  applyFrequencyPenalty(tokens, logits, config.frequency_penalty, kinds);
  if (schemeOf(config)) applyForm(tokens, logits, config, rhymeClasses);
  return logits;
}
