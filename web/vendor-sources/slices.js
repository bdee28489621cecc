/**
 * Slices and splits without copying the whole tensor.
 *
 * To cut a piece out of a tensor, the wasm backend copies all of it to JavaScript. A network that reads a window of
 * words does so nearly 400 times for each word it writes. Where a piece lies in one stretch of memory, these kernels
 * copy only that; everything else is left to the original kernels.
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

/** Copy the piece with this beginning and size; undefined if it does not lie in one stretch. */
function cut(backend, x, begin, size, shape = size) {
  if (!slice_util.isSliceContinous(x.shape, begin, size)) return undefined;
  const out = backend.makeOutput(shape, x.dtype);
  const start = slice_util.computeFlatOffset(begin, util.computeStrides(x.shape));
  const bytes = util.bytesPerElement(x.dtype);
  const from = backend.dataIdMap.get(x.dataId).memoryOffset + start * bytes;
  const to = backend.dataIdMap.get(out.dataId).memoryOffset;
  backend.wasm.HEAPU8.copyWithin(to, from, from + util.sizeFromShape(shape) * bytes);
  return out;
}

function split({ inputs: { x }, attrs: { numOrSizeSplits, axis: wanted }, backend }) {
  const [axis] = util.parseAxisParam(wanted, x.shape);
  if (util.sizeFromShape(x.shape.slice(0, axis)) !== 1) return undefined;
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

for (const [kernelName, kernel] of Object.entries({ SplitV: split, StridedSlice: stridedSlice })) {
  const original = getKernel(kernelName, BACKEND);
  // Strings are not in the memory of the backend.
  const kernelFunc = (args) =>
    (args.inputs.x.dtype !== "string" && kernel(args)) || original.kernelFunc(args);
  unregisterKernel(kernelName, BACKEND);
  registerKernel({ ...original, kernelFunc });
}
