// @ts-check
/**
 * A page's entries in the browser's history: the Back button returns to what was there before, instead of leaving.
 *
 *     addEntry(writeHash(fields, state));   // the page shows something new
 *     saveDraft(readFields(fields));        // the visitor has changed a setting that is not used yet
 *     if (entriesBefore()) history.back();  // undo; the page's listener of "hashchange" shows what was there
 *
 * The data of an entry, such as a draft, survives a reload. saveState of url-state.js changes the current entry. When one of
 * these functions changes the address, the window gets the event "addresschange", because browsers have no event for that.
 */

/**
 * @typedef {object} EntryState
 * @property {number} [entriesBefore] How many entries of this page come before it.
 * @property {Record<string, any>} [draft] Settings that are not used yet.
 */

let known = 0; // entries before the one that was shown last

/** @returns {EntryState} */
const entryState = () => history.state ?? {};

/** How many entries of this page come before the current one: whether there is something to go back to. */
export const entriesBefore = () => entryState().entriesBefore ?? 0;

/** Settings that the visitor has changed but not used yet; undefined if there are none. */
export const readDraft = () => entryState().draft;

/** Store settings that the visitor has changed in the current entry. @param {Record<string, any>} draft */
export const saveDraft = (draft) => replace({ ...entryState(), draft }, location.href);

/** Give the current entry another address, and drop its draft, which has been used. @param {string} hash */
export const changeEntry = (hash) => replace({ entriesBefore: entriesBefore() }, hash);

/** Add an entry, or change the current one if the browser refuses, as after too many in a short time. @param {string} hash */
export function addEntry(hash) {
  try {
    history.pushState({ entriesBefore: entriesBefore() + 1 }, "", hash);
    known = entriesBefore();
    dispatchEvent(new Event("addresschange"));
  } catch {
    changeEntry(hash);
  }
}

/** @param {EntryState} state @param {string} url */
function replace(state, url) {
  try {
    history.replaceState(state, "", url);
    dispatchEvent(new Event("addresschange"));
  } catch {
    // too many changes in a short time; the next one will be stored
  }
}

/** Count an entry that a link within the page has added. */
function countLinked() {
  if (!history.state) replace({ entriesBefore: known + 1 }, location.href);
  known = entriesBefore();
}

if (globalThis.history) {
  replace({ ...entryState(), entriesBefore: entriesBefore() }, location.href);
  known = entriesBefore();
  addEventListener("hashchange", countLinked);
}
