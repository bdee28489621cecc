/** The characters: a card for each network that writes lyrics, and all of them side by side on the same words. */

import { fetchFiles, json } from "../shared/model.js";
import { LyricsClient } from "./client.js";
import { make } from "../shared/dom.js";
import { formatBytes, formatCount, formatPercent, formatTime } from "../shared/format.js";
import { Sheet, source } from "./song-view.js";

const CAST = {
  "gene-lyrica-two":
    "Ours. It first read three million words of old verse, for the language, then every song many times, with parts of it switched off at random, so that it learns how songs go rather than what they say.",
  "gene-lyrica-one":
    "The network that this project began with. It sees the last fourteen words and nothing before them, and was stopped before it learned by heart.",
  "baba-twist":
    "It has read one band, over and over, until it knew most of the words by heart. It sings their songs back, with a twist.",
  "tod-wonkin":
    "The network of gene-lyrica-one after a single pass over all songs. It says what is always likely, whatever it is asked.",
};
const QUICK = "quick"; // what `make site` trains to see that everything works

/** The entries of the index that are characters, those that we know first. */
export function characters(index) {
  const names = Object.keys(CAST),
    place = ({ run }) => (names.includes(run) ? names.indexOf(run) : names.length);
  const found = index.filter(({ task }) => task === "lyrics").sort((a, b) => place(a) - place(b));
  return found.length > 1 ? found.filter(({ run }) => run !== QUICK) : found;
}

/** What is known of a network: [name, value]. */
function figures({ data, config, parameter_count, training_seconds, metrics = {}, exported }) {
  const { test = {} } = metrics,
    bands = data.filters?.artists,
    guessed = test.accuracy ?? metrics.held_out_accuracy;
  const learned = test["accuracy on training songs"] ?? metrics.training_accuracy;
  return [
    [
      "Has read",
      `${formatCount(data.songs.training)} songs${bands ? ` by ${bands.join(", ")}` : ""}, ${formatCount(config.vocabulary_size)} different words`,
    ],
    ["Size", `${formatCount(parameter_count)} weights, ${formatBytes(exported.uint8.bytes)}`],
    ["Trained", training_seconds && formatTime(training_seconds)],
    [
      "Guesses right",
      guessed &&
        `${formatPercent(guessed)} of the words of songs it has not read${learned ? `, ${formatPercent(learned)} of those it has` : ""}`,
    ],
    [
      "Perplexity",
      (test.perplexity ?? metrics.held_out_perplexity)?.toLocaleString("en", {
        maximumFractionDigits: 1,
      }),
    ],
    [
      "Copies",
      test["copied words"] !== undefined &&
        `${formatPercent(test["copied words"])} of its words, in runs of eight or more`,
    ],
    [
      "Loops",
      test["loops, randomness 0"] !== undefined &&
        `${formatPercent(test["loops, randomness 0"])} of its songs without randomness`,
    ],
  ].filter(([, value]) => value);
}

async function card(entry, onPick) {
  const meta = json((await fetchFiles(entry, (path) => path === "meta.json")).get("meta.json"));
  const item = make("li", { className: "sheet" }),
    list = make("dl"),
    pick = make("button", { textContent: `Sing with ${entry.run}` });
  item.dataset.run = entry.run;
  for (const [name, value] of figures(meta))
    list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  pick.addEventListener("click", () => onPick(entry.run));
  item.append(
    make("h3", { textContent: entry.run }),
    make("p", { textContent: CAST[entry.run] ?? "" }),
    list,
  );
  if (meta.sample)
    item.append(make("blockquote", { className: "song", textContent: meta.sample.trim() }));
  item.append(pick);
  return item;
}

/** Fill a section with cards; one that does not come is left out. */
export async function showCards(section, entries, onPick) {
  const cards = await Promise.allSettled(entries.map((entry) => card(entry, onPick)));
  section.querySelector("ul").replaceChildren(...cards.flatMap(({ value }) => value ?? []));
  section.hidden = !section.querySelector("li");
}

/**
 * Let characters sing at once, each in a column and a worker of its own.
 * @param {object} request what the worker's `write` takes
 * @returns {() => void} ends them
 */
export function chorus(element, entries, request) {
  const ends = entries.map(({ run }) => {
    const column = make("article", { className: "sheet" }),
      song = make("div", { className: "song" }),
      status = make("p", { className: "said", textContent: "Loading the network …" });
    column.append(make("h3", { textContent: run }), song, status);
    column.dataset.run = run;
    element.append(column);
    return sing(run, song, status, request);
  });
  return () => {
    for (const end of ends) end();
    element.replaceChildren();
  };
}

/** Let one network write, in a worker of its own; returns a function that ends it. */
function sing(run, element, status, request) {
  const client = new LyricsClient((message) => {
    sheet.stop();
    status.textContent = message;
  });
  let share;
  const sheet = new Sheet(element, recall);
  const showCopied = () => {
    status.textContent = byHeart(sheet, share);
  };
  async function recall() {
    if (share === undefined || !sheet.ended) return;
    if (share) {
      sheet.mark((await client.recall(sheet.words)) ?? []);
      showCopied();
    }
    client.terminate();
  }
  async function write() {
    if (!(await client.load(run))) return;
    status.textContent = "";
    sheet.begin(request.words.length);
    const song = client.write(request, (words, unknown) => sheet.add(words, unknown));
    client.loadSongIndex().then((found) => {
      share = found;
      recall();
    });
    if (await song) sheet.complete = true;
  }
  sheet.listen(
    () => {},
    (place) => {
      if (sheet.sources[place]) status.textContent = source(sheet.sources[place]);
      else if (share && sheet.ended) showCopied();
    },
  );
  write();
  return () => client.terminate();
}

/** How much of a song is copied, in a sentence. */
export function byHeart(sheet, share) {
  const { written, copied } = sheet.counts,
    looked = share < 1 ? ` Only ${formatPercent(share)} of all runs can be looked up.` : "";
  if (!copied)
    return `None of its words stands in a run of six or more from the songs it has read.${looked}`;
  return `${copied} of its ${written} words ${copied > 1 ? "stand" : "stands"} in runs of six or more from songs it has read: they are underlined.${looked}`;
}
