/**
 * Faster kernels that take pieces out of tensors: slices, splits, and columns of a matrix.
 *
 * For a slice or a split, the wasm backend copies the whole tensor to JavaScript. A network that reads a window of
 * words does so nearly 400 times for each word it writes. If a piece is contiguous, or comes from a matrix, the kernels
 * here copy only that piece. To gather columns of a matrix, as an embedding with one column per word does, the backend
 * computes the position of each element with a general formula; here it is one addition. Everything else is left to
 * the original kernels.
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

/** Copy the piece with this beginning and size; undefined if it is neither contiguous nor from a matrix. */
function cut(backend, x, begin, size, shape = size) {
  const isContiguous = slice_util.isSliceContinous(x.shape, begin, size);
  if (!isContiguous && x.shape.length !== 2) return undefined;
  const numRuns = isContiguous ? 1 : size[0];
  const out = backend.makeOutput(shape, x.dtype);
  const start = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  const bytes = util.bytesPerElement(x.dtype);
  const length = (util.sizeFromShape(shape) / numRuns) * bytes;
  let from = backend.dataIdMap.get(x.dataId).memoryOffset + start * bytes;
  let to = backend.dataIdMap.get(out.dataId).memoryOffset;
  for (let i = 0; i < numRuns; i++) {
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

function gatherColumns({ inputs: { x, indices }, attrs: { axis: wanted, batchDims }, backend }) {
  const [axis] = util.parseAxisParam(wanted, x.shape);
  const isMatrix = x.shape.length === 2 && x.dtype === "float32";
  if (!isMatrix || axis !== 1 || indices.shape.length !== 1 || batchDims) return undefined;
  const columns = backend.readSync(indices.dataId);
  // The original kernel reports an index that is out of range.
  if (columns.some((column) => column < 0 || column >= x.shape[1])) return undefined;
  const out = backend.makeOutput([x.shape[0], columns.length], x.dtype);
  const [from, to] = [x, out].map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset / 4);
  const memory = new Float32Array(backend.wasm.HEAPU8.buffer);
  let next = to;
  for (let row = 0; row < x.shape[0]; row++) {
    for (const column of columns) memory[next++] = memory[from + row * x.shape[1] + column];
  }
  return out;
}

const KERNELS = { GatherV2: gatherColumns, SplitV: split, StridedSlice: stridedSlice };
for (const [kernelName, kernel] of Object.entries(KERNELS)) {
  const original = getKernel(kernelName, BACKEND);
  // Strings are not in the memory of the backend.
  const kernelFunc = (args) =>
    (args.inputs.x.dtype !== "string" && kernel(args)) || original.kernelFunc(args);
  unregisterKernel(kernelName, BACKEND);
  registerKernel({ ...original, kernelFunc });
}
