// @ts-check
/** What the panel says about songs and about training. */

import { formatCount, formatPercent } from "../shared/format.js";

const MIN_WORDS = 40;
const MIN_DISTINCT_WORDS = 10;
const FEW_SONGS = 4;
const SOME_SONGS = 20;
/** If the network to start from knows fewer of the words, starting from scratch is better. */
export const MIN_KNOWN = 0.6;

/** @typedef {import("../lyrics-trainer/read-sources.js").Found} Found */
/** @typedef {Omit<Found, "songs">} Card */

/** Why songs are too little to learn from; "" if they are enough. @param {Card} found */
export function tooLittle({ summary }) {
  const { words, distinctWords } = summary;
  if (words < MIN_WORDS)
    return `That is only ${plural(words, "word")}, too little to learn from: add a song or two, ${MIN_WORDS} words at least.`;
  if (distinctWords < MIN_DISTINCT_WORDS)
    return `These are only ${plural(distinctWords, "different word")}, again and again, so there is nothing to learn: add other songs.`;
  return "";
}

/** What to expect from songs. @param {Card} found @param {boolean} canTune @returns {string[]} */
export function expectations({ summary, used, known }, canTune) {
  const { songs } = summary;
  const sentences = [];
  if (songs < FEW_SONGS)
    sentences.push(
      "With so few songs, it will mostly repeat them in another order. The end of the longest one is held out to measure what it has learned.",
    );
  else if (songs < SOME_SONGS)
    sentences.push(
      "It will sing from these songs and copy whole phrases. Twenty songs or more give lines of its own.",
    );
  if (used < songs)
    sentences.push(
      `Training in the page uses the first ${formatCount(used)} of the ${formatCount(songs)} songs, because all of them would take hours.`,
    );
  if (canTune && known < MIN_KNOWN)
    sentences.push(
      `The shipped network knows only ${formatPercent(known)} of these words, so “From scratch” suits them better.`,
    );
  return sentences;
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A duration, rounded up to what one can plan with. @param {number} seconds */
export function formatDuration(seconds) {
  if (seconds < 55) return plural(Math.max(5, Math.ceil(seconds / 5) * 5), "second");
  if (seconds < 5400) return plural(Math.ceil(seconds / 60), "minute");
  return plural(Math.ceil(seconds / 3600), "hour");
}
