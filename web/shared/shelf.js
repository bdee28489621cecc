// @ts-check
/**
 * The shelf: what a visitor keeps in this browser, in IndexedDB. Each item is a link to a page of this site with a title.
 *
 *     await addItems([{ link: "lyrics.html#v=1&seed=3", title: "The sea is wide", kept: Date.now() }]);
 *     await isKept("lyrics.html#v=1&seed=3"); // true, in other tabs, too
 *
 * If the browser refuses storage or runs out of it, the functions throw a UserError with a sentence about it.
 *
 * @typedef {object} KeptItem
 * @property {string} link File name of the page, and the hash; an item with the same link replaces it.
 * @property {string} title
 * @property {string} [text] Shown below the title.
 * @property {Uint8Array<ArrayBuffer>} [picture] A small square PNG file.
 * @property {number} kept When, in milliseconds since 1970.
 */

import { Database } from "./database.js";

export const MAX_ITEMS = 10_000;

const database = new Database({
  name: "shelf",
  store: "items",
  key: "link",
  order: "kept",
  most: MAX_ITEMS,
  denied:
    "This browser does not let the site store anything, as in some private windows: copy the link instead.",
  full: "There is no room left on this device: free up some space, or remove something from your shelf.",
  aborted: "Your shelf is full, with 10,000 items: remove some of them first.",
});

/** @type {Set<() => void>} */
const listeners = new Set();
const otherTabs = openChannel();

/** Call a function when the shelf has changed, here or in another tab. @param {() => void} listener */
export const onShelfChange = (listener) => listeners.add(listener);

/** Add items, all of them or none. @param {KeptItem[]} items */
export async function addItems(items) {
  await database.add(items);
  notify();
}

/** @param {string[]} links */
export async function removeItems(links) {
  await database.remove(links);
  notify();
}

/** All items, newest first. @returns {Promise<KeptItem[]>} */
export const allItems = async () => (await database.all()).reverse();

/** @param {string} link @returns {Promise<boolean>} */
export const isKept = async (link) =>
  (await database.transact("readonly", (store) => store.count(link))) > 0;

/** The links of the newest items. @param {number} count @returns {Promise<string[]>} */
export function newestLinks(count) {
  /** @type {{result: string[]}} */
  const found = { result: [] };
  return database.transact("readonly", (store) => {
    const request = store.index("kept").openKeyCursor(null, "prev");
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || found.result.length >= count) return;
      found.result.push(String(cursor.primaryKey));
      cursor.continue();
    };
    return found;
  });
}

function notify() {
  for (const listener of listeners) listener();
  otherTabs?.postMessage("changed");
}

/** The channel that tells other tabs about changes. Without it, they show them only after a reload. */
function openChannel() {
  try {
    const channel = new BroadcastChannel(database.name);
    channel.onmessage = () => listeners.forEach((listener) => void listener());
    return channel;
  } catch {
    return undefined;
  }
}
