/** All networks side by side: each writes the same song in a column and a worker of its own. */

import { make } from "../shared/dom.js";
import { formatPercent } from "../shared/format.js";
import { LyricsClient } from "./client.js";
import { describeSource, SongView } from "./song-view.js";

/**
 * Let networks write side by side.
 *
 * @param {HTMLElement} element
 * @param {{run: string}[]} entries
 * @param {{words: string[]}} request What the worker's `write` takes.
 * @returns {() => void} Ends them.
 */
export function compareNetworks(element, entries, request) {
  const endings = entries.map(({ run }) => {
    const song = make("div", { className: "song" });
    const status = make("p", { className: "said", textContent: "Loading the network …" });
    const column = make("article", { className: "sheet" }, make("h3", { textContent: run }));
    column.append(song, status);
    column.dataset.run = run;
    element.append(column);
    return writeColumn(run, song, status, request);
  });
  return () => {
    for (const end of endings) end();
    element.replaceChildren();
  };
}

/** Let one network write; returns a function that ends it. */
function writeColumn(run, element, status, request) {
  let share; // of copied phrases that can be found; undefined until the index has been loaded
  const client = new LyricsClient((message) => {
    view.stop();
    status.textContent = message;
  });
  const view = new SongView(element, markCopies);

  const showCopied = () => {
    status.textContent = describeCopied(view, share);
  };

  async function markCopies() {
    if (share === undefined || !view.ended) return;
    if (share) {
      view.markCopies((await client.findCopies(view.words)) ?? []);
      showCopied();
    }
    client.terminate();
  }

  async function write() {
    if (!(await client.load(run))) return;
    status.textContent = "";
    view.begin(request.words.length);
    const song = client.write(request, (words, unknown) => view.add(words, unknown));
    client.loadSongIndex().then((found) => {
      share = found;
      markCopies();
    });
    if (await song) view.complete = true;
  }

  view.listen(
    () => {},
    (position) => {
      if (view.copies[position]) status.textContent = describeSource(view.copies[position]);
      else if (share && view.ended) showCopied();
    },
  );
  write();
  return () => client.terminate();
}

/** How much of a song is copied, in a sentence. */
export function describeCopied(view, share) {
  const { written, copied } = view.counts;
  const limits =
    share < 1 ? ` Only ${formatPercent(share)} of all copied phrases can be found.` : "";
  if (!copied) return `Nothing here is copied from a song it learned.${limits}`;
  return `Underlined: ${copied} of ${written} words quoted from songs it learned.${limits}`;
}
