// @ts-check
/**
 * The weights of an exported network (export/lyrics.py), to continue training it.
 *
 * Its graph has the two kernels of an LSTM layer as one matrix, and the embedding table transposed. Matrices are
 * identified by their shapes, and matrices of the same shape by their order.
 *
 * @typedef {import("./weights.js").NetworkConfig} NetworkConfig
 * @typedef {import("./weights.js").Weights} Weights
 *
 * @typedef {{name: string, shape: number[], dtype: string,
 *   quantization?: {dtype: string, scale: number, min: number}}} Spec As in model.json.
 */

import { sizeOf } from "./weights.js";

/**
 * @param {{weightsManifest: {weights: Spec[]}[]}} model Content of model.json.
 * @param {ArrayBuffer} data The weight files, concatenated.
 * @param {NetworkConfig} config
 * @returns {Weights}
 */
export function exportedWeights({ weightsManifest }, data, config) {
  const { vocabulary_size: words, embedding_dim: width, units, num_artist_tokens = 0 } = config;
  const specs = weightsManifest.flatMap(({ weights }) => weights);
  const matrices = decode(specs, data);
  const take = (/** @type {number[]} */ shape) => {
    const found = matrices.findIndex((matrix) => String(matrix.shape) === String(shape));
    return matrices.splice(found, 1)[0].values;
  };
  const rows = words + num_artist_tokens;
  const columns = take([width, rows]);
  const layers = units.map((size, i) => {
    const inputs = units[i - 1] ?? width;
    const kernels = take([inputs + size, 4 * size]);
    return Object.entries({
      [`lstm_${i}/kernel`]: kernels.slice(0, inputs * 4 * size),
      [`lstm_${i}/recurrent_kernel`]: kernels.slice(inputs * 4 * size),
      [`lstm_${i}/bias`]: take([4 * size]),
    });
  });
  return {
    "token_embedding/table": columns.map(
      (_, i) => columns[(i % width) * rows + Math.floor(i / width)],
    ),
    "token_embedding/bias": take([rows]).slice(0, words),
    ...Object.fromEntries(layers.flat()),
    "projection/kernel": take([units[units.length - 1], width]),
    "projection/bias": take([width]),
  };
}

/** The numbers of all matrices. @param {Spec[]} specs @param {ArrayBuffer} data */
function decode(specs, data) {
  let start = 0;
  return specs.map(({ shape, dtype, quantization }) => {
    const isBytes = quantization?.dtype === "uint8";
    const bytes = data.slice(start, start + sizeOf(shape) * (isBytes ? 1 : 4));
    start += bytes.byteLength;
    if (isBytes && dtype === "float32") {
      const { scale, min } = quantization;
      return {
        shape,
        values: Float32Array.from(new Uint8Array(bytes), (byte) => byte * scale + min),
      };
    }
    return { shape, values: new Float32Array(bytes) };
  });
}
