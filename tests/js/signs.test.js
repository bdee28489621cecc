/** The visitor's own signs: what may be changed and undone, and files with them, which may come from anyone. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Random } from "../../web/core/prng.js";
import { fromBytes, toBytes } from "../../web/digits/image-bytes.js";
import { readSignFile, writeSignFile } from "../../web/digits/sign-file.js";
import { SignLearner } from "../../web/digits/sign-learner.js";
import { MAX_EXAMPLES, MAX_SIGNS, SignSet } from "../../web/digits/sign-set.js";
import { readGeneFile } from "../../web/lyrics/gene-file.js";
import { decodeTensors, encodeTensors } from "../../web/shared/safetensors.js";
import { UserError } from "../../web/shared/user-error.js";
import { unzip, zip } from "../../web/shared/zip.js";
import { assertRefused } from "./refusals.js";

const encode = (text) => new TextEncoder().encode(text);
const random = new Random(7);
const drawing = () => Uint8Array.from({ length: 784 }, () => random.integer() >>> 24);
const example = (...features) => ({ pixels: drawing(), features: Float32Array.from(features) });

test("bytes and values", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(toBytes(fromBytes(bytes)), bytes);
});

test("every change can be undone", () => {
  const set = new SignSet();
  const states = [];
  const change = (run) => {
    states.push(set.signs);
    run();
  };
  change(() => set.addExample(0, example(1)));
  change(() => set.addExample(1, example(2)));
  change(() => set.rename(0, "star"));
  change(() => set.addSign());
  change(() => set.removeExample(1, 0));
  change(() => set.removeSign(0));
  assert.deepEqual(
    set.signs.map(({ name, examples }) => [name, examples.length]),
    [
      ["B", 0],
      ["A", 0],
    ],
  );
  while (states.length) {
    set.undo();
    assert.equal(set.signs, states.pop());
  }
  set.undo();
  assert.ok(set.isEmpty && set.signs.length === 2, "there is nothing more to undo");
});

test("examples that teach nothing are refused", () => {
  const set = new SignSet();
  const first = example(1);
  set.addExample(0, first);
  const twin = { ...first, pixels: first.pixels.slice() };
  assert.throws(() => set.addExample(0, twin), /“A” already has this exact drawing/);
  assert.throws(
    () => set.addExample(1, twin),
    /an example of “A”, and it can belong to one sign only/,
  );
  while (set.signs[0].examples.length < MAX_EXAMPLES) set.addExample(0, example(1));
  assert.throws(() => set.addExample(0, example(1)), /has 30 examples/);
});

test("names are different, short and not empty", () => {
  const set = new SignSet();
  assert.throws(() => set.rename(1, " A "), /Another sign is called “A”.*still called “B”/);
  assert.throws(() => set.rename(1, " \n "), /needs a name/);
  assert.equal(set.rename(1, "  two\twords "), "");
  assert.equal(set.signs[1].name, "two words");
  assert.match(set.rename(1, "🎈".repeat(1000)), /at most 20/);
  assert.equal(set.signs[1].name, "🎈".repeat(20));
  set.rename(0, "C");
  set.addSign();
  set.addSign();
  assert.deepEqual(
    set.signs.slice(2).map(({ name }) => name),
    ["A", "B"],
  );
});

test("what is missing", () => {
  const set = new SignSet();
  assert.equal(set.missing, "Still missing: 10 of “A”, 10 of “B”.");
  for (let i = 0; i < 10; i++) set.addExample(0, example(1));
  assert.equal(set.missing, "Still missing: 10 of “B”.");
  for (let i = 0; i < 10; i++) set.addExample(1, example(2));
  assert.equal(set.missing, "");
  assert.ok(set.isComplete);
});

test("signs without examples are not told apart", () => {
  const set = new SignSet();
  const learner = new SignLearner();
  set.addSign();
  set.addExample(0, example(9, 0));
  learner.learn(set.signs);
  assert.equal(learner.head, null);
  assert.deepEqual(learner.confidences(Float32Array.of(9, 0), 3), [null, null, null]);
  set.addExample(2, example(0, 9));
  learner.learn(set.signs);
  const [first, second, third] = learner.confidences(Float32Array.of(9, 0), 3);
  assert.ok(first > 0.9 && second === null && Math.abs(first + third - 1) < 1e-6);
  assert.ok(Math.abs(learner.meanConfidence(set.signs, 0) - first) < 1e-6);
});

const SIGNS = [
  { name: "star", examples: [drawing(), drawing()] },
  { name: "naïve 家", examples: [drawing()] },
];
const HEAD = { weights: Float32Array.of(1, 2, 3, 4, 5, 6), biases: Float32Array.of(0.5, -0.5) };
const bytesOf = async (blob) => new Uint8Array(await blob.arrayBuffer());
const open = (bytes) => readSignFile(new Blob([bytes]));
const soundFile = () => bytesOf(writeSignFile(SIGNS, HEAD));

test("a file brings the signs back", async () => {
  const bytes = await soundFile();
  assert.deepEqual(await open(bytes), SIGNS);
  const parts = new Map(unzip(bytes).map((file) => [file.name, file.bytes]));
  const tensors = decodeTensors(parts.get("model.safetensors"));
  assert.deepEqual(tensors.get("head/weights"), { shape: [2, 3], values: HEAD.weights });
  assert.equal(JSON.parse(new TextDecoder().decode(parts.get("meta.json"))).task, "signs");
});

test("files of other pages say where they belong", async () => {
  const song = new Uint8Array(readFileSync(new URL("../golden/network.gene", import.meta.url)));
  await assert.rejects(open(song), /writes songs: open it on the page “lyrics”/);
  await assert.rejects(readGeneFile(new Blob([await soundFile()])), /on the page “digits”/);
});

/** The bytes of an archive in which some files are others. */
async function changed(changes) {
  const files = unzip(await soundFile()).filter(({ name }) => !(name in changes));
  const others = Object.entries(changes).map(([name, bytes]) => ({ name, bytes }));
  return bytesOf(zip([...files, ...others.filter(({ bytes }) => bytes)]));
}

async function changedJson(name, changes) {
  const file = unzip(await soundFile()).find((other) => other.name === name);
  const value = JSON.parse(new TextDecoder().decode(file.bytes));
  return changed({ [name]: encode(JSON.stringify({ ...value, ...changes })) });
}

async function changedTensor(name, tensor) {
  const parts = new Map(unzip(await soundFile()).map((file) => [file.name, file.bytes]));
  const tensors = decodeTensors(parts.get("model.safetensors"));
  if (tensor) tensors.set(name, tensor);
  else tensors.delete(name);
  return changed({ "model.safetensors": encodeTensors(tensors) });
}

const withNames = (...names) =>
  changedJson("meta.json", {
    signs: names.map((name, i) => ({ name, examples: SIGNS[i]?.examples.length ?? 1 })),
  });
const filled = (shape, value) => ({
  shape,
  values: new Float32Array(shape.reduce((product, size) => product * size)).fill(value),
});

/** Hostile and damaged files, and what the sentence about them says. */
const FILES = {
  empty: [() => new Uint8Array(), "not a network"],
  "a picture": [() => encode("\x89PNG"), "not a network"],
  "a script": [() => encode("<script>alert(1)</script>"), "not a network"],
  "cut off": [async () => (await soundFile()).slice(0, -200), "damaged"],
  "a changed byte": [
    async () => (await soundFile()).with(900, ~(await soundFile())[900]),
    "checksum",
  ],
  "more than belongs": [() => changed({ "../evil.js": encode("alert(1)") }), "does not belong"],
  "no weights": [() => changed({ "model.safetensors": undefined }), "model.safetensors is missing"],
  "no meta.json": [() => changed({ "meta.json": undefined }), "meta.json is missing"],
  "a pickle": [() => changed({ "model.safetensors": encode("\x80\x04cos\nsystem\n.") }), "damaged"],
  "a later format": [() => changedJson("config.json", { version: 2 }), "newer version"],
  "later signs": [() => changedJson("meta.json", { version: 2 }), "newer version"],
  "another class": [() => changedJson("config.json", { class_name: "Lambda" }), "config.json"],
  "no sizes": [() => changedJson("config.json", { config: null }), "config.json"],
  "no signs": [() => changedJson("meta.json", { signs: null }), "meta.json"],
  "one sign": [() => withNames("A"), "meta.json"],
  "too many signs": [() => withNames(..."ABCDEFG"), "meta.json"],
  "a name twice": [() => withNames("A", "A"), "meta.json"],
  "a long name": [() => withNames("A", "x".repeat(1000)), "meta.json"],
  "no name": [() => withNames("A", ""), "meta.json"],
  "a name of another kind": [() => withNames("A", { length: 1 }), "meta.json"],
  "a million examples": [
    () => changedJson("meta.json", { signs: [{ name: "A", examples: 1e6 }, SIGNS[1]] }),
    "meta.json",
  ],
  "fewer pictures": [() => changedTensor("examples", filled([2, 784], 0)), "do not fit"],
  "another shape": [() => changedTensor("examples", filled([3, 28, 28], 0)), "do not fit"],
  "more than ink": [() => changedTensor("examples", filled([3, 784], 2)), "not pictures"],
  NaN: [() => changedTensor("head/bias", filled([2], Number.NaN)), "not numbers"],
  "no bias": [() => changedTensor("head/bias"), "do not fit"],
  "more weights": [() => changedTensor("more", filled([1], 0)), "do not fit"],
};

for (const [name, [make, words]] of Object.entries(FILES))
  test(`a hostile file is refused: ${name}`, async () => {
    const file = await make();
    await assertRefused(open(file), words);
  });

test("random damage is harmless", async () => {
  const sound = await soundFile();
  for (let i = 0; i < 200; i++) {
    const files = unzip(sound.slice()).map(({ name, bytes }) => ({ name, bytes: bytes.slice() }));
    const { bytes } = files[i % files.length];
    bytes[bytes.length * random.uniform()] = random.integer();
    const signs = await open(await bytesOf(zip(files))).catch((error) => error);
    assert.ok(!(signs instanceof Error) || signs instanceof UserError, signs.stack);
    if (Array.isArray(signs)) assert.ok(signs.length <= MAX_SIGNS);
  }
});
