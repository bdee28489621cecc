/** A card for each network that writes lyrics. */

import { make } from "../shared/dom.js";
import { formatBytes, formatCount, formatPercent, formatTime } from "../shared/format.js";
import { fetchFiles, json } from "../shared/model.js";

/** The networks that come with Gene, in this order. */
const DESCRIPTIONS = {
  "gene-lyrica-two":
    "It first read three million words of old verse to learn the language, then every song in the book many times. Parts of it were switched off at random all the while, so that it learned how songs go rather than what they say.",
  "gene-lyrica-one":
    "The network that this project began with. It sees the last fourteen words and nothing before them, and training stopped before it knew the songs by heart.",
  "baba-twist":
    "It read one band over and over, until it knew most of the words by heart. It sings their songs back, with a twist.",
  "tod-wonkin":
    "The network of gene-lyrica-one after it has read every song only once. It says what is always likely, whatever it is asked.",
  quick: "The small network that “make site” trains in a few minutes.",
};

/** The entries of networks that have a card; those that come with Gene first. */
export function networksWithCards(index) {
  const names = Object.keys(DESCRIPTIONS);
  const rank = ({ run }) => (names.includes(run) ? names.indexOf(run) : names.length);
  return index.filter(({ task }) => task === "lyrics").sort((a, b) => rank(a) - rank(b));
}

/** What is known of a network: [name, value]. */
function facts({ data, config, parameter_count, training_seconds, metrics = {}, exported }) {
  const { test = {} } = metrics;
  const artists = data.filters?.artists;
  const words = formatCount(config.vocabulary_size);
  const songs = `${formatCount(data.songs.training)} songs${artists ? ` by ${artists.join(", ")}` : ""}`;
  const perplexity = test.perplexity ?? metrics.held_out_perplexity;
  const rows = [
    ["Training songs", `${songs}${data.is_songbook ? "" : ` in ${data.file}`}`],
    ["Knows", `${words} words`],
    ["Size", `${formatCount(parameter_count)} weights, ${formatBytes(exported.uint8.bytes)}`],
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
  const unseen = test.accuracy ?? metrics.held_out_accuracy;
  const learned = test.accuracy_training_songs;
  if (!unseen) return undefined;
  const ofLearned = learned ? `, ${formatPercent(learned)} in songs it learned` : "";
  return `${formatPercent(unseen)} of the next words in songs it has not seen${ofLearned}`;
}

function copied({ copied_words, copied_phrase_length }) {
  const phrases = copied_phrase_length ? `, in phrases of ${copied_phrase_length} or more` : "";
  return `${formatPercent(copied_words)} of its words${phrases}`;
}

async function makeCard(entry, onPick) {
  const files = await fetchFiles(entry, (path) => path === "meta.json");
  const meta = json(files.get("meta.json"));
  const list = make("dl");
  for (const [name, value] of facts(meta))
    list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  const pick = make("button", { textContent: `Write with ${entry.run}` });
  pick.addEventListener("click", () => onPick(entry.run));
  const card = make("li", { className: "sheet" }, make("h3", { textContent: entry.run }));
  card.dataset.run = entry.run;
  const description = DESCRIPTIONS[entry.run];
  if (description) card.append(make("p", { textContent: description }));
  card.append(list);
  if (meta.sample)
    card.append(make("blockquote", { className: "song", textContent: meta.sample.trim() }));
  card.append(pick);
  return card;
}

/** Fill a section with cards; one that cannot be fetched is left out. */
export async function showCards(section, entries, onPick) {
  const results = await Promise.allSettled(entries.map((entry) => makeCard(entry, onPick)));
  section.querySelector("ul").replaceChildren(...results.flatMap(({ value }) => value ?? []));
  section.hidden = !section.querySelector("li");
}
