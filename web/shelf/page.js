// @ts-check
/** The shelf of everything that was kept: open, remove, save to a file, add from a file. */

import { coalesce } from "../shared/coalesce.js";
import { $, say } from "../shared/dom.js";
import { formatCount, quote } from "../shared/format.js";
import { saveFile } from "../shared/share.js";
import { addItems, allItems, onShelfChange, removeItems } from "../shared/shelf.js";
import { UserError } from "../shared/user-error.js";
import { decodeShelf, encodeShelf, MAX_FILE_BYTES } from "./shelf-file.js";
import { Board } from "./shelf-view.js";

/** @typedef {import("../shared/shelf.js").KeptItem} KeptItem */

/** @type {KeptItem[]} */
let items = [];
/** @type {(() => Promise<void>) | undefined} What Undo does. */
let undo;
const boards = [...$("shelves").children].map(
  (section) => new Board(section, (item) => remove([item], `Removed ${quote(item.title)}.`)),
);

const count = (/** @type {number} */ number) =>
  number === 1 ? "1 item" : `${formatCount(number)} items`;

/** Do something and show the result; afterwards, it can be undone. */
async function attempt(/** @type {() => Promise<string>} */ action, isError = false) {
  $("undo").hidden = true;
  undo = undefined;
  try {
    say(await action(), isError);
  } catch (error) {
    say(
      error instanceof UserError ? error.message : `Something went wrong: ${error.message}`,
      true,
    );
  }
  $("undo").hidden = !undo;
}

const show = coalesce(async () => {
  try {
    items = await allItems();
  } catch (error) {
    say(error.message, true);
    return;
  }
  for (const board of boards) board.show(items);
  $("empty").hidden = items.length > 0;
  $("add").disabled = false;
  for (const id of ["save", "remove-all"]) $(id).hidden = !items.length;
});

/** @param {KeptItem[]} removed @param {string} text */
const remove = (removed, text) =>
  attempt(async () => {
    await removeItems(removed.map(({ link }) => link));
    undo = () => addItems(removed);
    return text;
  }).then(() => $("undo").focus({ preventScroll: true }));

/** @param {File} file */
const add = (file) =>
  attempt(async () => {
    if (file.size > MAX_FILE_BYTES) throw new UserError("This file is too large for a shelf.");
    const read = decodeShelf(await file.text());
    const before = new Set((await allItems()).map(({ link }) => link));
    const added = read.filter(({ link }) => !before.has(link));
    await addItems(added);
    if (added.length) undo = () => removeItems(added.map(({ link }) => link));
    const rest = read.length - added.length;
    return `Added ${count(added.length)}${rest ? `; ${count(rest)} already there` : ""}.`;
  });

$("undo").addEventListener("click", () => {
  const run = undo;
  if (run)
    attempt(async () => {
      await run();
      return "Undone.";
    });
});
$("save").addEventListener("click", () => {
  const date = new Date().toISOString().slice(0, 10);
  saveFile(new Blob([encodeShelf(items)], { type: "application/json" }), `shelf-${date}.json`);
});
$("add").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => {
  const [file] = $("file").files;
  if (file) add(file);
  $("file").value = ""; // so that the same file can be chosen again
});
$("remove-all").addEventListener("click", () => remove(items, `Removed ${count(items.length)}.`));
onShelfChange(show);
show();
