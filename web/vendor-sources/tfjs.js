/** The parts of TensorFlow.js that the site uses. `make site` bundles them once into web/vendor/tfjs.js. */

import { env, registerGradient, registerKernel } from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { batchMatMulGradConfig } from "@tensorflow/tfjs-core/dist/gradients/BatchMatMul_grad.js";
import { conv2DGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Conv2D_grad.js";
import { identityGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Identity_grad.js";
import { maxPoolGradConfig } from "@tensorflow/tfjs-core/dist/gradients/MaxPool_grad.js";
import { reluGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Relu_grad.js";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js";
import { sigmoidGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sigmoid_grad.js";
import "@tensorflow/tfjs-backend-wasm";
import "./slices.js"; // replaces kernels of the backend

// Threads need a third engine file and workers made of blobs, which the pages forbid. Without this line, a cross-origin
// isolated page would use threads.
env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);

// the gradients from the logits of a digit network back to the pixels
for (const config of [
  addGradConfig,
  batchMatMulGradConfig,
  conv2DGradConfig,
  identityGradConfig,
  maxPoolGradConfig,
  reluGradConfig,
  reshapeGradConfig,
  sigmoidGradConfig,
])
  registerGradient(config);

// The gradient of a fused convolution includes that of its filters, which nothing here uses: any numbers will do.
registerKernel({
  kernelName: "Conv2DBackpropFilter",
  backendName: "wasm",
  kernelFunc: ({ attrs, backend }) => backend.makeOutput(attrs.filterShape, "float32"),
});

export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
export { loadGraphModel } from "@tensorflow/tfjs-converter";
export {
  add,
  concat,
  dispose,
  gather,
  grad,
  io,
  matMul,
  memory,
  mul,
  ready,
  setBackend,
  sigmoid,
  split,
  tanh,
  tensor,
  tensor1d,
  tidy,
  transpose,
  zeros,
} from "@tensorflow/tfjs-core";
