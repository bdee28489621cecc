/** The JavaScript twins for digits against the golden files. `tests/browser/test_digits_site.py` runs this with node. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DrawingBitmap, SIDE } from "../../web/core/drawing-bitmap.js";
import { EigenDigits, readDigits } from "../../web/core/eigen-digits.js";
import { breed, crossEntropy, evolve, isConfident, start } from "../../web/core/genetic-search.js";
import { asMnist } from "../../web/core/mnist-style.js";
import { distance, statistics } from "../../web/core/pixel-statistics.js";
import { Random } from "../../web/core/prng.js";
import { scramble } from "../../web/core/scramble.js";
import { featuresGradient, headLogits, learnHead } from "../../web/core/softmax-head.js";
import { confidences } from "../../web/digits/digit-model.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

function near(values, wanted, most = 1e-12) {
  assert.equal(values.length, wanted.length);
  for (const [i, value] of wanted.entries()) {
    assert.ok(Math.abs(values[i] - value) <= most, `${values[i]} where ${value} is wanted`);
  }
}

test("drawings as MNIST was made", () => {
  for (const { width, image, picture } of golden("drawing")) {
    const ours = asMnist(
      image.map((value) => value / 255),
      width,
    );
    if (picture === null) assert.equal(ours, null);
    else near(ours, picture, 1e-7);
  }
});

test("the statistics of pixels", () => {
  const cases = golden("pixels");
  for (const { image, statistics: wanted, distance: far } of cases) {
    near(statistics(image), wanted);
    near([distance(statistics(image), cases[0].statistics)], [far]);
  }
});

test("doubt, and what it is to be sure", () => {
  for (const { logits, digit, sigmoids, softmax } of golden("evolve").doubts) {
    near(
      [crossEntropy(logits, digit, false), crossEntropy(logits, digit, true)],
      [sigmoids, softmax],
    );
  }
  const row = (first, second) => [first, second, ...Array(8).fill(-20)];
  assert.ok(
    isConfident(row(9.3, 0), 0, false) && !isConfident(row(9.1, 0), 0, false),
    "99.99% is at 9.21",
  );
  assert.ok(!isConfident(row(12, 13), 0, false), "another output says more");
  assert.ok(isConfident(row(12, 1), 0, true) && !isConfident(row(12, 3), 0, true));
  near(confidences(true, Float32Array.from(row(0, 0))).slice(0, 2), [0.5, 0.5], 1e-6);
  near(confidences(false, Float32Array.from(row(0, 20))).slice(0, 2), [0.5, 1], 1e-6);
});

test("the genetic search, generation by generation", () => {
  for (const { seed, population, weights, ink, sums, best } of golden("evolve").searches) {
    let { streams, pictures } = start(seed, population, ink);
    const rows = (weigh) =>
      streams.map((_, place) =>
        pictures
          .subarray(place * 784, (place + 1) * 784)
          .reduce((sum, value, i) => sum + value * weigh(i), 0),
      );
    for (const wanted of sums) {
      assert.deepEqual(
        rows((i) => (i % 251) + 1),
        wanted,
      );
      pictures = breed(
        pictures,
        rows((i) => weights[i]),
        streams,
        ink,
      );
    }
    assert.deepEqual([...pictures.subarray(0, 784)], best);
  }
});

test("the search ends when the network is sure and the cost asks for nothing more, or at the limit", () => {
  const ink = Array(256).fill(255);
  const brightness = (picture) => picture.reduce((sum, value) => sum + value, 0) / 784 / 255;
  const ask = (pictures) =>
    Float32Array.from({ length: (pictures.length / 784) * 10 }, (_, i) =>
      i % 10
        ? -20
        : 40 *
            brightness(
              pictures.subarray(Math.floor(i / 10) * 784, (Math.floor(i / 10) + 1) * 784),
            ) -
          20,
    );
  const settings = { digit: 0, seed: 4, ink, softmax: false, population: 20 };
  const run = [...evolve(ask, settings)];
  const last = run.at(-1);
  assert.ok(run.length > 2 && last.finished && run.slice(0, -1).every(({ finished }) => !finished));
  assert.ok(brightness(last.pictures.subarray(last.best * 784, (last.best + 1) * 784)) > 29.2 / 40);
  assert.deepEqual(
    [...evolve(ask, settings)].map(({ best }) => best),
    run.map(({ best }) => best),
    "the same seed, the same run",
  );
  assert.equal([...evolve(ask, { ...settings, maxGenerations: 5 }, () => 1)].length, 6);
});

test("a drawing: pen, rubber, what is seen of it, and the link", () => {
  const ink = new DrawingBitmap();
  assert.equal(ink.pack(), "");
  ink.stroke([4, 14], [24, 14], 2);
  const pixels = ink.pixels();
  assert.equal(pixels[14 * 28 + 14], 1);
  assert.equal(
    pixels[12 * 28 + 14] + pixels[15 * 28 + 14] + pixels[14 * 28 + 2] + pixels[14 * 28 + 26],
    0,
  );
  assert.ok(Math.abs(ink.coverage() * 784 - (20 * 2 + Math.PI)) < 1, "a bar and two half circles");
  ink.stroke([14, 10], [14, 18], 2, 0);
  assert.equal(ink.pixels()[14 * 28 + 14], 0);
  ink.stroke([-5, -5], [40, 40], 3); // runs off the sheet
  assert.deepEqual(DrawingBitmap.unpack(ink.pack()).cells, ink.cells);
  const full = new DrawingBitmap(new Uint8Array(SIDE * SIDE).fill(1));
  assert.deepEqual(DrawingBitmap.unpack(full.pack()).cells, full.cells);
  const specks = new DrawingBitmap(Uint8Array.from({ length: SIDE * SIDE }, (_, i) => i % 2));
  assert.deepEqual(
    DrawingBitmap.unpack(specks.pack()).cells,
    specks.cells,
    "the longest link there is",
  );
});

test("a link with garbage is no drawing", () => {
  for (const text of ["____", "%%%", "A", "é", "gICAgIA", `${"A".repeat(20_000)}`])
    assert.equal(DrawingBitmap.unpack(text), undefined, text);
});

test("the background is scrambled and the ink is not", () => {
  const picture = Float32Array.from({ length: 784 }, (_, i) => (i % 3 ? 0 : 0.5));
  const other = new Float32Array(784).fill(0.25);
  const at = (way, amount) =>
    scramble(picture, way, amount, {
      random: new Random(1),
      quantiles: Array(256).fill(51),
      other,
    });
  assert.deepEqual(at("noise", 0), picture);
  for (const [way, value] of [
    ["palette", 0.2],
    ["swap", 0.25],
  ]) {
    near(
      at(way, 1),
      picture.map((ink) => ink || value),
      1e-6,
    );
    const half = at(way, 0.5);
    const changed = half.filter((ink, i) => ink !== picture[i]).length;
    assert.ok(changed > 220 && changed < 300);
    for (const [i, ink] of at(way, 0.7).entries()) {
      assert.ok(half[i] === picture[i] || ink === half[i], "more leaves what less has changed");
    }
  }
  assert.ok(new Set(at("noise", 1)).size > 400);
});

test("eigen-digits: coefficients are found again, and pictures stay between paper and ink", () => {
  const bytes = new Uint8Array(784 * 4 + 2 * 256);
  bytes.fill(51, 0, 784); // the average
  bytes[784] = 127;
  bytes[2 * 784 + 1] = 256 - 127; // a negative byte
  bytes.fill(255, 3 * 784, 4 * 784);
  bytes.fill(9, 4 * 784 + 256);
  const words = {
    scales: [1 / 127, 1 / 127],
    deviations: [1, 1],
    explained: [0.5, 0.25],
    labels: [7],
    statistics: [[0.5]],
  };
  const { eigen, samples, labels, pixels } = readDigits(words, bytes);
  assert.deepEqual([labels, samples.length, samples[0][0]], [[7], 1, 1]);
  assert.deepEqual(
    [pixels[0].statistics, pixels[0].quantiles[255], pixels[0].ink[0]],
    [[0.5], 0, 9],
  );
  near(eigen.coefficients(eigen.build([0.3, 0.1])), [0.3, 0.1], 1e-6);
  near(eigen.build([0.3, 0.1]).slice(0, 3), [0.5, 0.1, 0.2], 1e-6);
  near(eigen.build([9, 9]).slice(0, 2), [1, 0], 0);
  assert.equal(eigen.explained(2), 0.75);
  assert.ok(eigen instanceof EigenDigits);
});

test("a head learns what scikit-learn learns", () => {
  for (const { features, labels, weight_decay, weights, biases } of golden("softmax_head")) {
    const settings = { numClasses: biases.length, weightDecay: weight_decay };
    const head = learnHead(Float32Array.from(features), labels, settings);
    near(head.weights, weights, 1e-4);
    near(head.biases, biases, 1e-4);
  }
});

/** The root of a function that falls from left to right. */
function rootOf(f) {
  let [low, high] = [0, 100];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

test("a head finds the solution of a problem with one unknown", () => {
  const weightDecay = 0.01;
  const { weights, biases } = learnHead(Float32Array.of(1, -1, 1, -1), [0, 1, 0, 1], {
    numClasses: 2,
    weightDecay,
  });
  // With weights w and -w, the loss is log(1 + exp(-2 w)) + weightDecay w².
  const wanted = rootOf((w) => 1 / (1 + Math.exp(2 * w)) - weightDecay * w);
  near(weights, [wanted, -wanted], 1e-4);
  near(biases, [0, 0], 1e-6);
});

test("the same examples give the same head in any order, twice as often, too", () => {
  const { features, labels, weight_decay } = golden("softmax_head")[0];
  const size = features.length / labels.length;
  const learn = (order) =>
    learnHead(
      Float32Array.from(order.flatMap((i) => features.slice(i * size, (i + 1) * size))),
      order.map((i) => labels[i]),
      { numClasses: 3, weightDecay: weight_decay },
    );
  const order = labels.map((_, i) => i);
  const { weights } = learn(order);
  near(learn(order.toReversed()).weights, weights, 1e-4);
  near(learn([...order, ...order]).weights, weights, 1e-4);
});

test("the gradient of a head is that of its logits", () => {
  const head = { weights: Float32Array.of(1, 2, 3, 4, 5, 6), biases: Float32Array.of(0.5, -1) };
  near(headLogits(head, Float32Array.of(1, 0, 1, 0, 1, 0)), [4.5, 9, 2.5, 4]);
  near(featuresGradient(head, [1, 0]), [1, 2, 3]);
  near(featuresGradient(head, [1, -1]), [-3, -3, -3]);
});
