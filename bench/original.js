/**
 * The original's networks in the browser, for comparison, as LayersModels. The weights are random: only the time counts.
 *
 * original: embedding, two bidirectional GRU layers of 128 and a dense layer, the window of 14 words run through anew
 * for every word. generator: a DCGAN of 1024, 512, 256 and 128 channels, one face at a time.
 */

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import * as layers from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgl";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

const SPAN = 14;

/** Words a second on a backend, over `count` words. */
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
      layers.layers.embedding({ inputDim: vocabulary, outputDim: 50, inputLength: SPAN }),
      gru(true),
      gru(false),
      layers.layers.dense({ units: 128, activation: "relu" }),
      layers.layers.dropout({ rate: 0.3 }),
      layers.layers.dense({ units: vocabulary, activation: "softmax" }),
    ],
  });
  const words = Array(SPAN).fill(1);
  const step = async () => {
    const input = tf.tensor2d([words], [1, SPAN], "int32"),
      output = model.predict(input);
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

/** Bytes a second that the browser reads and writes when it does nothing else: it copies `count` float32 numbers. */
export function bandwidth(count) {
  const one = new Float32Array(count).fill(1),
    other = new Float32Array(count),
    turns = 100;
  for (let i = 0; i < 5; i++) other.set(one);
  const start = performance.now();
  for (let i = 0; i < turns; i++) other.set(one);
  return (8 * count * turns * 1000) / (performance.now() - start);
}

/** Faces a second on a backend, over `count` faces. */
export async function generator(backend, count, wasmPath) {
  setWasmPaths(wasmPath);
  await tf.setBackend(backend);
  const { dense, reshape, batchNormalization, leakyReLU, conv2dTranspose } = layers.layers;
  const larger = (filters, activation) =>
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
      ...[512, 256, 128].flatMap((filters) => [batchNormalization(), leakyReLU(), larger(filters)]),
      batchNormalization(),
      leakyReLU(),
      larger(3, "tanh"),
    ],
  });
  const step = async () => {
    const noise = tf.randomNormal([1, 100]),
      image = model.predict(noise);
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
