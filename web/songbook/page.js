// @ts-check
/** The page of the songbooks: find a song, read it, and let a network continue from a line. */

import { $, make, say } from "../shared/dom.js";
import { formatCount } from "../shared/format.js";
import { addEntry } from "../shared/history-entries.js";
import { makeKeepButton } from "../shared/keep-button.js";
import { addressOf, makeShareButton } from "../shared/share.js";
import { choice, readHash, saveState, words, writeHash } from "../shared/url-state.js";
import { fetchArtists, fetchText, fetchTexts, songsOf } from "./library.js";
import { showText } from "./song-sheet.js";

/** @typedef {import("./library.js").Artist} Artist */
/** @typedef {import("./library.js").Song} Song */

const SHOWN = 60; // songs listed at first, and added by "Show more"
const FIRST_SONG = "brother-quarry/whos-got-the-other-end";
const FIELDS = {
  song: choice(FIRST_SONG, /^[\w-]{1,100}\/[\w-]{1,100}$/),
  artist: choice("", /^[\w-]{1,100}$/),
  find: words("", 80),
};

let { state } = readHash(FIELDS, location.hash);
/** @type {Artist[]} */
let artists = [];
/** @type {Song[]} */
let songs = [];
/** @type {Map<string, string>} Lyrics that can be searched, by song id. */
const searchable = new Map();
let shownCount = SHOWN;
let token = 0; // counts requested songs, so that late ones are recognized

/** Normalize text for comparison. @param {string} text */
const simplify = (text) => text.toLowerCase().replace(/[’']/g, "").replace(/\s+/g, " ");

function showState() {
  $("find").value = state.find;
  $("artist").value = state.artist;
  showList();
  showSong();
}

// The list

function showList() {
  const wanted = simplify(state.find.trim());
  const isFound = ({ id, title }) =>
    simplify(title).includes(wanted) || searchable.get(id)?.includes(wanted);
  const found = songs.filter(
    (song) => (!state.artist || song.artist.slug === state.artist) && (!wanted || isFound(song)),
  );
  $("songs").replaceChildren(...found.slice(0, shownCount).map(makeItem));
  $("more").hidden = found.length <= shownCount;
  if (songs.length) say(found.length === 1 ? "1 song" : `${formatCount(found.length)} songs`);
}

/** @param {Song} song */
function makeItem({ id, title, artist }) {
  const href = writeHash(FIELDS, { ...state, song: id });
  const name = make("span", { textContent: artist.name });
  const link = make("a", { href }, title, name);
  if (id === state.song) link.setAttribute("aria-current", "true");
  return make("li", {}, link);
}

/** @param {Record<string, string>} changes */
function search(changes) {
  shownCount = SHOWN;
  saveState(FIELDS, state, changes);
  showList();
}

/** Load the lyrics of all songs, one artist at a time. */
async function loadWords() {
  for (const [i, artist] of artists.entries()) {
    if (!$("inside").checked) return;
    say(`Loading the lyrics… ${i} of ${artists.length} artists`);
    try {
      const texts = await fetchTexts(artist);
      for (const [slug, text] of Object.entries(texts))
        searchable.set(`${artist.slug}/${slug}`, simplify(text));
    } catch (error) {
      say(error.message, true);
      $("inside").checked = false;
      return;
    }
  }
  showList();
}

// The song

async function showSong() {
  const song = songs.find(({ id }) => id === state.song);
  if (!song) {
    say("There is no such song. Choose another one.", true, "song-said");
    return;
  }
  const current = ++token;
  $("title").textContent = song.title;
  $("by").textContent = song.artist.name;
  $("by").href = writeHash(FIELDS, { ...state, artist: song.artist.slug, find: "" });
  try {
    const text = await fetchText(song);
    if (current !== token) return;
    showText($("text"), text);
    $("hint").hidden = false;
    $("link").disabled = false;
    $("keep").disabled = false;
    say("", false, "song-said");
  } catch (error) {
    if (current !== token) return;
    $("text").replaceChildren();
    say(error.message, true, "song-said");
  }
}

/** The hash of the song, without the search that found it. */
const songHash = () => writeHash(FIELDS, { ...state, artist: "", find: "" });

/** Open another song, and scroll to its beginning. @param {string} id */
function open(id) {
  addEntry(writeHash(FIELDS, { ...state, song: id }));
  state.song = id;
  showState();
  $("song").scrollIntoView({ block: "start" });
}

// Events

$("form").addEventListener("submit", (event) => event.preventDefault());
$("find").addEventListener("input", () => search({ find: $("find").value }));
$("artist").addEventListener("change", () => search({ artist: $("artist").value }));
$("inside").addEventListener("change", loadWords);
$("more").addEventListener("click", () => {
  shownCount += SHOWN;
  showList();
});
$("random").addEventListener("click", () =>
  open(songs[Math.floor(Math.random() * songs.length)].id),
);
$("songs").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(readHash(FIELDS, link.hash).state.song);
});
makeShareButton(
  $("link"),
  () => addressOf(songHash()),
  async () => undefined,
  { done: "Link copied. It opens this song.", id: "song-said" },
);
makeKeepButton(
  $("keep"),
  () => ({
    link: `songbook.html${songHash()}`,
    title: $("title").textContent,
    text: `by ${$("by").textContent}`,
  }),
  "song-said",
);
addEventListener("hashchange", () => {
  state = readHash(FIELDS, location.hash).state;
  showState();
});

async function load() {
  try {
    artists = await fetchArtists();
  } catch (error) {
    say(error.message, true);
    return;
  }
  songs = songsOf(artists);
  const byName = [...artists].sort((a, b) => a.name.localeCompare(b.name));
  $("artist").append(...byName.map(({ name, slug }) => new Option(name, slug)));
  $("random").disabled = false;
  showState();
}

load();
