// @ts-check
/**
 * Weights as safetensors (https://github.com/huggingface/safetensors): a header in JSON, then raw numbers.
 *
 * Only float32 is read and written. Names are sorted, as by the Python package, so that the same weights yield the same
 * bytes in both languages.
 *
 * @typedef {{shape: number[], values: Float32Array<ArrayBuffer>}} Tensor Row-major.
 */

const DTYPE = "F32";
const BYTES = 4;
const LENGTH_BYTES = 8; // size of the field that holds the header's length
const MAX_HEADER_BYTES = 2 ** 20;

/** @param {number[]} shape */
const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** @param {Map<string, Tensor>} tensors @returns {Uint8Array<ArrayBuffer>} */
export function encodeTensors(tensors) {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  let end = 0;
  const entries = sorted.map(([name, { shape, values }]) => {
    const start = end;
    end += BYTES * values.length;
    return [name, { dtype: DTYPE, shape, data_offsets: [start, end] }];
  });
  const json = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + end);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, LENGTH_BYTES);
  let position = LENGTH_BYTES + header.length;
  for (const [, { values }] of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return bytes;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Map<string, Tensor>}
 * @throws {Error} If they are damaged: the tensors must fill the bytes, one after another.
 */
export function decodeTensors(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const isTooLong = view.getUint32(4, true) > 0 || length > MAX_HEADER_BYTES;
  if (isTooLong || LENGTH_BYTES + length > bytes.length) throw new Error("wrong header");
  const data = bytes.subarray(LENGTH_BYTES + length);
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  const { __metadata__, ...header } = JSON.parse(text);
  const entries = Object.entries(header).sort(([, a], [, b]) => startOf(a) - startOf(b));
  let position = 0;
  const tensors = entries.map(([name, entry]) => {
    const end = checkedEnd(entry, position);
    const values = new Float32Array(data.slice(position, end).buffer);
    if (values.length !== sizeOf(entry.shape)) throw new Error("numbers are missing");
    position = end;
    return /** @type {const} */ ([name, { shape: entry.shape, values }]);
  });
  if (position !== data.length) throw new Error("there is more than the tensors");
  return new Map(tensors);
}

const startOf = (/** @type {any} */ entry) => entry?.data_offsets?.[0] ?? 0;

/** Where a tensor's numbers end. They must begin at `position`. @param {any} entry @param {number} position */
function checkedEnd({ dtype, shape, data_offsets: [start, end] }, position) {
  const isSize = (/** @type {unknown} */ size) => Number.isSafeInteger(size) && Number(size) >= 0;
  const isSound = Array.isArray(shape) && shape.every(isSize) && isSize(end);
  if (!isSound || start !== position || end - start !== BYTES * sizeOf(shape) || dtype !== DTYPE)
    throw new Error("not float32 numbers one after the other");
  return end;
}
