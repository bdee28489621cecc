/** What the site uses of TensorFlow.js. `make site` bundles it, once, into web/vendor/tfjs.js. */

import { registerGradient, registerKernel } from "@tensorflow/tfjs-core";
import { addGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Add_grad.js";
import { batchMatMulGradConfig } from "@tensorflow/tfjs-core/dist/gradients/BatchMatMul_grad.js";
import { conv2DGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Conv2D_grad.js";
import { identityGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Identity_grad.js";
import { maxPoolGradConfig } from "@tensorflow/tfjs-core/dist/gradients/MaxPool_grad.js";
import { reluGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Relu_grad.js";
import { reshapeGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js";
import { sigmoidGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sigmoid_grad.js";

// the way back from what a digit network says to the pixels
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

// A fused convolution insists on the slope of its filters as well, which nobody here asks for: any numbers do.
registerKernel({
  kernelName: "Conv2DBackpropFilter",
  backendName: "wasm",
  kernelFunc: ({ attrs, backend }) => backend.makeOutput(attrs.filterShape, "float32"),
});

export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
export { loadGraphModel } from "@tensorflow/tfjs-converter";
export {
  dispose,
  grad,
  io,
  memory,
  ready,
  setBackend,
  tensor,
  tensor1d,
  tidy,
  zeros,
} from "@tensorflow/tfjs-core";
