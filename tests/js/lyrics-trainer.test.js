/** Training of lyrics networks in the page against Keras and `train.lyrics`, as tests/golden/lyrics_training.json has them. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { generate } from "../../web/core/decoder.js";
import { tokenProperties } from "../../web/core/line-score.js";
import { tokenize } from "../../web/core/tokenizer.js";
import { BOS_EOS, NEWLINE } from "../../web/core/vocabulary.js";
import { StatefulBatches } from "../../web/lyrics-trainer/batches.js";
import { InferenceNetwork } from "../../web/lyrics-trainer/inference-network.js";
import { normal, PythonRandom, uniform } from "../../web/lyrics-trainer/keras-random.js";
import { Kernels } from "../../web/lyrics-trainer/kernels.js";
import { LyricsTrainer } from "../../web/lyrics-trainer/lyrics-trainer.js";
import { NumpyRandom } from "../../web/lyrics-trainer/numpy-random.js";
import { RECIPES } from "../../web/lyrics-trainer/recipes.js";
import { Dropout, TrainableNetwork } from "../../web/lyrics-trainer/trainable-network.js";
import { initialWeights } from "../../web/lyrics-trainer/weights.js";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));
const golden = JSON.parse(read("tests/golden/lyrics_training.json").toString());
const module = new WebAssembly.Module(read("web/vendor/kernels.wasm"));
const MAX_ERROR = 1e-5;

const assertClose = (actual, expected, tolerance, message) => {
  assert.equal(actual.length, expected.length, message);
  actual.forEach((value, i) => {
    const difference = Math.abs(value - expected[i]);
    assert.ok(difference <= tolerance, `${message} ${i}: ${value} instead of ${expected[i]}`);
  });
};

test("recipes are those of Python", () => {
  assert.deepEqual(RECIPES, golden.recipes);
});

test("random numbers are those of NumPy, Python and TensorFlow", () => {
  const source = new NumpyRandom([golden.seed, 3]);
  const reals = (count) => Array.from({ length: count }, () => source.random());
  const drawn = [source.permutation(9), reals(3), source.permutation(40), reals(2)];
  drawn.forEach((numbers, i) => {
    assertClose(numbers, golden.random.numpy[i], 1e-8, "NumPy");
  });
  const python = new PythonRandom(golden.seed);
  const seeds = Array.from({ length: 700 }, () => python.kerasSeed());
  assert.deepEqual(seeds.slice(-3), golden.random.keras_seeds);
  assertClose(uniform(123456789, 5, 7), golden.random.uniform, 1e-7, "uniform");
  assertClose(normal(123456789, 5, 7), golden.random.normal, 1e-6, "normal");
});

test("matrix products of all sizes", async () => {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 7],
    [4, 9, 8],
    [21, 6, 27],
    [18, 33, 16],
  ]) {
    const sizes = { a: m * k, b: k * n, c: m * n, transposed: m * k, panel: 8 * k };
    const kernels = await Kernels.load(module, sizes);
    const { a, b, c, transposed } = kernels.arrays;
    for (const array of [a, b, c]) array.set(array.map((_, i) => Math.sin(i + array.length)));
    const product = Array.from(c, (_, i) => {
      const [row, column] = [Math.floor(i / n), i % n];
      return Array.from({ length: k }, (_, j) => a[row * k + j] * b[j * n + column]);
    }).map((terms) => terms.reduce((sum, term) => sum + term, 0));
    const sums = product.map((value, i) => value + c[i]);
    kernels.multiply(a, b, c, m, k, n, { adds: true });
    assertClose(c, sums, MAX_ERROR, `${m} x ${k} x ${n}, added`);
    kernels.multiply(a, b, c, m, k, n);
    assertClose(c, product, MAX_ERROR, `${m} x ${k} x ${n}`);
    kernels.transpose(a, transposed, m, k);
    const expected = transposed.map((_, i) => a[(i % m) * k + Math.floor(i / m)]);
    assert.deepEqual([...transposed], [...expected]);
  }
});

const goldenBatches = () =>
  golden.steps.batches.map(([inputs, targets, weights]) => {
    return {
      inputs: Int32Array.from(inputs),
      targets: Int32Array.from(targets),
      weights: Float32Array.from(weights),
    };
  });

test("batches are those of Python", () => {
  const { batch_size: batchSize, sequence_length: sequenceLength } = golden.batch;
  const { vocabulary_size: anyArtist } = golden.config;
  const options = { batchSize, sequenceLength, seed: golden.seed, anyArtist };
  const batches = new StatefulBatches(golden.steps.songs, options);
  assert.deepEqual(
    [...batches.epoch(1)].slice(0, 4),
    goldenBatches().slice(0, batches.stepsPerPass),
  );
});

test("initial weights, losses and gradients are those of Keras, with all kinds of dropout", async () => {
  const { batch_size: rows, sequence_length: steps } = golden.batch;
  const network = await TrainableNetwork.load(module, golden.config, { rows, steps });
  const dropout = new Dropout(golden.config, golden.seed, rows);
  const weights = initialWeights(golden.config, dropout.seeds);
  Object.entries(weights).forEach(([name, values], i) => {
    assertClose(values, golden.steps.weights[i], 1e-6, name);
  });
  network.setWeights(weights);
  goldenBatches().forEach((batch, step) => {
    const { loss, count } = network.forward(batch, dropout.masks(step));
    assertClose([loss / count], [golden.steps.losses[step]], MAX_ERROR, `loss ${step}`);
    if (step !== 2) return;
    network.backward();
    Object.entries(network.byWeights).forEach(([name, values], i) => {
      assertClose(values, golden.steps.gradients[i], MAX_ERROR, `gradient of ${name}`);
    });
  });
});

test("a song of the corpus is one of Python's", async () => {
  const { corpus, songs } = golden.trainings;
  const recipe = { ...RECIPES["baba-twist"], min_count: 2 };
  const trainer = await LyricsTrainer.create(module, { recipe, songs, seed: 1 });
  const { vocabulary, training, validation } = trainer.corpus;
  assert.deepEqual(vocabulary.words.slice(4), corpus.words.slice(4));
  assert.deepEqual(training, corpus.training);
  assert.deepEqual(validation, corpus.validation);
});

/** The most likely song of a training's best network, as words. */
async function likeliestSong({ config, corpus: { vocabulary, artists } }, weights) {
  const writer = await InferenceNetwork.load(module, config, 1);
  writer.setWeights(weights);
  const changes = {
    temperature: 0,
    frequency_penalty: 0, // needs to know the content words
    form: "none",
    num_candidates: 1,
    lines: 8,
  };
  const song = {
    prompt: vocabulary.encode(["the"]),
    promptPrefix: [BOS_EOS, ...(artists.length ? [vocabulary.words.length] : [])],
    config: { ...golden.generation, ...changes },
    properties: tokenProperties(vocabulary),
  };
  const tokens = [...song.prompt, ...generate(writer, song, 1)].flat();
  while (tokens[tokens.length - 1] === NEWLINE) tokens.pop();
  return tokens.map((token) => vocabulary.words[token]);
}

test("two trainings have the losses of train.lyrics within 1%, and the same songs", async () => {
  const { songs, runs } = golden.trainings;
  let source;
  for (const { recipe: name, changes, history, song } of runs) {
    const recipe = { ...RECIPES[name], ...changes };
    const trainer = await LyricsTrainer.create(module, {
      recipe,
      songs,
      seed: golden.seed,
      source,
    });
    for (const { wordsPerSecond } of trainer.run()) assert.ok(wordsPerSecond > 0);
    assert.equal(trainer.history.length, history.length);
    trainer.history.forEach((record, epoch) => {
      for (const key of ["cross_entropy", "val_cross_entropy"]) {
        const ratio = record[key] / history[epoch][key];
        assert.ok(Math.abs(ratio - 1) < 0.01, `${name}, epoch ${epoch}: ${key} ${record[key]}`);
      }
    });
    source = { weights: trainer.bestWeights(), vocabulary: trainer.corpus.vocabulary };
    assert.deepEqual(await likeliestSong(trainer, source.weights), tokenize(song), name);
  }
});
