/**
 * Slices, splits and columns without copying the whole tensor.
 *
 * To cut a piece out of a tensor, the wasm backend copies all of it to JavaScript. A network that reads a window of
 * words does so nearly 400 times for each word it writes. Where a piece lies in one stretch of memory, or in one for
 * each row of a matrix, these kernels copy only that. To pick a few columns of a matrix, the backend computes the place
 * of each element with a general formula. Everything else is left to the original kernels.
 */

import {
  backend_util,
  getKernel,
  registerKernel,
  slice_util,
  unregisterKernel,
  util,
} from "@tensorflow/tfjs-core";

const BACKEND = "wasm";

/** Copy the piece with this beginning and size; undefined if it lies in more stretches than a matrix has rows. */
function cut(backend, x, begin, size, shape = size) {
  const isOneStretch = slice_util.isSliceContinous(x.shape, begin, size);
  if (!isOneStretch && x.shape.length !== 2) return undefined;
  const stretches = isOneStretch ? 1 : size[0];
  const out = backend.makeOutput(shape, x.dtype);
  const start = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  const bytes = util.bytesPerElement(x.dtype);
  const length = (util.sizeFromShape(shape) / stretches) * bytes;
  let from = backend.dataIdMap.get(x.dataId).memoryOffset + start * bytes;
  let to = backend.dataIdMap.get(out.dataId).memoryOffset;
  for (let i = 0; i < stretches; i++) {
    backend.wasm.HEAPU8.copyWithin(to, from, from + length);
    from += x.shape.at(-1) * bytes;
    to += length;
  }
  return out;
}

function split({ inputs: { x }, attrs: { numOrSizeSplits, axis: wanted }, backend }) {
  const [axis] = util.parseAxisParam(wanted, x.shape);
  if (x.shape.length !== 2 && util.sizeFromShape(x.shape.slice(0, axis)) !== 1) return undefined;
  const begin = x.shape.map(() => 0);
  return backend_util.prepareSplitSize(x, numOrSizeSplits, axis).map((length) => {
    const size = [...x.shape];
    size[axis] = length;
    const part = cut(backend, x, begin, size);
    begin[axis] += length;
    return part;
  });
}

function stridedSlice({ inputs: { x }, attrs, backend }) {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
    attrs;
  const info = slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  if (info.isIdentity || !info.isSimpleSlice) return undefined;
  const size = slice_util.computeOutShape(info.begin, info.end, info.strides);
  return cut(backend, x, info.begin, size, info.finalShape);
}

/** Pick columns of a matrix; for each word that a network reads, one of a table with a column for each word. */
function gather({ inputs: { x, indices }, attrs: { axis: wanted }, backend }) {
  const [axis] = util.parseAxisParam(wanted, x.shape);
  const columns = backend.readSync(indices.dataId);
  const isSound = columns.every((column) => column >= 0 && column < x.shape[axis]);
  const isUsual = x.shape.length === 2 && axis === 1 && indices.shape.length === 1;
  if (!isSound || !isUsual || x.dtype !== "float32") return undefined;
  const out = backend.makeOutput([x.shape[0], columns.length], x.dtype);
  const [from, to] = [x, out].map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset / 4);
  const memory = new Float32Array(backend.wasm.HEAPU8.buffer);
  let next = to;
  for (let row = 0; row < x.shape[0]; row++) {
    for (const column of columns) memory[next++] = memory[from + row * x.shape[1] + column];
  }
  return out;
}

const KERNELS = { GatherV2: gather, SplitV: split, StridedSlice: stridedSlice };
for (const [kernelName, kernel] of Object.entries(KERNELS)) {
  const original = getKernel(kernelName, BACKEND);
  // Strings are not in the memory of the backend.
  const kernelFunc = (args) =>
    (args.inputs.x.dtype !== "string" && kernel(args)) || original.kernelFunc(args);
  unregisterKernel(kernelName, BACKEND);
  registerKernel({ ...original, kernelFunc });
}
