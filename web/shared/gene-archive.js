// @ts-check
/**
 * The container format of .gene files, which hold one network and are not trusted. `common/gene_archive.py` describes it
 * and writes the same bytes for networks that write songs. Files with a visitor's signs (digits/sign-file.js) have fewer
 * parts.
 */

import { UserError } from "./user-error.js";
import { unzip, zip } from "./zip.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

export const FORMAT = "gene";
export const VERSION = 1;
export const MAX_FILE_BYTES = 2 ** 27;

/** The files in an archive, in this order, with the maximum size of each in bytes. @type {Record<string, number>} */
export const PARTS = {
  "config.json": 2 ** 16,
  "meta.json": 2 ** 20,
  "card.json": 2 ** 16,
  "generation_config.json": 2 ** 16,
  "vocabulary.tsv": 2 ** 24,
  "model.safetensors": MAX_FILE_BYTES,
  "song-index.bin": 2 ** 20,
};
/** The files that must be in an archive, by the task in meta.json. @type {Record<string, string[]>} */
const REQUIRED = {
  lyrics: [
    "config.json",
    "meta.json",
    "generation_config.json",
    "vocabulary.tsv",
    "model.safetensors",
  ],
  signs: ["config.json", "meta.json", "model.safetensors"],
};
/** @type {Record<string, string>} */
const ELSEWHERE = {
  lyrics: "This file has a network that writes songs: open it on the page “lyrics”.",
  signs: "This file has a network that reads signs: open it on the page “digits”, under “Signs”.",
};

const FOREIGN =
  "This file is not a network of Gene: choose one whose name ends with “.gene”, as “python -m export.gene” writes it.";
const NEWER = "This file is from a newer version of Gene: reload the page, then try again.";
const LARGE = "This file has more than 134 MB, more than a network may have here.";

/** The error for a damaged file. @param {string} problem */
export const damaged = (problem) =>
  new UserError(`This file is damaged (${problem}), so nothing was opened: get another copy.`);

/** @param {Map<string, Bytes>} parts By name. @returns {Blob} */
export function encodeArchive(parts) {
  const names = Object.keys(PARTS).filter((name) => parts.has(name));
  return zip(names.map((name) => ({ name, bytes: /** @type {Bytes} */ (parts.get(name)) })));
}

/**
 * The files in a .gene file, by name.
 *
 * @param {Blob} file
 * @param {string} task The task of the networks that the page opens.
 * @returns {Promise<Map<string, Bytes>>}
 * @throws {UserError} If it is not a .gene file, is for another page, or is damaged or from a later version.
 */
export async function readArchive(file, task = "lyrics") {
  if (file.size > MAX_FILE_BYTES) throw new UserError(LARGE);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw new UserError(FOREIGN); // "PK"
  const files = attempt(() => unzip(bytes));
  const parts = new Map(files.map(({ name, bytes }) => [name, bytes]));
  if (!parts.has("config.json")) throw new UserError(FOREIGN);
  if (parts.size < files.length) throw damaged("a file is in it twice");
  for (const [name, { length }] of parts)
    if (!Object.hasOwn(PARTS, name) || length > PARTS[name])
      throw damaged("something does not belong in it");
  checkVersion(parseJson(parts, "config.json"));
  checkTask(parts, task);
  const missing = REQUIRED[task].find((name) => !parts.has(name));
  if (missing) throw damaged(`${missing} is missing`);
  return parts;
}

/** @param {Map<string, Bytes>} parts @param {string} task */
function checkTask(parts, task) {
  if (!parts.has("meta.json")) return;
  const found = parseJson(parts, "meta.json").task;
  if (found !== task && Object.hasOwn(ELSEWHERE, found)) throw new UserError(ELSEWHERE[found]);
}

/** The result of a function; if it throws, throw the error for a damaged file instead. @template T @param {() => T} run @returns {T} */
export function attempt(run) {
  try {
    return run();
  } catch (error) {
    const isOwn = error.constructor === Error; // not the JavaScript engine's, whose messages mean nothing to visitors
    throw error instanceof UserError ? error : damaged(isOwn ? error.message : "it is cut off");
  }
}

/** A JSON object of an archive. @param {Map<string, Bytes>} parts @param {string} name @returns {any} */
export function parseJson(parts, name) {
  try {
    const value = JSON.parse(new TextDecoder().decode(parts.get(name)));
    if (value && typeof value === "object" && !Array.isArray(value)) return value;
  } catch {
    // not JSON
  }
  throw damaged(name);
}

/** @param {any} config */
function checkVersion({ format, version }) {
  if (format !== FORMAT || !Number.isInteger(version)) throw new UserError(FOREIGN);
  if (version > VERSION) throw new UserError(NEWER);
  if (version < 1) throw new UserError(FOREIGN);
}
