// @ts-check
/**
 * A lyrics network that came as a .gene file. `generate/lyrics/gene_file.py` does the same in Python.
 *
 * The file may come from anyone: all of it is checked before anything of it is used.
 */

import { completeConfig, isSoundConfig } from "../core/generation-config.js";
import { weightShapes } from "../core/lstm-step.js";
import { SongIndex } from "../core/song-index.js";
import { Vocabulary } from "../core/vocabulary.js";
import { crc32 } from "../shared/crc32.js";
import {
  attempt,
  damaged,
  FORMAT,
  parseJson,
  readArchive,
  VERSION,
} from "../shared/gene-archive.js";
import { text } from "../shared/model.js";
import { decodeTensors, encodeTensors } from "../shared/safetensors.js";
import { UserError } from "../shared/user-error.js";

/** @typedef {Map<string, Uint8Array<ArrayBuffer>>} Parts */
/** @typedef {import("../core/lstm-step.js").NetworkConfig} NetworkConfig */
/** @typedef {Map<string, import("../shared/safetensors.js").Tensor>} Tensors */

const CLASS_NAME = "LSTMLanguageModel";
const OTHER_CLASS =
  "The network in this file is of a kind that this page cannot run: it runs those of “--model lstm”.";
const META_VERSION = 2; // of meta.json, see common/migrations.py
const MAX_SIZE = 2 ** 22;
const MAX_LAYERS = 64;
const MAX_TEXT_LENGTH = 5000;
const CARD_LENGTHS = { title: 60, about: 1000, license: 300 };
const SPECIAL_TOKENS = ["<no word>", "<song start>", "<unknown word>", "<new line>"];
const VOCABULARY_ROW = /^[^\t\n]*\t[0-9]{1,18}\t(?:-1|[0-9]{1,9})\t[0-3](?:\t[^\n]+)?$/;

/**
 * What is in a file.
 *
 * @typedef {object} GeneFile
 * @property {Parts} parts
 * @property {NetworkConfig} config Sizes of the network.
 * @property {Tensors} weights
 * @property {import("../core/samplers.js").GenerationConfig} settings
 * @property {Vocabulary} vocabulary
 * @property {any} meta What the page uses of meta.json.
 * @property {Record<string, string>} card
 * @property {SongIndex | null} songIndex
 */

/**
 * Read and check a file.
 *
 * @param {Blob} file
 * @returns {Promise<GeneFile>}
 * @throws {UserError} It is damaged, from a later version, or not a network that the page can run.
 */
export async function readGeneFile(file) {
  const parts = await readArchive(file);
  const config = readConfig(parts);
  const settings = completeConfig(parseJson(parts, "generation_config.json"));
  if (!isSoundConfig(settings)) throw damaged("generation_config.json");
  const weights = readWeights(parts, config);
  const index = parts.get("song-index.bin");
  return {
    ...{ parts, config, weights, settings },
    vocabulary: readVocabulary(parts, config),
    meta: readMeta(parts, config, weights),
    card: readCard(parts),
    songIndex: index ? attempt(() => new SongIndex(index)) : null,
  };
}

/**
 * What the page needs to list the network in a file.
 *
 * @param {{file: Blob}} request
 */
export async function inspect({ file }) {
  const { card, meta, settings } = await readGeneFile(file);
  return { fingerprint: await fingerprint(file), card, meta, settings };
}

/** 12 hexadecimal digits that depend on the content of a file. @param {Blob} file */
async function fingerprint(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const hex = (/** @type {number} */ number, digits) => number.toString(16).padStart(digits, "0");
  if (!crypto.subtle) return `${hex(crc32(bytes), 8)}${hex(bytes.length & 0xffff, 4)}`; // plain http
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 6), (byte) => hex(byte, 2)).join("");
}

/**
 * The parts of a file, for `encodeArchive`.
 *
 * @param {{config: NetworkConfig, weights: Tensors, settings: object, meta: object, card?: object, vocabulary: string,
 *   songIndex?: Uint8Array<ArrayBuffer>}} network vocabulary: content of vocabulary.tsv; meta: with `data` as in meta.json.
 * @returns {Parts}
 */
export function geneParts({ config, weights, settings, meta, card, vocabulary, songIndex }) {
  const header = { format: FORMAT, version: VERSION, class_name: CLASS_NAME, config };
  /** @type {Parts} */
  const parts = new Map([
    ["config.json", encodeJson(header)],
    ["meta.json", encodeJson({ version: META_VERSION, task: "lyrics", ...meta })],
    ["generation_config.json", encodeJson(settings)],
    ["vocabulary.tsv", encodeText(vocabulary)],
    ["model.safetensors", encodeTensors(weights)],
  ]);
  if (card) parts.set("card.json", encodeJson(card));
  if (songIndex) parts.set("song-index.bin", songIndex);
  return parts;
}

const encodeText = (/** @type {string} */ content) => new TextEncoder().encode(content);
const encodeJson = (/** @type {object} */ value) =>
  encodeText(`${JSON.stringify(value, undefined, 1)}\n`);

/** @param {Parts} parts @returns {NetworkConfig} */
function readConfig(parts) {
  const { class_name, config } = parseJson(parts, "config.json");
  if (class_name !== CLASS_NAME) throw new UserError(OTHER_CLASS);
  const { vocabulary_size, embedding_dim, units, ...rest } = Object(config);
  const { num_artist_tokens = 0, num_title_words = 0 } = rest;
  const isSize = (/** @type {unknown} */ size, least = 1) =>
    Number.isInteger(size) && Number(size) >= least && Number(size) <= MAX_SIZE;
  const isSound =
    isSize(vocabulary_size, SPECIAL_TOKENS.length) &&
    isSize(embedding_dim) &&
    Array.isArray(units) &&
    isSize(units.length) &&
    units.length <= MAX_LAYERS &&
    units.every((size) => isSize(size)) &&
    [num_artist_tokens, num_title_words].every((size) => isSize(size, 0));
  if (!isSound) throw damaged("config.json");
  return { vocabulary_size, embedding_dim, units, num_artist_tokens, num_title_words };
}

/** @param {Parts} parts @param {NetworkConfig} config @returns {Tensors} */
function readWeights(parts, config) {
  const weights = attempt(() => decodeTensors(/** @type {any} */ (parts.get("model.safetensors"))));
  const shapes = weightShapes(config);
  const isSound = [...shapes].every(
    ([name, shape]) => String(weights.get(name)?.shape) === String(shape),
  );
  if (!isSound || weights.size !== shapes.size)
    throw damaged("its weights do not fit the sizes of the network");
  for (const { values } of weights.values())
    if (!values.every(Number.isFinite)) throw damaged("some weights are not numbers");
  return weights;
}

/** @param {Parts} parts @param {NetworkConfig} config @returns {Vocabulary} */
function readVocabulary(parts, { vocabulary_size }) {
  const content = text(parts.get("vocabulary.tsv"));
  const rows = content.trimEnd().split("\n").slice(1);
  if (!rows.every((row) => VOCABULARY_ROW.test(row))) throw damaged("vocabulary.tsv");
  const words = rows.map((row) => row.slice(0, row.indexOf("\t")));
  const isSound =
    words.length === vocabulary_size &&
    new Set(words).size === words.length &&
    SPECIAL_TOKENS.every((token, i) => words[i] === token);
  if (!isSound) throw damaged("vocabulary.tsv");
  return new Vocabulary(content);
}

/** @param {Parts} parts @returns {Record<string, string>} */
function readCard(parts) {
  const card = parts.has("card.json") ? parseJson(parts, "card.json") : {};
  const isSound = Object.entries(card).every(
    ([name, value]) =>
      Object.hasOwn(CARD_LENGTHS, name) &&
      typeof value === "string" &&
      value.length <= CARD_LENGTHS[name],
  );
  if (!isSound) throw damaged("card.json");
  return card;
}

/** What the page uses of meta.json, each thing checked. @param {Parts} parts @param {NetworkConfig} config @param {Tensors} weights */
function readMeta(parts, config, weights) {
  const { version, task, data, metrics, training_seconds, sample } = parseJson(parts, "meta.json");
  if (version > META_VERSION) throw damaged("it is from a newer version of Gene");
  if (version !== META_VERSION || task !== "lyrics" || !data) throw damaged("meta.json");
  const { artists = [], songs, file } = data;
  const hasArtists = Array.isArray(artists) && artists.every(isText);
  if (!hasArtists || artists.length !== Math.max(0, (config.num_artist_tokens ?? 0) - 1))
    throw damaged("its artists do not fit the network");
  const sizes = [...weights.values()].map(({ values }) => values.length);
  return {
    class_name: CLASS_NAME,
    config,
    parameter_count: sizes.reduce((sum, size) => sum + size, 0),
    training_seconds: isNumber(training_seconds) ? training_seconds : undefined,
    sample: isText(sample) ? sample : undefined,
    metrics: { ...numbersOf(metrics), test: numbersOf(metrics?.test) },
    data: { artists, songs: numbersOf(songs), file: isText(file) ? file : undefined },
  };
}

const isNumber = Number.isFinite;
const isText = (/** @type {unknown} */ value) =>
  typeof value === "string" && value.length <= MAX_TEXT_LENGTH;
const numbersOf = (/** @type {unknown} */ value) =>
  Object.fromEntries(Object.entries(Object(value)).filter(([, number]) => isNumber(number)));
