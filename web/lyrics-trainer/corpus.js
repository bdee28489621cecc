// @ts-check
/**
 * Clean songs as token ids: the twin of `data/lyrics/corpus.py`, whose comments hold here too.
 *
 * @typedef {import("./splits.js").Song} Song
 */

import { FormCounter } from "../core/form-counter.js";
import { SongSlots, titleWords } from "../core/slots.js";
import { isWord, NEWLINE_TEXT, tokenize } from "../core/tokenizer.js";
import { BOS_EOS, CONTENT, NEWLINE, PUNCTUATION, UNK, Vocabulary } from "../core/vocabulary.js";
import { UserError } from "../shared/user-error.js";
import { splitSongs, TRAINING, VALIDATION } from "./splits.js";

const HELD_OUT_SHARE = 4;
const MAX_RARE = 0.15; // as in train/lyrics/build.py
const SPECIAL_TOKENS = ["<no word>", "<song start>", "<unknown word>", "<new line>"];

/**
 * @typedef {object} Corpus
 * @property {Vocabulary} vocabulary
 * @property {string} vocabularyText Content of vocabulary.tsv.
 * @property {string[]} artists The artists that have tokens; empty for a network without artists.
 * @property {number[][]} training Token ids of each song.
 * @property {number[][]} validation
 * @property {Song[]} trainingSongs
 * @property {boolean} holdsOutLines Whether there were too few songs to hold one out.
 * @property {number} unknownShare Share of the words of all songs that are not in the vocabulary.
 */

/** @typedef {{song: Song, words: string[], split: number}} SplitSong */
/** @typedef {{songs: SplitSong[], counts: Map<string, number>, forms: Map<string, string>}} ReadSongs */

/**
 * Build a corpus.
 *
 * @param {Song[]} songs
 * @param {object} options
 * @param {number} options.min_count Words that occur less often are unknown; lowered to 1 if too many are.
 * @param {number} options.max_vocabulary
 * @param {boolean} options.condition_on_artist
 * @param {Vocabulary} [options.dictionary] Where rhymes and kinds of words come from; its words are not added.
 * @param {Vocabulary} [base] A vocabulary whose words are all included.
 * @returns {Corpus}
 * @throws {UserError} There is too little to learn from.
 */
export function buildCorpus(songs, options, base) {
  const { split, holdsOutLines } = splitAll(songs);
  const read = { songs: split, counts: trainingCounts(split), forms: formsOf(songs) };
  const known = { base, dictionary: base ?? options.dictionary };
  const corpus = encodeSongs(read, options, known);
  if (corpus.unknownShare <= MAX_RARE) return { ...corpus, holdsOutLines };
  return { ...encodeSongs(read, { ...options, min_count: 1 }, known), holdsOutLines };
}

/** How the songs write words that are not lowercase. @param {Song[]} songs */
function formsOf(songs) {
  const counter = new FormCounter();
  for (const { text } of songs) counter.add(text);
  return counter.forms();
}

/** @param {Song[]} songs @returns {{split: SplitSong[], holdsOutLines: boolean}} */
function splitAll(songs) {
  const read = songs
    .map((song) => ({ song, words: tokenize(song.text) }))
    .filter(({ words }) => words.length);
  if (!read.length) throw new UserError("The songs contain no words.");
  const { splits, holdsOutLines } = splitSongs(
    read.map(({ song }) => song),
    read.map(({ words }) => words),
  );
  const found = read.map((each, i) => ({ ...each, split: splits[i] }));
  return { split: holdsOutLines ? holdOutLines(found) : found, holdsOutLines };
}

/** Cut off the end of the longest song and hold it out as a song of its own. @param {SplitSong[]} songs */
function holdOutLines(songs) {
  const lengths = songs.map(({ words }) => words.length);
  const longest = lengths.indexOf(Math.max(...lengths));
  const { song, words } = songs[longest];
  if (words.length < HELD_OUT_SHARE)
    throw new UserError(
      `The songs have too few words to learn from (${words.length}): add a song.`,
    );
  const cut = cutPosition(words);
  return [
    ...songs.slice(0, longest),
    { song, words: words.slice(0, cut), split: TRAINING },
    { song, words: words.slice(cut), split: VALIDATION },
    ...songs.slice(longest + 1),
  ];
}

/** Where a song is cut: after the line break that is nearest to three quarters of it. @param {string[]} words */
function cutPosition(words) {
  const wanted = words.length - Math.floor(words.length / HELD_OUT_SHARE);
  const distance = (/** @type {number} */ i) => Math.abs(i - wanted);
  const breaks = [...words.keys()].slice(1, -1).filter((i) => words[i] === NEWLINE_TEXT);
  if (!breaks.length) return wanted;
  return breaks.reduce((best, i) => (distance(i) < distance(best) ? i : best)) + 1;
}

/** How often each word occurs in the training songs. @param {SplitSong[]} songs */
function trainingCounts(songs) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { words, split } of songs)
    if (split === TRAINING) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * @param {ReadSongs} read
 * @param {any} options
 * @param {{base?: Vocabulary, dictionary?: Vocabulary}} known
 * @returns {Omit<Corpus, "holdsOutLines">}
 */
function encodeSongs({ songs, counts, forms }, options, known) {
  const text = vocabularyText(counts, options, { ...known, forms });
  const vocabulary = new Vocabulary(text);
  const artists = options.condition_on_artist
    ? [...new Set(songs.map(({ song }) => song.artist))]
    : [];
  const tokens = songs.map(({ song, words }) => {
    const slots = new SongSlots(vocabulary);
    slots.encode(titleWords(song.title));
    return [BOS_EOS, ...artistPrefix(song, artists, vocabulary), ...slots.encode(words)];
  });
  const [training, validation] = [TRAINING, VALIDATION].map((wanted) =>
    tokens.filter((_, i) => songs[i].split === wanted),
  );
  const trainingSongs = songs.filter(({ split }) => split === TRAINING).map(({ song }) => song);
  return {
    ...{ vocabulary, vocabularyText: text, artists, training, validation, trainingSongs },
    unknownShare: unknownShare(tokens, vocabulary),
  };
}

/** @param {Song} song @param {string[]} artists @param {Vocabulary} vocabulary */
function artistPrefix({ artist }, artists, { words }) {
  return artists.length ? [words.length + 1 + artists.indexOf(artist)] : [];
}

/**
 * The content of vocabulary.tsv: the words of `base`, then the most frequent ones.
 *
 * Words that are not in `dictionary` get no rhymes, because only Python can look up how they rhyme.
 *
 * @param {Map<string, number>} counts
 * @param {any} options
 * @param {{base?: Vocabulary, dictionary?: Vocabulary, forms: Map<string, string>}} known
 */
function vocabularyText(counts, { min_count, max_vocabulary }, { base, dictionary, forms }) {
  const inherited = base ? base.words.slice(SPECIAL_TOKENS.length) : [];
  const isInherited = new Set(inherited);
  const candidates = [...counts]
    .filter(
      ([word, count]) => count >= min_count && word !== NEWLINE_TEXT && !isInherited.has(word),
    )
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b))
    .map(([word]) => word);
  const room = Math.max(max_vocabulary - SPECIAL_TOKENS.length - inherited.length, 0);
  const words = [...inherited, ...candidates.slice(0, room)];
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const newlines = counts.get(NEWLINE_TEXT) ?? 0;
  const known = words.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0);
  const special = [0, 0, total - newlines - known, newlines];
  const rows = [
    ...SPECIAL_TOKENS.map((word, i) => [word, special[i], 0, PUNCTUATION]),
    ...words.map((word) => [word, counts.get(word) ?? 0, ...properties(word, dictionary, forms)]),
  ];
  const lines = rows.map((cells) => `${cells.join("\t")}\n`);
  return `# ${rows.length} words, minimum count ${min_count}\n${lines.join("")}`;
}

/**
 * The rhyme class, the kind and, if it is not lowercase, the form of a word.
 *
 * @param {string} word
 * @param {Vocabulary | undefined} dictionary
 * @param {Map<string, string>} forms
 */
function properties(word, dictionary, forms) {
  const id = dictionary?.ids.get(word);
  const form = forms.get(word) ?? dictionary?.forms.get(word);
  const last = form ? [form] : [];
  if (!dictionary || id === undefined) return [0, isWord(word) ? CONTENT : PUNCTUATION, ...last];
  return [dictionary.rhymeClasses[id], dictionary.wordKinds[id], ...last];
}

/** Compare as Python does, whose strings consist of code points. @param {string} a @param {string} b */
function compareCodePoints(a, b) {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(left[i].codePointAt(0)) - Number(right[i].codePointAt(0));
    if (difference) return difference;
  }
  return left.length - right.length;
}

/** @param {number[][]} songs Token ids. @param {Vocabulary} vocabulary */
function unknownShare(songs, { slots }) {
  const tokens = songs.flat();
  const unknown = new Set([UNK, ...slots]);
  const words = tokens.filter((token) => token !== NEWLINE).length - songs.length;
  return tokens.filter((token) => unknown.has(token)).length / Math.max(words, 1);
}
