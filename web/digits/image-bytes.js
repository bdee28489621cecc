// @ts-check
/** Images as bytes, where 0 is paper and 255 is ink, and as values from 0 to 1. */

/** @param {ArrayLike<number>} bytes */
export const fromBytes = (bytes) => Float32Array.from(bytes, (value) => value / 255);

/** @param {ArrayLike<number>} values */
export const toBytes = (values) => Uint8Array.from(values, (value) => Math.round(value * 255));
