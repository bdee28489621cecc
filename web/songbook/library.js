// @ts-check
/** The songs of both songbooks: a list of all, and the texts of each artist, loaded when needed. */

import { download } from "../shared/download.js";
import { json } from "../shared/model.js";
import { findKept, keep } from "../shared/model-cache.js";

/** @typedef {{name: string, slug: string, hash: string, songs: [slug: string, title: string][]}} Artist */
/** @typedef {{id: string, title: string, artist: Artist}} Song */

const FOLDER = new URL("../songs/", import.meta.url);

/** @type {Map<string, Promise<Record<string, string>>>} Texts by song, of each artist. */
const texts = new Map();

/** @returns {Promise<Artist[]>} */
export async function fetchArtists() {
  const content = await download(new URL("index.json", FOLDER), undefined, undefined, "no-cache");
  return json(content).artists;
}

/** All songs of artists. @param {Artist[]} artists @returns {Song[]} */
export const songsOf = (artists) =>
  artists.flatMap((artist) =>
    artist.songs.map(([slug, title]) => ({ id: `${artist.slug}/${slug}`, title, artist })),
  );

/** The text of a song. @param {Song} song */
export async function fetchText({ id, artist }) {
  return (await fetchTexts(artist))[id.slice(artist.slug.length + 1)];
}

/** The texts of an artist, by the second part of the songs' ids. @param {Artist} artist */
export function fetchTexts(artist) {
  const known = texts.get(artist.slug);
  if (known) return known;
  const loading = loadTexts(artist);
  texts.set(artist.slug, loading);
  loading.catch(() => texts.delete(artist.slug));
  return loading;
}

/** @param {Artist} artist @returns {Promise<Record<string, string>>} */
async function loadTexts({ slug, hash }) {
  const url = new URL(`${slug}.json?${hash}`, FOLDER);
  const kept = await findKept(url);
  if (kept) return json(kept);
  const content = await download(url);
  const parsed = json(content);
  keep(url, content);
  return parsed;
}
