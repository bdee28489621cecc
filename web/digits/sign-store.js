// @ts-check
/**
 * Keeps the visitor's signs in this browser, in IndexedDB: the current ones, and those that a file or a new start replaced.
 *
 * @typedef {{name: string, examples: Uint8Array<ArrayBuffer>[]}} StoredSign Examples as 784 bytes each.
 * @typedef {{signs: StoredSign[], ink: string}} Stored ink: the drawing on the sheet, see DrawingBitmap.
 */

import { Database } from "../shared/database.js";

const CURRENT = "current";
const REPLACED = "replaced";
const MAX_RECORDS = 2;
const TROUBLE = "your signs are gone when you close the page, so save them as a file.";

const database = new Database({
  name: "signs",
  store: "signs",
  key: "id",
  order: "changed",
  most: MAX_RECORDS,
  denied: `This browser does not let the site store anything, as in some private windows: ${TROUBLE}`,
  full: `There is no room left on this device: ${TROUBLE}`,
  aborted: `There is no room left for your signs: ${TROUBLE}`,
});

const otherTabs = openChannel();

/** What is kept; {} if nothing is, or the browser stores nothing. @returns {Promise<{current?: Stored, replaced?: Stored}>} */
export async function loadSigns() {
  const records = await database.all().catch(() => []);
  return Object.fromEntries(records.map((record) => [record.id, record]));
}

/** @param {Stored} current @throws {import("../shared/user-error.js").UserError} Nothing was kept. */
export async function keepSigns(current) {
  await database.add([{ id: CURRENT, changed: Date.now(), ...current }]);
  otherTabs?.postMessage("changed");
}

/** Keep signs that are no longer the current ones. @param {StoredSign[]} signs */
export const keepReplaced = (signs) =>
  database.add([{ id: REPLACED, changed: Date.now(), signs, ink: "" }]).catch(() => {});

/** Call a function when the signs have changed in another tab. @param {() => void} listener */
export function onOtherTab(listener) {
  otherTabs?.addEventListener("message", listener);
}

/** A channel to other tabs; undefined if there is none, so that tabs do not notice what others keep. */
function openChannel() {
  try {
    return new BroadcastChannel(database.name);
  } catch {
    return undefined;
  }
}
