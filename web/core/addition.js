/**
 * An addition network in plain JavaScript, in float32 as TensorFlow.js' cpu backend reckons.
 *
 * Weights are {first, bias, last, offset}: Float32Arrays of 2h (those of the first number, then of the second), h and
 * h, and a number. The twin of `predict_single` in train/addition/spec.py; `tests/golden/addition.json` holds the two.
 */

const single = Math.fround;

/** The nodes (h a pair) and the sums of pairs, a flat array of 2n numbers. */
export function predict({ first, bias, last, offset }, pairs) {
  const size = last.length,
    count = pairs.length / 2;
  const nodes = new Float32Array(count * size),
    sums = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const z = single(
        single(pairs[2 * i] * first[j] + pairs[2 * i + 1] * first[size + j]) + bias[j],
      );
      const node = single(1 / (1 + Math.exp(-z)));
      nodes[i * size + j] = node;
      sum += node * last[j];
    }
    sums[i] = single(sum) + offset;
  }
  return { nodes, sums };
}

/** A pair of every sum from 0 to the maximum, flat: where both inputs of a node have one weight, that is every pair. */
export function everySum(maxSum) {
  return Float32Array.from({ length: 2 * (maxSum + 1) }, (_, i) =>
    (i % 2 ? Math.ceil : Math.floor)((i >> 1) / 2),
  );
}

/** The share of sums that round to the right one, and the largest error. */
export function judge(sums, pairs) {
  let right = 0,
    largest = 0;
  sums.forEach((sum, i) => {
    const error = Math.abs(sum - pairs[2 * i] - pairs[2 * i + 1]);
    right += error < 0.5;
    largest = Math.max(largest, error);
  });
  return { right: right / sums.length, largest };
}

/** The points at which the error surface is asked: whole numbers from 0 to half of the maximum, `most` at most. */
export function surfacePoints(maxSum, most = 33) {
  const half = Math.floor(maxSum / 2),
    count = Math.min(most, half + 1);
  return Float32Array.from({ length: count }, (_, i) => Math.round((i * half) / (count - 1)));
}

/** Every pair of points, flat. */
export function grid(points) {
  return Float32Array.from(
    { length: 2 * points.length ** 2 },
    (_, i) => points[i % 2 ? (i >> 1) % points.length : Math.floor((i >> 1) / points.length)],
  );
}
