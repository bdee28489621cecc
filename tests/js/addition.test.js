/** The JavaScript of the addition networks against the golden files. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { roundedAnswer, verdict } from "../../web/addition/messages.js";
import { packWeights, unpackWeights } from "../../web/addition/packed-weights.js";
import { evaluate, everySum, grid, predict, surfacePoints } from "../../web/core/addition.js";
import { leastSquares, levenbergMarquardt } from "../../web/core/levenberg-marquardt.js";
import { descend, solve } from "../../web/core/solve.js";
import {
  epochPermutation,
  initialWeights,
  TrainableNetwork,
  Trainer,
  trainingPairs,
} from "../../web/core/trainer.js";
import { formatShort } from "../../web/shared/format.js";

const read = (name) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const golden = read("addition");

function near(values, wanted, share) {
  assert.equal(values.length, wanted.length);
  const size = Math.max(...wanted.map(Math.abs), 1);
  wanted.forEach((value, i) => {
    assert.ok(Math.abs(values[i] - value) <= share * size, `${values[i]} where ${value} is wanted`);
  });
}

test("sums in float32", () => {
  for (const { weights, pairs, sums } of golden.predictions)
    near([...predict(weights, pairs).sums], sums, 2e-7);
});

test("one start leads to the same sums, and the solution takes as many starts", () => {
  for (const { pairs, sums, descended, starts, ...network } of golden.solutions) {
    near([...predict(descend(network, 1), pairs).sums], descended, 1e-4);
    const solved = solve(network);
    assert.equal(solved.starts, starts);
    near([...predict(solved.weights, pairs).sums], sums, 1e-4);
  }
});

test("a seed draws the same pairs, weights and permutations", () => {
  for (const { hidden, maxSum, seed, ...drawn } of read("training").trainings) {
    const { first, bias, last, offset } = initialWeights(hidden, seed);
    const weights = { first: [...first], bias: [...bias], last: [...last], offset };
    const pairs = trainingPairs(maxSum, seed);
    const permutation = epochPermutation(seed, 3);
    assert.deepEqual(weights, drawn.initialWeights);
    assert.equal(pairs.length, 20_000);
    assert.deepEqual([...pairs.slice(-40)], drawn.pairs);
    assert.deepEqual([...permutation.slice(0, 20)], drawn.permutation);
    assert.equal(new Set(permutation).size, 8000);
  }
});

test("Adam's steps are those of Keras", () => {
  for (const { initialWeights, biases, batches, finalWeights } of read("training").steps) {
    const network = new TrainableNetwork(initialWeights, biases, 1e-3);
    for (const batch of batches) network.step(batch);
    const { offset, ...weights } = network.weights();
    for (const [name, values] of Object.entries(weights))
      near([...values], finalWeights[name], 2e-6);
    near([offset], [finalWeights.offset], 2e-6);
    assert.ok(
      Math.abs(weights.last[0] - initialWeights.last[0]) > 0.01,
      "the weights have changed",
    );
  }
});

test("a seed leads to the losses that it leads to under Keras", () => {
  for (const { losses, ...network } of read("training").trainings) {
    const trainer = new Trainer(network);
    for (const _ of losses) trainer.epoch();
    trainer.losses.forEach((loss, i) => {
      assert.ok(Math.abs(loss / losses[i] - 1) < 1e-4, `${loss} where ${losses[i]} is wanted`);
    });
    assert.ok(losses.at(-1) < losses[0]);
  }
});

test("every network but one node without biases is solved, within a second", () => {
  for (const maxSum of [16, 256, 65536])
    for (const biases of [false, true])
      for (const hidden of [1, 2, 4, 8, 16]) {
        const start = process.cpuUsage();
        const { accuracy, maxError } = solve({ hidden, biases, maxSum, seed: 1 });
        assert.ok(process.cpuUsage(start).user < 1e6, "a second of one core");
        assert.equal(accuracy === 1, hidden > 1 || biases, `${hidden} ${biases} ${maxSum}`);
        assert.equal(accuracy === 1, maxError < 0.5);
      }
});

test("least squares is exact where the equations are, and best where they are not", () => {
  near(
    leastSquares(
      [
        [2, 1],
        [1, 3],
        [0, 0],
      ],
      [5, 10, 0],
    ),
    [1, 3],
    1e-14,
  );
  near(leastSquares([[1], [1], [1]], [1, 2, 6]), [3], 1e-14);
});

test("Levenberg-Marquardt finds the rate of a decay from far away", () => {
  const times = [0, 1, 2, 3, 4];
  const found = levenbergMarquardt(
    ([height, rate]) => ({
      residuals: times.map((time) => height * Math.exp(-rate * time) - 7 * Math.exp(-0.3 * time)),
      jacobian: times.map((time) =>
        Float64Array.of(Math.exp(-rate * time), -time * height * Math.exp(-rate * time)),
      ),
    }),
    Float64Array.of(1, 2),
    60,
  );
  near(found, [7, 0.3], 1e-6);
});

test("test pairs, surface points and their evaluation", () => {
  assert.deepEqual([...everySum(3)], [0, 0, 0, 1, 1, 1, 1, 2]);
  assert.deepEqual([...surfacePoints(16)], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(surfacePoints(65536).length, 33);
  assert.deepEqual([...grid(Float32Array.of(0, 5))], [0, 0, 0, 5, 5, 0, 5, 5]);
  const evaluation = evaluate([1, 3.4], [0, 1, 1, 3]);
  assert.deepEqual(evaluation, { accuracy: 0.5, maxError: 4 - 3.4 });
});

test("answers are rounded to the decimals of the question", () => {
  assert.deepEqual(roundedAnswer([1.5, 2], 3.51), { text: "3.5", isRight: true });
  assert.deepEqual(roundedAnswer([1.5, 2], 3.56), { text: "3.6", isRight: false });
  assert.deepEqual(roundedAnswer([0.1, 0.2], 0.3001), { text: "0.3", isRight: true });
  assert.deepEqual(roundedAnswer([2, 2], 4.4), { text: "4", isRight: true });
  assert.deepEqual(roundedAnswer([600, 634], 1233.7), { text: "1,234", isRight: true });
});

test("no zero has a minus sign, and every other negative number a real one", () => {
  assert.deepEqual(roundedAnswer([0, 0], -0.4019), { text: "0", isRight: true });
  assert.match(verdict([0, 0], -0.4019, 16), /^Right. It says −0.4019, which rounds to 0.$/);
  assert.match(verdict([0, 0], -0.00001, 16), /^Right. It says 0.0000,/);
  assert.match(verdict([1, 1], -0.7, 16), /It says −0.7, 2.7 too low/);
  assert.equal(formatShort(-0.004), "0");
  assert.equal(formatShort(-23.46), "−23.5");
});

test("weights survive the address, and text that holds none is no network", () => {
  const weights = initialWeights(4, 9);
  assert.deepEqual(unpackWeights(packWeights(weights), 4), weights);
  assert.equal(unpackWeights(packWeights(weights), 8), undefined);
  for (const text of ["", "!", "AAAA", "_".repeat(92)])
    assert.equal(unpackWeights(text, 4), undefined);
});
