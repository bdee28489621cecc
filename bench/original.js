/**
 * The networks of the original project in the browser, for comparison: layers models with random weights.
 *
 * original: an embedding, two bidirectional GRU layers of 128 units, and a dense layer. It reads a window of 14 words
 * for each word that it writes. generator: a DCGAN with 1024, 512, 256 and 128 channels that draws one face at a time.
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import * as layers from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

const CONTEXT_LENGTH = 14;

/**
 * Measure the original lyrics network.
 *
 * @param {string} backend Name of a TensorFlow.js backend.
 * @param {number} vocabulary Size of the vocabulary.
 * @param {number} count Number of words to write.
 * @param {string} wasmPath Folder of the wasm files.
 * @returns {Promise<number>} Words per second.
 */
export async function original(backend, vocabulary, count, wasmPath) {
  setWasmPaths(wasmPath);
  await tf.setBackend(backend);
  const gru = (returnSequences) =>
    layers.layers.bidirectional({
      layer: layers.layers.gru({ units: 128, returnSequences }),
      mergeMode: "concat",
    });
  const model = layers.sequential({
    layers: [
      layers.layers.embedding({ inputDim: vocabulary, outputDim: 50, inputLength: CONTEXT_LENGTH }),
      gru(true),
      gru(false),
      layers.layers.dense({ units: 128, activation: "relu" }),
      layers.layers.dropout({ rate: 0.3 }),
      layers.layers.dense({ units: vocabulary, activation: "softmax" }),
    ],
  });
  const words = Array(CONTEXT_LENGTH).fill(1);
  const step = async () => {
    const input = tf.tensor2d([words], [1, CONTEXT_LENGTH], "int32");
    const output = model.predict(input);
    const scores = await output.data();
    tf.dispose([input, output]);
    words.push(scores.indexOf(Math.max(...scores)));
    words.shift();
  };
  for (let i = 0; i < 3; i++) await step();
  const start = performance.now();
  for (let i = 0; i < count; i++) await step();
  const rate = (1000 * count) / (performance.now() - start);
  model.dispose();
  return rate;
}

/**
 * Measure the original face generator.
 *
 * @param {string} backend Name of a TensorFlow.js backend.
 * @param {number} count Number of faces to draw.
 * @param {string} wasmPath Folder of the wasm files.
 * @returns {Promise<number>} Faces per second.
 */
export async function generator(backend, count, wasmPath) {
  setWasmPaths(wasmPath);
  await tf.setBackend(backend);
  const { dense, reshape, batchNormalization, leakyReLU, conv2dTranspose } = layers.layers;
  const upsample = (filters, activation) =>
    conv2dTranspose({
      filters,
      kernelSize: 5,
      strides: 2,
      padding: "same",
      useBias: false,
      activation,
    });
  const model = layers.sequential({
    layers: [
      dense({ units: 4 * 4 * 1024, useBias: false, inputShape: [100] }),
      reshape({ targetShape: [4, 4, 1024] }),
      ...[512, 256, 128].flatMap((filters) => [
        batchNormalization(),
        leakyReLU(),
        upsample(filters),
      ]),
      batchNormalization(),
      leakyReLU(),
      upsample(3, "tanh"),
    ],
  });
  const step = async () => {
    const noise = tf.randomNormal([1, 100]);
    const image = model.predict(noise);
    await image.data();
    tf.dispose([noise, image]);
  };
  await step();
  const start = performance.now();
  for (let i = 0; i < count; i++) await step();
  const rate = (1000 * count) / (performance.now() - start);
  model.dispose();
  return rate;
}
