/**
 * What the addition page uses of TensorFlow.js: gradients, and the cpu backend with only the kernels that are used.
 * `make site` bundles it into web/vendor/training.js.
 */

import { registerKernel } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu/dist/base.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/_FusedMatMul.js";
import { addConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js";
import { batchMatMulConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/BatchMatMul.js";
import { castConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Cast.js";
import { fillConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Fill.js";
import { gatherV2Config } from "@tensorflow/tfjs-backend-cpu/dist/kernels/GatherV2.js";
import { identityConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js";
import { lessConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Less.js";
import { multiplyConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Multiply.js";
import { onesLikeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/OnesLike.js";
import { realDivConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/RealDiv.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js";
import { selectConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Select.js";
import { sigmoidConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sigmoid.js";
import { sqrtConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sqrt.js";
import { squareConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Square.js";
import { stridedSliceConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/StridedSlice.js";
import { subConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sub.js";
import { sumConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sum.js";
import { zerosLikeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/ZerosLike.js";

for (const config of [
  _fusedMatMulConfig,
  addConfig,
  batchMatMulConfig,
  castConfig,
  fillConfig,
  gatherV2Config,
  identityConfig,
  lessConfig,
  multiplyConfig,
  onesLikeConfig,
  realDivConfig,
  reshapeConfig,
  selectConfig,
  sigmoidConfig,
  sqrtConfig,
  squareConfig,
  stridedSliceConfig,
  subConfig,
  sumConfig,
  zerosLikeConfig,
])
  registerKernel(config);

export { loadGraphModel } from "@tensorflow/tfjs-converter";
export {
  add,
  dispose,
  fill,
  io,
  matMul,
  memory,
  mul,
  ready,
  scalar,
  setBackend,
  sigmoid,
  square,
  sub,
  sum,
  tensor,
  tidy,
  train,
  variable,
} from "@tensorflow/tfjs-core";
