/**
 * The original page's way, for comparison: a LayersModel of embedding, two bidirectional GRU layers of 128 and a dense
 * layer, its window of 14 words run through anew for every word. The weights are random: only the time counts.
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
  const gru = (returnSequences) => layers.layers.bidirectional({
    layer: layers.layers.gru({ units: 128, returnSequences }), mergeMode: "concat" });
  const model = layers.sequential({ layers: [
    layers.layers.embedding({ inputDim: vocabulary, outputDim: 50, inputLength: SPAN }), gru(true), gru(false),
    layers.layers.dense({ units: 128, activation: "relu" }), layers.layers.dropout({ rate: 0.3 }),
    layers.layers.dense({ units: vocabulary, activation: "softmax" })] });
  const words = Array(SPAN).fill(1);
  const step = async () => {
    const input = tf.tensor2d([words], [1, SPAN], "int32"), output = model.predict(input);
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
