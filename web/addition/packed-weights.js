// @ts-check
/** The weights of a network as text for the page's address: 32 bits each, in base64url. */

/** @typedef {import("../core/addition.js").Weights} Weights */

/** Text that may hold weights: at most 16 nodes. */
export const PACKED_WEIGHTS = /^[\w-]{0,352}$/;

/** @param {Weights} weights */
export function packWeights({ first, bias, last, offset }) {
  const numbers = Float32Array.of(...first, ...bias, ...last, offset);
  const bytes = String.fromCharCode(...new Uint8Array(numbers.buffer));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @param {number} hidden Nodes of the network.
 * @returns {Weights | undefined} Undefined if the text does not hold the weights of such a network.
 */
export function unpackWeights(text, hidden) {
  const bytes = decode(text);
  if (bytes?.length !== 4 * (4 * hidden + 1)) return undefined;
  const numbers = new Float32Array(bytes.buffer);
  if (!numbers.every(Number.isFinite)) return undefined;
  return {
    first: numbers.slice(0, 2 * hidden),
    bias: numbers.slice(2 * hidden, 3 * hidden),
    last: numbers.slice(3 * hidden, 4 * hidden),
    offset: numbers[4 * hidden],
  };
}

/** The bytes that base64url holds, or undefined. @param {string} text */
function decode(text) {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
