// @ts-check
/** A card for each network that writes lyrics. */

import { titleOf } from "../shared/card.js";
import { make } from "../shared/dom.js";
import { formatBytes, formatCount, formatPercent, formatTime } from "../shared/format.js";
import { fetchFiles, json } from "../shared/model.js";

/**
 * @typedef {{onPick: (run: string) => void, makeButtons: (entry: any) => HTMLElement[]}} Actions makeButtons: those
 *   after the first.
 */

/** The networks that come with Gene, in this order. */
const DESCRIPTIONS = {
  "gene-lyrica-three":
    "It went on where gene-lyrica-two had stopped, with a second book of songs in plain words. It knows what a song is called, can sing of names that it has never read, and chooses each line from twelve that it thinks of.",
  "gene-lyrica-two":
    "It first read three million words of old verse to learn the language, then every song in the first book many times. Parts of it were switched off at random all the while, so that it learned how songs go rather than what they say.",
  "gene-lyrica-one":
    "The network that this project began with. It sees the last fourteen words and nothing before them, and training stopped before it knew the songs by heart.",
  "baba-twist":
    "It read one band over and over, until it knew most of the words by heart. It sings their songs back, with a twist.",
  "tod-wonkin":
    "The network of gene-lyrica-one after it read every song only once. It says what is always likely, whatever it is asked.",
  quick: "The small network that “make site” trains in a few minutes.",
};

/** The entries of networks that have a card; those that come with Gene first. */
export function networksWithCards(index) {
  const names = Object.keys(DESCRIPTIONS);
  const rank = ({ run }) => (names.includes(run) ? names.indexOf(run) : names.length);
  return index.filter(({ task }) => task === "lyrics").sort((a, b) => rank(a) - rank(b));
}

/** @param {number | undefined} count */
const countSongs = (count) => count && (count === 1 ? "1 song" : `${formatCount(count)} songs`);

/** The facts about a network, [name, value] each. @param {any} meta @param {string | undefined} license */
function facts(meta, license) {
  const { data, config, parameter_count, training_seconds, metrics, exported } = meta;
  const { test } = { test: {}, ...metrics };
  const artists = data.filters?.artists;
  const words = formatCount(config.vocabulary_size);
  const by = artists ? ` by ${artists.join(", ")}` : "";
  const songs = countSongs(data.songs.training) && `${countSongs(data.songs.training)}${by}`;
  const perplexity = test.perplexity ?? metrics?.held_out_perplexity;
  const rows = [
    [
      "Training songs",
      songs && `${songs}${data.is_songbook || !data.file ? "" : ` in ${data.file}`}`,
    ],
    ["License", license],
    ["Knows", `${words} words`],
    [
      "Size",
      `${formatCount(parameter_count)} weights${exported ? `, ${formatBytes(exported.uint8.bytes)}` : ""}`,
    ],
    ["Trained for", training_seconds && formatTime(training_seconds)],
    ["Predicts", predicted(test, metrics)],
    ["Perplexity", perplexity?.toLocaleString("en", { maximumFractionDigits: 1 })],
    ["Copies", test.copied_words !== undefined && copied(test)],
    [
      "Loops",
      test.loop_rate_greedy !== undefined &&
        `${formatPercent(test.loop_rate_greedy)} of its songs at randomness 0`,
    ],
  ];
  return rows.filter(([, value]) => value);
}

function predicted(test, metrics) {
  const unseen = test.accuracy ?? metrics?.held_out_accuracy;
  const learned = test.accuracy_training_songs;
  if (!unseen) return undefined;
  const ofLearned = learned ? `, ${formatPercent(learned)} in songs it learned` : "";
  return `${formatPercent(unseen)} of the next words in songs it has not seen${ofLearned}`;
}

function copied({ copied_words, copied_phrase_length }) {
  const phrases = copied_phrase_length ? `, in phrases of ${copied_phrase_length} or more` : "";
  return `${formatPercent(copied_words)} of its words${phrases}`;
}

const makeSample = (textContent) =>
  make("blockquote", { className: "song", dir: "auto", translate: false, textContent });

async function fetchMeta(entry) {
  const files = await fetchFiles(entry, (path) => path === "meta.json");
  return json(files.get("meta.json"));
}

/** @param {any} entry @param {Actions} actions */
async function makeCard(entry, { onPick, makeButtons }) {
  const meta = entry.meta ?? (await fetchMeta(entry));
  const list = make("dl");
  for (const [name, value] of facts(meta, entry.card?.license))
    list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  const pick = make("button", { textContent: `Write with ${titleOf(entry)}` });
  pick.addEventListener("click", () => onPick(entry.run));
  const card = make("li", { className: "sheet" }, make("h3", { textContent: titleOf(entry) }));
  card.dataset.run = entry.run;
  const description = entry.card?.about || DESCRIPTIONS[entry.run];
  if (description) card.append(make("p", { textContent: description }));
  card.append(list);
  if (meta.sample) card.append(makeSample(meta.sample.trim()));
  card.append(make("div", { className: "buttons" }, pick, ...makeButtons(entry)));
  return card;
}

/**
 * Fill a section with cards; one that cannot be fetched is left out.
 *
 * @param {HTMLElement} section
 * @param {any[]} entries
 * @param {Actions} actions
 */
export async function showCards(section, entries, actions) {
  const results = await Promise.allSettled(entries.map((entry) => makeCard(entry, actions)));
  section
    .querySelector("ul")
    .replaceChildren(
      ...results.flatMap((result) => (result.status === "fulfilled" ? result.value : [])),
    );
  section.hidden = !section.querySelector("li");
}
