// @ts-check
/**
 * The visitor's signs as a .gene file: the examples, and the last layer that was learned from them.
 *
 *     config.json        {"format": "gene", "version": 1, "class_name": "SignHead", "config": {"features": ...}}
 *     meta.json          {"version": 1, "task": "signs", "base": ..., "signs": [{"name": ..., "examples": how many}]}
 *     model.safetensors  "examples" (count, 784) from 0 (paper) to 1 (ink), sign by sign; "head/weights" (signs, features),
 *                        "head/bias" (signs)
 *
 * The file may come from anyone: all of it is checked before anything of it is used. A page that opens it learns again from
 * the examples, because their features may be those of another version of the base network.
 */

import {
  attempt,
  damaged,
  encodeArchive,
  FORMAT,
  parseJson,
  readArchive,
  VERSION,
} from "../shared/gene-archive.js";
import { decodeTensors, encodeTensors } from "../shared/safetensors.js";
import { fromBytes, toBytes } from "./image-bytes.js";
import { MAX_EXAMPLES, MAX_SIGNS, MIN_SIGNS, shorten } from "./sign-set.js";

/** @typedef {import("./sign-store.js").StoredSign} StoredSign */
/** @typedef {import("../shared/safetensors.js").Tensor} Tensor */

const TASK = "signs";
const CLASS_NAME = "SignHead";
const META_VERSION = 1;
const BASE = "digits/modern";
const NUM_PIXELS = 784;

/**
 * @param {StoredSign[]} signs Those with examples.
 * @param {import("../core/softmax-head.js").Head} head
 * @returns {Blob}
 */
export function writeSignFile(signs, { weights, biases }) {
  const features = weights.length / biases.length;
  const pictures = signs.flatMap(({ examples }) => examples);
  const config = { format: FORMAT, version: VERSION, class_name: CLASS_NAME, config: { features } };
  const counts = signs.map(({ name, examples }) => ({ name, examples: examples.length }));
  const meta = { version: META_VERSION, task: TASK, base: BASE, signs: counts };
  /** @type {Map<string, Tensor>} */
  const tensors = new Map([
    [
      "examples",
      tensor(
        [pictures.length, NUM_PIXELS],
        pictures.flatMap((bytes) => [...fromBytes(bytes)]),
      ),
    ],
    ["head/weights", tensor([signs.length, features], weights)],
    ["head/bias", tensor([signs.length], biases)],
  ]);
  return encodeArchive(
    new Map([
      ["config.json", encodeJson(config)],
      ["meta.json", encodeJson(meta)],
      ["model.safetensors", encodeTensors(tensors)],
    ]),
  );
}

/**
 * Read and check a file.
 *
 * @param {Blob} file
 * @returns {Promise<StoredSign[]>}
 * @throws {import("../shared/user-error.js").UserError} It is damaged, from a later version, or has no signs.
 */
export async function readSignFile(file) {
  const parts = await readArchive(file, TASK);
  const { class_name, config } = parseJson(parts, "config.json");
  if (class_name !== CLASS_NAME || !isCount(config?.features, 1e6)) throw damaged("config.json");
  const signs = readSigns(parseJson(parts, "meta.json"));
  const tensors = attempt(() => decodeTensors(/** @type {any} */ (parts.get("model.safetensors"))));
  checkTensors(tensors, signs, config.features);
  return withExamples(signs, /** @type {Tensor} */ (tensors.get("examples")).values);
}

/** @param {any} meta @returns {{name: string, examples: number}[]} */
function readSigns({ version, task, signs }) {
  if (version > META_VERSION) throw damaged("it is from a newer version of Gene");
  const isSound =
    version === META_VERSION &&
    task === TASK &&
    Array.isArray(signs) &&
    signs.length >= MIN_SIGNS &&
    signs.length <= MAX_SIGNS &&
    signs.every((sign) => isName(sign?.name) && isCount(sign.examples, MAX_EXAMPLES)) &&
    new Set(signs.map(({ name }) => name)).size === signs.length;
  if (!isSound) throw damaged("meta.json");
  return signs;
}

/** @param {Map<string, Tensor>} tensors @param {{examples: number}[]} signs @param {number} features */
function checkTensors(tensors, signs, features) {
  const count = signs.reduce((sum, { examples }) => sum + examples, 0);
  const shapes = new Map([
    ["examples", [count, NUM_PIXELS]],
    ["head/weights", [signs.length, features]],
    ["head/bias", [signs.length]],
  ]);
  const fits = [...shapes].every(
    ([name, shape]) => String(tensors.get(name)?.shape) === String(shape),
  );
  if (!fits || tensors.size !== shapes.size) throw damaged("its numbers do not fit its signs");
  for (const { values } of tensors.values())
    if (!values.every(Number.isFinite)) throw damaged("some weights are not numbers");
  if (!tensors.get("examples")?.values.every((value) => value >= 0 && value <= 1))
    throw damaged("some examples are not pictures");
}

/** @param {{name: string, examples: number}[]} signs @param {Float32Array} values @returns {StoredSign[]} */
function withExamples(signs, values) {
  let position = 0;
  return signs.map(({ name, examples }) => ({
    name,
    examples: Array.from({ length: examples }, () => {
      const begin = position;
      position += NUM_PIXELS;
      return toBytes(values.subarray(begin, position));
    }),
  }));
}

const isName = (/** @type {unknown} */ name) =>
  typeof name === "string" && name !== "" && shorten(name) === name;
const isCount = (/** @type {unknown} */ value, /** @type {number} */ most) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;

/** @param {number[]} shape @param {ArrayLike<number>} values @returns {Tensor} */
const tensor = (shape, values) => ({ shape, values: Float32Array.from(values) });

const encodeJson = (/** @type {object} */ value) =>
  new TextEncoder().encode(`${JSON.stringify(value, undefined, 1)}\n`);
