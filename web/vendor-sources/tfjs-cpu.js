/**
 * The parts of TensorFlow.js that the addition page uses: the cpu backend with only the kernels that are needed.
 * `make site` bundles it into web/vendor/tfjs-cpu.js.
 */

import { registerKernel } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu/dist/base.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/_FusedMatMul.js";
import { addConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Add.js";
import { batchMatMulConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/BatchMatMul.js";
import { castConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Cast.js";
import { gatherV2Config } from "@tensorflow/tfjs-backend-cpu/dist/kernels/GatherV2.js";
import { identityConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Identity.js";
import { lessConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Less.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Reshape.js";
import { selectConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Select.js";
import { sigmoidConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/Sigmoid.js";
import { stridedSliceConfig } from "@tensorflow/tfjs-backend-cpu/dist/kernels/StridedSlice.js";

for (const config of [
  _fusedMatMulConfig,
  addConfig,
  batchMatMulConfig,
  castConfig,
  gatherV2Config,
  identityConfig,
  lessConfig,
  reshapeConfig,
  selectConfig,
  sigmoidConfig,
  stridedSliceConfig,
])
  registerKernel(config);

export { loadGraphModel } from "@tensorflow/tfjs-converter";
export {
  dispose,
  io,
  memory,
  scalar,
  setBackend,
  tensor,
  tidy,
} from "@tensorflow/tfjs-core";
