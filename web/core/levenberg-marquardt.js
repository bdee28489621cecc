// @ts-check
/** The Levenberg-Marquardt method. Twin: train/addition/levenberg_marquardt.py, which explains it and names its sources. */

const INITIAL_DAMPING = 1e-3;
const DAMPING_DOWN = 0.2;
const DAMPING_UP = 4;
const MIN_DAMPING = 1e-15;
const MAX_DAMPING = 1e8;
const MIN_GAIN = 1e-9;

/**
 * @typedef {ArrayLike<number>[]} Matrix Rows of equal length.
 * @typedef {{residuals: number[], jacobian: Matrix}} Linearization Residuals (m) and their Jacobian (m rows).
 */

/**
 * Minimize a sum of squared residuals.
 *
 * @param {(parameters: Float64Array) => Linearization} linearize The residuals at given parameters.
 * @param {Float64Array} start Initial parameters.
 * @param {number} maxSteps Maximum number of steps, including failed ones.
 * @returns {Float64Array} The best parameters found.
 */
export function levenbergMarquardt(linearize, start, maxSteps) {
  let parameters = start;
  let damping = INITIAL_DAMPING;
  let { residuals, jacobian } = linearize(start);
  let cost = sumOfSquares(residuals);
  for (let i = 0; i < maxSteps; i++) {
    const step = dampedStep(residuals, jacobian, damping);
    const trialParameters = parameters.map((value, j) => value + step[j]);
    const trial = linearize(trialParameters);
    const trialCost = sumOfSquares(trial.residuals);
    if (trialCost < cost) {
      const gain = 1 - trialCost / cost;
      parameters = trialParameters;
      ({ residuals, jacobian } = trial);
      cost = trialCost;
      damping = Math.max(damping * DAMPING_DOWN, MIN_DAMPING);
      if (gain < MIN_GAIN) break;
    } else {
      damping *= DAMPING_UP;
      if (damping > MAX_DAMPING) break;
    }
  }
  return parameters;
}

/** @param {number[]} values */
const sumOfSquares = (values) => values.reduce((sum, value) => sum + value * value, 0);

/**
 * @param {number[]} residuals
 * @param {Matrix} jacobian
 * @param {number} damping
 */
function dampedStep(residuals, jacobian, damping) {
  const size = jacobian[0].length;
  const rows = [...jacobian];
  for (let j = 0; j < size; j++) {
    const columnSquares = sumOfSquares(jacobian.map((row) => row[j]));
    const row = new Float64Array(size);
    row[j] = Math.sqrt(damping * columnSquares) + 1e-12;
    rows.push(row);
  }
  return leastSquares(rows, [...residuals.map((value) => -value), ...Array(size).fill(0)]);
}

/**
 * Find the x that minimizes |matrix x - right|, by Householder reflections (Householder, 1958, "Unitary
 * triangularization of a nonsymmetric matrix").
 *
 * @param {Matrix} matrix At least as many rows as columns; not modified.
 * @param {number[]} right
 * @returns {Float64Array}
 */
export function leastSquares(matrix, right) {
  const rows = matrix.map((row, i) => Float64Array.of(...Array.from(row), right[i]));
  const size = matrix[0].length;
  for (let j = 0; j < size; j++) reflect(rows, j, size);
  const x = new Float64Array(size);
  for (let j = size - 1; j >= 0; j--) {
    let rest = rows[j][size];
    for (let k = j + 1; k < size; k++) rest -= rows[j][k] * x[k];
    x[j] = rest / rows[j][j];
  }
  return x;
}

/**
 * Zero column j below the diagonal by a reflection, and apply the reflection to the columns to its right.
 *
 * @param {Float64Array[]} rows Modified in place.
 * @param {number} j
 * @param {number} size Index of the last column.
 */
function reflect(rows, j, size) {
  let squares = 0;
  for (let i = j; i < rows.length; i++) squares += rows[i][j] ** 2;
  const norm = Math.sqrt(squares);
  const normal = rows.map((row) => row[j]);
  normal[j] -= rows[j][j] > 0 ? -norm : norm;
  let normalSquares = 0;
  for (let i = j; i < rows.length; i++) normalSquares += normal[i] ** 2;
  for (let k = j; k <= size; k++) {
    let product = 0;
    for (let i = j; i < rows.length; i++) product += normal[i] * rows[i][k];
    const factor = (product * 2) / normalSquares;
    for (let i = j; i < rows.length; i++) rows[i][k] -= factor * normal[i];
  }
}
