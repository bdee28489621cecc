/** The faces' own JavaScript. `tests/test_avatars_site.py` runs this with node. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { born, coveredBy, family, mix, oneHot, toPixels } from "../../web/core/avatars.js";

const FEATURES = [
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

test("a number stands for one face, another number for another", () => {
  assert.deepEqual(born(7, FEATURES, 32), born(7, FEATURES, 32));
  assert.notDeepEqual(born(7, FEATURES, 32).noise, born(8, FEATURES, 32).noise);
  assert.equal(new Set(family(1, 16)).size, 16);
  assert.deepEqual(family(1, 16), family(1, 20).slice(0, 16));
});

test("chance keeps to the probabilities, and noise is normal", () => {
  const faces = family(3, 4000).map((number) => born(number, FEATURES, 4));
  FEATURES.forEach(({ probabilities }, i) =>
    probabilities.forEach((share, variant) => {
      const seen = faces.filter(({ labels }) => labels[i] === variant).length / faces.length;
      assert.ok(Math.abs(seen - share) < 0.03, `${i} ${variant}: ${seen}`);
    }),
  );
  const values = faces.flatMap(({ noise }) => [...noise]),
    mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  assert.ok(Math.abs(mean(values)) < 0.03);
  assert.ok(Math.abs(mean(values.map((value) => value ** 2)) - 1) < 0.05);
  assert.ok(Math.abs(mean(values.map((value) => Number(Math.abs(value) < 1))) - 0.6827) < 0.02);
});

test("what is covered up has no label", () => {
  assert.deepEqual([...oneHot([0, 1, 1], FEATURES)], [1, 0, 0, 0, 0, 0, 1]);
  assert.deepEqual([...oneHot([2, 0, 1], FEATURES)], [0, 0, 1, 1, 0, 0, 0]);
  assert.deepEqual(coveredBy(1, [0, 1, 1], FEATURES), ["glasses", "none"]);
  assert.equal(coveredBy(2, [1, 1, 1], FEATURES), undefined);
  assert.equal(
    coveredBy(1, [null, null, null], FEATURES),
    undefined,
    "left to chance, nothing is covered",
  );
});

test("a mixture ends at its two faces and keeps the length of the noise", () => {
  const [one, other] = [
    { noise: Float32Array.of(3, 0), hot: Float32Array.of(1, 0) },
    { noise: Float32Array.of(0, 3), hot: Float32Array.of(0, 1) },
  ];
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
