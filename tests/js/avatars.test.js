/** Tests of web/core/avatars.js. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  faceFromSeed,
  hiddenBy,
  mix,
  oneHot,
  seedsFrom,
  toPixels,
} from "../../web/core/avatars.js";

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

test("a mixture interpolates and keeps the length of the noise", () => {
  const one = { noise: Float32Array.of(3, 0), hot: Float32Array.of(1, 0) };
  const other = { noise: Float32Array.of(0, 3), hot: Float32Array.of(0, 1) };
  assert.deepEqual(mix(one, other, 0), one);
  assert.deepEqual(mix(one, other, 1), other);
  const { noise, hot } = mix(one, other, 0.3);
  assert.ok(Math.abs(Math.hypot(...noise) - 3) < 1e-6);
  assert.deepEqual(
    [...hot].map((value) => value.toFixed(3)),
    ["0.700", "0.300"],
  );
});

test("pixels", () => {
  assert.deepEqual(
    [...toPixels(Float32Array.of(-1, 0.5, 1, -2, 2, 0))],
    [0, 191, 255, 255, 0, 255, 128, 255],
  );
});
