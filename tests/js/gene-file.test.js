/** Networks that travel: what Python writes opens in JavaScript and back, and a hostile file does nothing. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import * as core from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { BOUNDS, isSoundConfig, WHOLE } from "../../web/core/generation-config.js";
import { Random } from "../../web/core/prng.js";
import { geneParts, inspect, readGeneFile } from "../../web/lyrics/gene-file.js";
import { LyricsModel } from "../../web/lyrics/lyrics-model.js";
import { encodeArchive, PARTS } from "../../web/shared/gene-archive.js";
import { decodeTensors, encodeTensors } from "../../web/shared/safetensors.js";
import { UserError } from "../../web/shared/user-error.js";
import { zip } from "../../web/shared/zip.js";
import { assertRefused } from "./refusals.js";

const read = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const golden = (name) => JSON.parse(read(`${name}.json`).toString());
const NETWORK = new Uint8Array(read("network.gene"));
const open = (bytes) => readGeneFile(new Blob([bytes]));
const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());
const encode = (text) => new TextEncoder().encode(text);

test("a file is written as in Python", async () => {
  const { parts, weights, config, songIndex, vocabulary, meta } = await open(NETWORK);
  assert.deepEqual(await bytesOf(encodeArchive(parts)), NETWORK);
  assert.deepEqual(encodeTensors(weights), parts.get("model.safetensors").slice());
  assert.equal(vocabulary.words[11], "naïve");
  assert.deepEqual(config.units, [6, 5]);
  assert.equal(songIndex.findCopies([4, 5, 6, 7, 8, 9])[0].title, "The Sea");
  assert.deepEqual(meta.data.artists, ["Ada", "Björk"]);
});

test("a network of the page becomes a file", async () => {
  const { weights, config, settings, parts, songIndex } = await open(NETWORK);
  const vocabulary = new TextDecoder().decode(parts.get("vocabulary.tsv"));
  const meta = { data: { artists: ["Ada", "Björk"] } };
  const made = encodeArchive(geneParts({ config, weights, settings, meta, vocabulary }));
  const again = await readGeneFile(made);
  assert.deepEqual(again.weights, weights);
  assert.equal(again.songIndex, null);
  assert.ok(songIndex);
});

test("the network computes what Keras computes", async () => {
  const { title, tokens, logits } = golden("lstm_step");
  const tf = { ...core };
  const model = LyricsModel.fromGeneFile(tf, await open(NETWORK));
  const before = tf.memory().numTensors;
  model.start(title);
  tokens.forEach((token, i) => {
    const [actual] = model.step([token]);
    logits[i].forEach((expected, word) => {
      assert.ok(Math.abs(actual[word] - expected) < 1e-5, `${i} ${word}: ${actual[word]}`);
    });
  });
  model.fork(0, 2);
  const [first, second] = model.step([4, 5]);
  assert.notDeepEqual(first, second);
  model.start();
  assert.equal(tf.memory().numTensors, before + 5, "only the states are kept");
});

test("a file has one fingerprint", async () => {
  const file = new Blob([NETWORK]);
  const { fingerprint, card } = await inspect({ file });
  assert.match(fingerprint, /^[0-9a-f]{12}$/);
  assert.equal(card.title, "Kitchen Songs");
});

test("settings are those of Python", () => {
  const { defaults, bounds, whole } = golden("generation_config");
  assert.deepEqual(BOUNDS, bounds);
  assert.deepEqual(WHOLE, whole);
  assert.ok(isSoundConfig(defaults));
  for (const [name, value] of [
    ["max_tokens", 1e9],
    ["lines", 1.5],
    ["temperature", "1"],
    ["top_p", null],
    ["form", "a1"],
    ["forms", { a: 3 }],
    ["loop_guard", 1],
    ["version", 2],
  ])
    assert.ok(!isSoundConfig({ ...defaults, [name]: value }), name);
});

async function soundParts() {
  return (await open(NETWORK)).parts;
}

/** The bytes of an archive in which some files are others. */
async function changed(changes) {
  const parts = new Map([...(await soundParts()), ...Object.entries(changes)]);
  const files = [...parts].filter(([, bytes]) => bytes !== undefined);
  return bytesOf(zip(files.map(([name, bytes]) => ({ name, bytes }))));
}

async function changedJson(name, changes) {
  const value = JSON.parse(new TextDecoder().decode((await soundParts()).get(name)));
  return changed({ [name]: encode(JSON.stringify({ ...value, ...changes })) });
}

async function changedConfig(changes) {
  const { config } = JSON.parse(new TextDecoder().decode((await soundParts()).get("config.json")));
  return changedJson("config.json", { config: { ...config, ...changes } });
}

async function changedWeights(change) {
  const weights = decodeTensors((await soundParts()).get("model.safetensors"));
  change(weights);
  return changed({ "model.safetensors": encodeTensors(weights) });
}

const setBias = (value, shape) => (weights) =>
  weights.set("projection/bias", { shape, values: new Float32Array(4).fill(value) });

/** A size in the list of files that is not true. */
function withSize(bytes, size) {
  const copy = bytes.slice();
  const at = Buffer.from(copy).lastIndexOf("PK\x01\x02");
  new DataView(copy.buffer).setUint32(at + 20, size, true);
  new DataView(copy.buffer).setUint32(at + 24, size, true);
  return copy;
}

/** The same number of files, all at the same place. */
async function overlapping() {
  const parts = await soundParts();
  const file = { name: "config.json", bytes: parts.get("model.safetensors") };
  const bytes = await bytesOf(zip([file, file]));
  const view = new DataView(bytes.buffer);
  view.setUint32(Buffer.from(bytes).lastIndexOf("PK\x01\x02") + 42, 0, true); // the first one again
  return bytes;
}

function compressed(bytes) {
  const copy = bytes.slice();
  const at = Buffer.from(copy).indexOf("PK\x01\x02");
  new DataView(copy.buffer).setUint16(at + 10, 8, true);
  return copy;
}

const text = async (name) => new TextDecoder().decode((await soundParts()).get(name));

/** Hostile and damaged files, and what the sentence about them says. */
const FILES = {
  empty: [() => new Uint8Array(), "not a network"],
  "a picture": [() => encode("\x89PNG"), "not a network"],
  "another archive": [() => changed({ "config.json": undefined }), "not a network"],
  "cut off": [() => NETWORK.slice(0, -300), "damaged"],
  "cut in the middle": [() => NETWORK.slice(0, 2000), "damaged"],
  "a changed byte": [() => NETWORK.with(900, NETWORK[900] ^ 1), "checksum"],
  "a false size": [() => withSize(NETWORK, 100 << 20), "cut off"],
  "overlapping files": [overlapping, "damaged"],
  compressed: [() => compressed(NETWORK), "compressed"],
  "a real bomb": [
    () => changed({ "meta.json": new Uint8Array(deflateRawSync(Buffer.alloc(1 << 21))) }),
    "meta.json",
  ],
  "more than belongs": [() => changed({ "../evil.js": encode("alert(1)") }), "does not belong"],
  "large JSON": [() => changed({ "meta.json": new Uint8Array(1 << 21) }), "does not belong"],
  "no weights": [() => changed({ "model.safetensors": undefined }), "model.safetensors is missing"],
  "a pickle": [() => changed({ "model.safetensors": encode("\x80\x04cos\nsystem\n.") }), "damaged"],
  "a later format": [() => changedJson("config.json", { version: 2 }), "newer version"],
  "a later meta.json": [() => changedJson("meta.json", { version: 9 }), "newer version"],
  "another format": [() => changedJson("config.json", { format: "x" }), "not a network"],
  "another class": [() => changedJson("config.json", { class_name: "Lambda" }), "cannot run"],
  "a list": [() => changed({ "meta.json": encode("[1]") }), "meta.json"],
  "deep JSON": [() => changed({ "meta.json": encode("[".repeat(1e5)) }), "meta.json"],
  "no data": [() => changedJson("meta.json", { data: null }), "meta.json"],
  "other artists": [() => changedJson("meta.json", { data: {} }), "artists"],
  "a script in the card": [() => changed({ "card.json": encode('{"script": "x"}') }), "card.json"],
  "endless songs": [
    () => changedJson("generation_config.json", { max_tokens: 1e9 }),
    "generation_config.json",
  ],
  "a huge network": [() => changedConfig({ units: [1 << 22] }), "do not fit"],
  "a negative size": [() => changedConfig({ embedding_dim: -4 }), "config.json"],
  "a size of text": [() => changedConfig({ embedding_dim: "4" }), "config.json"],
  "no layers": [() => changedConfig({ units: [] }), "config.json"],
  "a word twice": [
    async () =>
      changed({ "vocabulary.tsv": encode((await text("vocabulary.tsv")).replace("wide", "sea")) }),
    "vocabulary.tsv",
  ],
  "fewer words": [
    async () =>
      changed({
        "vocabulary.tsv": encode((await text("vocabulary.tsv")).replace(/\n.*\n$/, "\n")),
      }),
    "vocabulary.tsv",
  ],
  "binary words": [() => changed({ "vocabulary.tsv": Uint8Array.of(255, 254) }), "vocabulary.tsv"],
  NaN: [() => changedWeights(setBias(Number.NaN, [4])), "not numbers"],
  infinity: [() => changedWeights(setBias(Number.POSITIVE_INFINITY, [4])), "not numbers"],
  "another shape": [() => changedWeights(setBias(0, [2, 2])), "do not fit"],
  "missing weights": [() => changedWeights((w) => w.delete("projection/bias")), "do not fit"],
  "more weights": [
    () => changedWeights((w) => w.set("more", { shape: [1], values: new Float32Array(1) })),
    "do not fit",
  ],
  float16: [
    async () => {
      const bytes = (await soundParts()).get("model.safetensors");
      const at = Buffer.from(bytes).indexOf("F32");
      return changed({ "model.safetensors": bytes.with(at + 1, 49).with(at + 2, 54) });
    },
    "float32",
  ],
  "a huge index": [
    async () => {
      const index = new TextDecoder("latin1").decode((await soundParts()).get("song-index.bin"));
      const bytes = Buffer.from(index.replace(/"count": \d+/, '"count": 4000000000'), "latin1");
      return changed({ "song-index.bin": new Uint8Array(bytes) });
    },
    "song-index.bin",
  ],
};

for (const [name, [make, words]] of Object.entries(FILES))
  test(`a hostile file is refused: ${name}`, async () => {
    const file = await make();
    await assertRefused(open(file), words);
  });

test("a huge file is not even read", async () => {
  const file = { size: 2 ** 40, arrayBuffer: () => assert.fail("read") };
  await assert.rejects(readGeneFile(file), /134 MB/);
});

test("the parts are those of Python", () => {
  const source = readFileSync(new URL("../../common/gene_archive.py", import.meta.url), "utf8");
  for (const name of Object.keys(PARTS)) assert.ok(source.includes(`"${name}"`));
});

const STRANGE = [null, true, -1, 1.5, 1e99, "x", "", [], {}, [null], { a: [] }, 2 ** 53];

/** Every way in which one value of a JSON value is replaced with something strange. */
function* mutations(value) {
  if (!value || typeof value !== "object") return;
  for (const key of Object.keys(value)) {
    const copy = (part) =>
      Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [key]: part });
    for (const strange of STRANGE) yield copy(strange);
    for (const inner of mutations(value[key])) yield copy(inner);
  }
}

/** A file opens, or is refused in a sentence. */
async function opensOrIsRefused(bytes) {
  const error = await open(bytes).then(
    () => undefined,
    (reason) => reason,
  );
  assert.ok(!error || error instanceof UserError, error?.stack);
  return !error;
}

for (const name of ["config.json", "meta.json", "card.json", "generation_config.json"])
  test(`strange values are harmless: ${name}`, async () => {
    const sound = JSON.parse(await text(name));
    let count = 0;
    for (const value of mutations(sound)) {
      await opensOrIsRefused(await changed({ [name]: encode(JSON.stringify(value)) }));
      count++;
    }
    assert.ok(count > 20);
  });

test("random damage is harmless", async () => {
  const random = new Random(5);
  const parts = [...(await soundParts())];
  let opened = 0;
  for (let i = 0; i < 300; i++) {
    const [name, bytes] = parts[i % parts.length];
    const damagedPart = bytes.slice(0, i % 5 ? bytes.length : bytes.length * random.uniform());
    for (let j = 0; j < 3; j++)
      damagedPart[damagedPart.length * random.uniform()] = random.integer();
    opened += await opensOrIsRefused(await changed({ [name]: damagedPart }));
    const whole = NETWORK.slice();
    whole[whole.length * random.uniform()] ^= 1 + (random.integer() & 127);
    await opensOrIsRefused(whole);
  }
  assert.ok(opened < 250, "some damage is noticed");
});
