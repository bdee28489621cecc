/** Tests of web/core/avatars.js. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { faceFromSeed, hiddenBy, oneHot, seedsFrom, toPixels } from "../../web/core/avatars.js";
import { enlarge } from "../../web/core/enlarge.js";
import { decodeFace, encodeFace, seedOfName } from "../../web/core/face-code.js";
import { mixFaces } from "../../web/core/face-mixture.js";

const ATTRIBUTES = [
  {
    name: "glasses",
    variants: ["none", "round", "sun"],
    probabilities: [0.5, 0.25, 0.25],
    masked_by: {},
  },
  {
    name: "frame",
    variants: ["red", "blue"],
    probabilities: [0.9, 0.1],
    masked_by: { glasses: ["none"] },
  },
  {
    name: "iris",
    variants: ["brown", "green"],
    probabilities: [0, 1],
    masked_by: { glasses: ["sun"] },
  },
];

test("a seed determines a face", () => {
  assert.deepEqual(faceFromSeed(7, ATTRIBUTES, 32), faceFromSeed(7, ATTRIBUTES, 32));
  assert.notDeepEqual(faceFromSeed(7, ATTRIBUTES, 32).noise, faceFromSeed(8, ATTRIBUTES, 32).noise);
  assert.equal(new Set(seedsFrom(1, 16)).size, 16);
  assert.deepEqual(seedsFrom(1, 16), seedsFrom(1, 20).slice(0, 16));
});

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

test("people are those of Python", () => {
  const { attributes, rules, seeds, cases } = golden("people");
  assert.deepEqual(seedsFrom(7, 16), seeds);
  for (const { seed, wildness, labels, noise } of cases) {
    const face = faceFromSeed(seed, attributes, noise.length, rules, wildness);
    assert.deepEqual(face.labels, labels, `${seed} ${wildness}`);
    for (const [i, value] of noise.entries()) assert.ok(Math.abs(face.noise[i] - value) < 1e-4);
  }
});

test("attributes follow their probabilities, and noise is normal", () => {
  const faces = seedsFrom(3, 4000).map((number) => faceFromSeed(number, ATTRIBUTES, 4));
  for (const [i, { probabilities }] of ATTRIBUTES.entries()) {
    for (const [variant, share] of probabilities.entries()) {
      const seen = faces.filter(({ labels }) => labels[i] === variant).length / faces.length;
      assert.ok(Math.abs(seen - share) < 0.03, `${i} ${variant}: ${seen}`);
    }
  }
  const values = faces.flatMap(({ noise }) => [...noise]);
  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  assert.ok(Math.abs(mean(values)) < 0.03);
  assert.ok(Math.abs(mean(values.map((value) => value ** 2)) - 1) < 0.05);
  assert.ok(Math.abs(mean(values.map((value) => Number(Math.abs(value) < 1))) - 0.6827) < 0.02);
});

test("a hidden attribute has no label", () => {
  assert.deepEqual([...oneHot([0, 1, 1], ATTRIBUTES)], [1, 0, 0, 0, 0, 0, 1]);
  assert.deepEqual([...oneHot([2, 0, 1], ATTRIBUTES)], [0, 0, 1, 1, 0, 0, 0]);
  assert.deepEqual(hiddenBy(1, [0, 1, 1], ATTRIBUTES), ["glasses", "none"]);
  assert.equal(hiddenBy(2, [1, 1, 1], ATTRIBUTES), undefined);
  assert.equal(
    hiddenBy(1, [null, null, null], ATTRIBUTES),
    undefined,
    "nothing is hidden by a random attribute",
  );
});

test("faces of names, and their codes, are those of Python", () => {
  const { attributes, rules } = golden("people");
  for (const { name, seed, labels, code } of golden("face_code")) {
    assert.equal(seedOfName(name), seed, name.slice(0, 20));
    assert.deepEqual(faceFromSeed(seed, attributes, 0, rules, 0).labels, labels);
    assert.equal(encodeFace(labels, attributes), code);
    assert.ok(code.length <= 12);
    const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `;
    assert.deepEqual(decodeFace(typed.replace("0", "o"), attributes), labels);
  }
});

test("wrong codes are refused", () => {
  const { attributes } = golden("people");
  const { code } = golden("face_code")[0];
  const last = code.at(-1) === "0" ? "1" : "0";
  for (const wrong of ["", "1", "x", code.slice(0, -1), code.slice(0, -1) + last, `${code}0`, "🙂"])
    assert.throws(() => decodeFace(wrong, attributes), /not a/, wrong);
  assert.throws(() => decodeFace(`0${code.slice(1)}`, attributes), /code for this version/);
  assert.throws(() => decodeFace(code, attributes.slice(1)), /not a valid face code/);
  assert.throws(() => decodeFace("1".repeat(10_000), attributes), /not a valid face code/);
});

test("mixtures are those of Python", () => {
  const { attributes } = golden("people");
  const { colors, cases } = golden("mixture");
  const noise = Float32Array.of(3, 0);
  for (const { labels, amount, hot } of cases) {
    const [one, other] = labels.map((labels) => ({ labels, noise }));
    const mixed = mixFaces(one, other, amount, attributes, colors);
    for (const [i, value] of hot.entries()) assert.ok(Math.abs(mixed.hot[i] - value) < 1e-4);
    if (amount % 1 === 0)
      assert.deepEqual(mixed.hot, oneHot(labels[amount], attributes), "the ends are the faces");
  }
});

test("a mixture keeps the length of the noise", () => {
  const one = { noise: Float32Array.of(3, 0), labels: [] };
  const other = { noise: Float32Array.of(0, 3), labels: [] };
  assert.deepEqual(mixFaces(one, other, 0, [], []).noise, one.noise);
  assert.deepEqual(mixFaces(one, other, 1, [], []).noise, other.noise);
  assert.ok(Math.abs(Math.hypot(...mixFaces(one, other, 0.3, [], []).noise) - 3) < 1e-6);
});

test("pixels", () => {
  assert.deepEqual(
    [...toPixels(Float32Array.of(-1, 0.5, 1, -2, 2, 0), 3)],
    [0, 191, 255, 255, 0, 255, 128, 255],
  );
});

test("the white behind transparent pixels is removed", () => {
  const clear = [1, 1, 1, -1];
  const half = [0, 0, 1, 0]; // blue at half strength on white
  const full = [-1, 0, 3, 2];
  assert.deepEqual(
    [...toPixels(Float32Array.from([...clear, ...half, ...full]), 4)],
    [0, 0, 0, 0, 0, 0, 255, 128, 0, 128, 255, 255],
  );
});

test("enlarged pictures are those of Python", () => {
  for (const { pixels, side, large } of golden("enlarge")) {
    const enlarged = enlarge(Uint8ClampedArray.from(pixels.flat(2)), side);
    for (const [i, value] of large.flat(2).entries())
      assert.ok(Math.abs(enlarged[i] - value) <= 1, `${side}: ${i}`);
  }
});
