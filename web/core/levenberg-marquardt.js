/** Levenberg-Marquardt. The twin of train/addition/levenberg_marquardt.py, where the method and its sources are told. */

const EASE = 0.2,
  TIGHTEN = 4,
  LEAST = 1e-15,
  MOST = 1e8,
  ENOUGH = 1e-9;

/**
 * The parameters that make the sum of squared residuals small.
 * @param {(parameters: Float64Array) => {residuals: number[], slopes: Float64Array[]}} ask slopes: a row a residual
 * @param {Float64Array} start
 * @param {number} steps attempts, at most
 */
export function levenbergMarquardt(ask, start, steps) {
  let parameters = start,
    damping = 1e-3,
    { residuals, slopes } = ask(start),
    cost = squares(residuals);
  for (let i = 0; i < steps; i++) {
    const step = dampedStep(residuals, slopes, damping);
    const trial = parameters.map((value, j) => value + step[j]);
    const next = ask(trial),
      nextCost = squares(next.residuals);
    if (nextCost < cost) {
      const gain = 1 - nextCost / cost;
      damping = Math.max(damping * EASE, LEAST);
      parameters = trial;
      ({ residuals, slopes } = next);
      cost = nextCost;
      if (gain < ENOUGH) break;
    } else {
      damping *= TIGHTEN;
      if (damping > MOST) break;
    }
  }
  return parameters;
}

const squares = (values) => values.reduce((sum, value) => sum + value * value, 0);

function dampedStep(residuals, slopes, damping) {
  const size = slopes[0].length;
  const along = (j) => squares(slopes.map((row) => row[j]));
  const scale = Array.from({ length: size }, (_, j) => Math.sqrt(damping * along(j)) + 1e-12);
  const below = scale.map((value, j) =>
    Float64Array.from({ length: size }, (_, k) => (j === k ? value : 0)),
  );
  return leastSquares(
    [...slopes, ...below],
    [...residuals.map((value) => -value), ...Array(size).fill(0)],
  );
}

/**
 * The x that makes |matrix x - right| least, by Householder reflections (Householder 1958, Unitary triangularization
 * of a nonsymmetric matrix). The matrix, an array of rows with at least as many rows as columns, is left as it is.
 */
export function leastSquares(matrix, right) {
  const rows = matrix.map((row, i) => Float64Array.of(...row, right[i])),
    size = matrix[0].length;
  for (let j = 0; j < size; j++) reflect(rows, j, size);
  const x = new Float64Array(size);
  for (let j = size - 1; j >= 0; j--) {
    let rest = rows[j][size];
    for (let k = j + 1; k < size; k++) rest -= rows[j][k] * x[k];
    x[j] = rest / rows[j][j];
  }
  return x;
}

/** Turn column j into zeros below the diagonal, and the columns to its right along with it. */
function reflect(rows, j, size) {
  let norm = 0;
  for (let i = j; i < rows.length; i++) norm += rows[i][j] ** 2;
  norm = Math.sqrt(norm);
  const head = rows[j][j] > 0 ? -norm : norm,
    mirror = rows.map((row) => row[j]);
  mirror[j] -= head;
  let length = 0;
  for (let i = j; i < rows.length; i++) length += mirror[i] ** 2;
  for (let k = j; k <= size; k++) {
    let along = 0;
    for (let i = j; i < rows.length; i++) along += mirror[i] * rows[i][k];
    along *= 2 / length;
    for (let i = j; i < rows.length; i++) rows[i][k] -= along * mirror[i];
  }
}
