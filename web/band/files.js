// @ts-check
/** Files that a visitor chooses or drops, those in folders too. */

const MAX_FILES = 5000;

/**
 * A file, or a text without a name.
 *
 * @typedef {{name: string, path?: string, file?: File, text?: string}} ChosenFile path: from the chosen folder on.
 */

/** The files of an input. @param {Iterable<File>} files @returns {ChosenFile[]} */
export const chosenFiles = (files) =>
  [...files].map((file) => ({ name: file.name, path: file.webkitRelativePath, file }));

/** The files of what is dropped. @param {(FileSystemEntry | File)[]} items @returns {Promise<ChosenFile[]>} */
export async function droppedFiles(items) {
  /** @type {ChosenFile[]} */
  const found = [];
  for (const item of items)
    if (item instanceof File) found.push({ name: item.name, file: item });
    else await collect(item, found);
  return found;
}

/** @param {FileSystemEntry} entry @param {ChosenFile[]} found Files are added to it. */
async function collect(entry, found) {
  if (found.length >= MAX_FILES) return;
  if (entry.isFile) {
    const file = await open(/** @type {FileSystemFileEntry} */ (entry));
    const path = entry.fullPath.slice(1);
    if (file) found.push({ name: file.name, path: path.includes("/") ? path : "", file });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    const entries = await read(reader); // a hundred at a time
    if (!entries.length) return;
    for (const inside of entries) await collect(inside, found);
  }
}

/** The file, or undefined if it may not be read. @param {FileSystemFileEntry} entry @returns {Promise<File | undefined>} */
const open = (entry) => new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));

/** @param {FileSystemDirectoryReader} reader @returns {Promise<FileSystemEntry[]>} */
const read = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));

/** A common name for the files: that of their folder or of the only file, or "". @param {ChosenFile[]} files */
export function commonName(files) {
  const folders = new Set(files.map(({ path }) => path?.split("/").slice(0, -1)[0]));
  const [folder] = folders;
  if (folders.size === 1 && folder) return folder;
  return files.length === 1 ? files[0].name.replace(/\.[^.]+$/, "") : "";
}
