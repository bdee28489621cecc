/** What the site uses of TensorFlow.js. `make site` bundles it, once, into web/vendor/tfjs.js. */

export { dispose, io, memory, ready, setBackend, tensor1d, zeros } from "@tensorflow/tfjs-core";
export { loadGraphModel } from "@tensorflow/tfjs-converter";
export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
