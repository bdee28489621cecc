// @ts-check
/**
 * Softmax regression: a last layer for a network, learned from a few examples.
 *
 * The loss is the mean cross-entropy of the examples plus half the weight decay times the squared weights; biases do not
 * decay. This is a convex problem, so the examples alone decide what is learned, not their order or a random start. The
 * best weights are weighted sums of the examples, with one coefficient per example and class. Descent on these
 * coefficients needs only the inner products of the examples, of which there are far fewer than features.
 * `tests/golden/softmax_head.json` has solutions of scikit-learn.
 *
 * @typedef {{weights: Float32Array, biases: Float32Array}} Head weights: those of the first class, then of the next.
 */

const MAX_STEPS = 5000;
const TOLERANCE = 1e-5; // of coefficients
const POWER_STEPS = 30;

/**
 * Learn from examples.
 *
 * @param {Float32Array} features Those of the first example, then of the next.
 * @param {number[]} labels The class of each example.
 * @param {{numClasses: number, weightDecay: number}} settings
 * @returns {Head}
 */
export function learnHead(features, labels, { numClasses, weightDecay }) {
  const count = labels.length;
  const products = center(innerProducts(features, count), count);
  const { coefficients, biases } = descend(products, labels, numClasses, weightDecay);
  const weights = sumExamples(features, centerColumns(coefficients, numClasses), numClasses);
  const offsets = meanLogits({ weights, biases: new Float32Array(numClasses) }, features);
  return { weights, biases: Float32Array.from(biases, (bias, label) => bias - offsets[label]) };
}

/**
 * The logits of examples, one per class for each.
 *
 * @param {Head} head
 * @param {Float32Array} features
 * @returns {Float32Array}
 */
export function headLogits({ weights, biases }, features) {
  const numClasses = biases.length;
  const size = weights.length / numClasses;
  const logits = new Float32Array((features.length / size) * numClasses);
  return logits.map((_, i) => {
    const row = Math.floor(i / numClasses);
    const label = i % numClasses;
    return biases[label] + dot(features, row * size, weights, label * size, size);
  });
}

/**
 * The gradient with respect to the features of one example, given that with respect to its logits.
 *
 * @param {Head} head
 * @param {ArrayLike<number>} logitsGradient
 */
export function featuresGradient({ weights, biases }, logitsGradient) {
  const size = weights.length / biases.length;
  const gradient = new Float32Array(size);
  for (let i = 0; i < weights.length; i++) {
    gradient[i % size] += weights[i] * logitsGradient[Math.floor(i / size)];
  }
  return gradient;
}

/**
 * Nesterov's accelerated gradient descent, with the momentum for a strongly convex problem.
 *
 * The examples are centered, so that weights and biases can have different learning rates.
 *
 * @param {Float64Array} products Inner products of the centered examples.
 * @param {number[]} labels
 * @param {number} numClasses
 * @param {number} weightDecay
 */
function descend(products, labels, numClasses, weightDecay) {
  const count = labels.length;
  // The curvature of softmax is at most 1/2 in any direction.
  const rate = 1 / (largestEigenvalue(products, count) / count / 2 + weightDecay);
  const biasRate = 2;
  const root = Math.sqrt(weightDecay * rate);
  const momentum = (1 - root) / (1 + root);
  let coefficients = new Float64Array(count * numClasses);
  let biases = new Float64Array(numClasses);
  let ahead = coefficients;
  let biasesAhead = biases;
  for (let step = 0, change = 1; step < MAX_STEPS && change > TOLERANCE; step++) {
    const errors = errorsOf(logitsOf(products, ahead, biasesAhead), labels, numClasses);
    const slopes = errors.map((error, i) => error + weightDecay * ahead[i]);
    const biasSlopes = columnSums(errors, numClasses);
    const next = descendOnce(ahead, slopes, rate);
    const nextBiases = descendOnce(biasesAhead, biasSlopes, biasRate);
    ahead = extrapolate(next, coefficients, momentum);
    biasesAhead = extrapolate(nextBiases, biases, momentum);
    coefficients = next;
    biases = nextBiases;
    change = Math.max(largestSize(slopes) / weightDecay, largestSize(biasSlopes) * biasRate);
  }
  return { coefficients, biases };
}

/** The inner products of all pairs of examples. @param {Float32Array} features @param {number} count */
function innerProducts(features, count) {
  const size = features.length / count;
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(features, i * size, features, j * size, size);
      products[i * count + j] = product;
      products[j * count + i] = product;
    }
  }
  return products;
}

/** @param {ArrayLike<number>} a @param {number} atA @param {ArrayLike<number>} b @param {number} atB @param {number} size */
function dot(a, atA, b, atB, size) {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += a[atA + i] * b[atB + i];
  return sum;
}

/** The inner products that the examples have after centering. @param {Float64Array} products @param {number} count */
function center(products, count) {
  const means = columnSums(products, count).map((sum) => sum / count);
  const mean = columnSums(means, 1)[0] / count;
  return products.map(
    (product, i) => product - means[Math.floor(i / count)] - means[i % count] + mean,
  );
}

/** @param {Float64Array} values @param {number} columns */
function centerColumns(values, columns) {
  const sums = columnSums(values, columns);
  return values.map((value, i) => value - (sums[i % columns] * columns) / values.length);
}

/** @param {Head} head @param {Float32Array} features */
function meanLogits(head, features) {
  const logits = Float64Array.from(headLogits(head, features));
  const numClasses = head.biases.length;
  return columnSums(logits, numClasses).map((sum) => (sum * numClasses) / logits.length);
}

/**
 * The largest eigenvalue of a symmetric matrix, by power iteration, plus a margin of 5%.
 *
 * @param {Float64Array} matrix
 * @param {number} size
 */
function largestEigenvalue(matrix, size) {
  let vector = Float64Array.from({ length: size }, (_, i) => 1 + (i % 7));
  let value = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const product = vector.map((_, row) => dot(matrix, row * size, vector, 0, size));
    value = Math.hypot(...product);
    if (value === 0) return 0;
    vector = product.map((entry) => entry / value);
  }
  return 1.05 * value;
}

/** @param {Float64Array} products @param {Float64Array} coefficients @param {Float64Array} biases */
function logitsOf(products, coefficients, biases) {
  const numClasses = biases.length;
  const count = coefficients.length / numClasses;
  const logits = new Float64Array(coefficients.length);
  for (let i = 0; i < count; i++) {
    logits.set(biases, i * numClasses);
    for (let j = 0; j < count; j++) {
      const product = products[i * count + j];
      for (let label = 0; label < numClasses; label++) {
        logits[i * numClasses + label] += product * coefficients[j * numClasses + label];
      }
    }
  }
  return logits;
}

/**
 * The gradient of the mean cross-entropy with respect to the logits.
 *
 * @param {Float64Array} logits
 * @param {number[]} labels
 * @param {number} numClasses
 */
function errorsOf(logits, labels, numClasses) {
  const errors = new Float64Array(logits.length);
  labels.forEach((wanted, example) => {
    const start = example * numClasses;
    const row = softmax(logits.subarray(start, start + numClasses));
    row[wanted] -= 1;
    errors.set(row, start);
  });
  return errors.map((error) => error / labels.length);
}

/** The probabilities of one row of logits. @param {Float64Array | Float32Array} logits */
export function softmax(logits) {
  const largest = Math.max(...logits);
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const [sum] = columnSums(weights, 1);
  return weights.map((weight) => weight / sum);
}

/** @param {Float64Array} values @param {number} columns */
function columnSums(values, columns) {
  const sums = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sums[i % columns] += values[i];
  return sums;
}

/** @param {Float64Array} values @param {Float64Array} slopes @param {number} rate */
const descendOnce = (values, slopes, rate) => values.map((value, i) => value - rate * slopes[i]);

/** @param {Float64Array} values @param {Float64Array} before @param {number} momentum */
const extrapolate = (values, before, momentum) =>
  values.map((value, i) => value + momentum * (value - before[i]));

/** @param {Float64Array} values */
const largestSize = (values) =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** @param {Float32Array} features @param {Float64Array} coefficients @param {number} numClasses */
function sumExamples(features, coefficients, numClasses) {
  const size = (features.length * numClasses) / coefficients.length;
  const sums = new Float64Array(numClasses * size);
  for (let i = 0; i < coefficients.length; i++) {
    const example = Math.floor(i / numClasses) * size;
    const start = (i % numClasses) * size;
    for (let j = 0; j < size; j++) sums[start + j] += coefficients[i] * features[example + j];
  }
  return Float32Array.from(sums);
}
