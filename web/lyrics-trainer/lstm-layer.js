// @ts-check
/** An LSTM layer (Hochreiter and Schmidhuber, 1997) that is trained: its forward pass, and its gradients through time. */

/** Gates, in the order of Keras: input, forget, candidate, output. */
const GATES = 4;

/**
 * @typedef {object} Shape
 * @property {string} name Of the layer.
 * @property {number} inputs Numbers per word that it reads.
 * @property {number} units
 * @property {number} rows Songs side by side.
 * @property {number} steps Words of each.
 */

export class LSTMLayer {
  /** The lengths of the arrays that a layer needs. @param {Shape} shape @returns {Record<string, number>} */
  static lengths({ name, inputs, units, rows, steps }) {
    const size = rows * units;
    return {
      [`${name}/gates`]: steps * GATES * size,
      [`${name}/h`]: (steps + 1) * size, // before the first word, and after each
      [`${name}/c`]: (steps + 1) * size,
      [`${name}/tanh`]: steps * size, // of c
      [`${name}/transposed_kernel`]: GATES * units * inputs,
      [`${name}/transposed_recurrent_kernel`]: GATES * units * units,
      [`${name}/by_h`]: size,
      [`${name}/masked`]: size,
    };
  }

  /**
   * @param {Shape} shape
   * @param {import("./kernels.js").Kernels} kernels
   * @param {import("./weights.js").Weights} weights Of the network.
   * @param {import("./weights.js").Weights} gradients
   */
  constructor({ name, inputs, units, rows, steps }, kernels, weights, gradients) {
    this.kernels = kernels;
    this.inputs = inputs;
    this.units = units;
    this.rows = rows;
    this.steps = steps;
    const { arrays } = kernels;
    this.kernel = weights[`${name}/kernel`];
    this.recurrentKernel = weights[`${name}/recurrent_kernel`];
    this.bias = weights[`${name}/bias`];
    this.byKernel = gradients[`${name}/kernel`];
    this.byRecurrentKernel = gradients[`${name}/recurrent_kernel`];
    this.byBias = gradients[`${name}/bias`];
    this.gates = arrays[`${name}/gates`];
    this.gatesAt = split(this.gates, steps);
    this.h = arrays[`${name}/h`];
    this.hAt = split(this.h, steps + 1);
    this.cAt = split(arrays[`${name}/c`], steps + 1);
    this.tanhAt = split(arrays[`${name}/tanh`], steps);
    this.transposedKernel = arrays[`${name}/transposed_kernel`];
    this.transposedRecurrentKernel = arrays[`${name}/transposed_recurrent_kernel`];
    this.byH = arrays[`${name}/by_h`];
    this.masked = arrays[`${name}/masked`];
    /** The output of all words, (steps * rows, units). */
    this.output = this.h.subarray(rows * units);
    /** For each gate, what the recurrent state is multiplied with; none without dropout. @type {Float32Array[]} */
    this.masks = [];
  }

  /**
   * Continue with the state after the previous words; reset the rows that start a song.
   *
   * @param {(row: number) => boolean} startsSong
   */
  carryState(startsSong) {
    for (const at of [this.hAt, this.cAt]) {
      at[0].set(at[this.steps]);
      for (let row = 0; row < this.rows; row++)
        if (startsSong(row)) at[0].fill(0, row * this.units, (row + 1) * this.units);
    }
  }

  /**
   * Read words: computes `output`.
   *
   * @param {Float32Array} input (steps * rows, inputs).
   * @param {Float32Array[]} masks See `this.masks`.
   */
  forward(input, masks) {
    const { kernels, rows, steps, units } = this;
    this.masks = masks;
    kernels.multiply(input, this.kernel, this.gates, steps * rows, this.inputs, GATES * units);
    for (let step = 0; step < steps; step++) {
      this.addRecurrent(step);
      this.activate(step);
    }
  }

  /** Add the contribution of the recurrent state to the gates. @param {number} step */
  addRecurrent(step) {
    const { kernels, rows, units, recurrentKernel } = this;
    const [h, gates] = [this.hAt[step], this.gatesAt[step]];
    if (!this.masks.length) {
      kernels.multiply(h, recurrentKernel, gates, rows, units, GATES * units, { adds: true });
      return;
    }
    const columns = { adds: true, bRow: GATES * units, cRow: GATES * units };
    this.masks.forEach((mask, gate) => {
      multiplyElements(h, mask, this.masked);
      const [kernel, target] = [recurrentKernel, gates].map((of) => of.subarray(gate * units));
      kernels.multiply(this.masked, kernel, target, rows, units, units, columns);
    });
  }

  /** Compute the gates, c and h of a word. @param {number} step */
  activate(step) {
    const { rows, units, bias } = this;
    const [gates, tanh] = [this.gatesAt[step], this.tanhAt[step]];
    const [before, c, h] = [this.cAt[step], this.cAt[step + 1], this.hAt[step + 1]];
    for (let row = 0; row < rows; row++) {
      let g = GATES * units * row;
      for (let i = row * units, u = 0; u < units; i++, u++, g++) {
        const input = sigmoid(gates[g] + bias[u]);
        const forget = sigmoid(gates[g + units] + bias[u + units]);
        const candidate = tangent(gates[g + 2 * units] + bias[u + 2 * units]);
        const output = sigmoid(gates[g + 3 * units] + bias[u + 3 * units]);
        gates[g] = input;
        gates[g + units] = forget;
        gates[g + 2 * units] = candidate;
        gates[g + 3 * units] = output;
        c[i] = forget * before[i] + input * candidate;
        tanh[i] = tangent(c[i]);
        h[i] = output * tanh[i];
      }
    }
  }

  /** Transpose the weights for `backward`. */
  transposeWeights() {
    const { kernels, inputs, units } = this;
    kernels.transpose(this.kernel, this.transposedKernel, inputs, GATES * units);
    kernels.transpose(this.recurrentKernel, this.transposedRecurrentKernel, units, GATES * units);
  }

  /**
   * Compute the gradients of the weights and of the input.
   *
   * @param {Float32Array} input As for `forward`.
   * @param {Float32Array} byOutput Gradient of the output; modified.
   * @param {Float32Array} byInput Gradient of the input, to write.
   * @param {Float32Array} scratch
   */
  backward(input, byOutput, byInput, scratch) {
    const { kernels, rows, steps, units, inputs, gates } = this;
    const byC = new Float32Array(rows * units);
    const byOutputAt = split(byOutput, steps);
    this.byH.fill(0);
    for (let step = steps - 1; step >= 0; step--) {
      this.throughGates(step, byOutputAt[step], byC);
      if (step) this.throughRecurrent(step);
    }
    const count = steps * rows;
    kernels.transpose(input, scratch, count, inputs);
    kernels.multiply(scratch, gates, this.byKernel, inputs, count, GATES * units);
    this.recurrentGradient(scratch);
    sumRows(gates, this.byBias);
    kernels.multiply(gates, this.transposedKernel, byInput, count, GATES * units, inputs);
  }

  /**
   * Turn the gradients of h and c after a word into those of c before it and of the gates, which overwrite the gates.
   *
   * @param {number} step
   * @param {Float32Array} byOutput Gradient of this word's output.
   * @param {Float32Array} byC Gradient of c after the word; becomes that of c before it.
   */
  throughGates(step, byOutput, byC) {
    const { rows, units, byH } = this;
    const [gates, tanh, before] = [this.gatesAt[step], this.tanhAt[step], this.cAt[step]];
    for (let row = 0; row < rows; row++) {
      let g = GATES * units * row;
      for (let i = row * units, u = 0; u < units; i++, u++, g++) {
        const [input, forget] = [gates[g], gates[g + units]];
        const [candidate, output] = [gates[g + 2 * units], gates[g + 3 * units]];
        const upstream = byOutput[i] + byH[i];
        const cell = byC[i] + upstream * output * (1 - tanh[i] * tanh[i]);
        gates[g] = cell * candidate * input * (1 - input);
        gates[g + units] = cell * before[i] * forget * (1 - forget);
        gates[g + 2 * units] = cell * input * (1 - candidate * candidate);
        gates[g + 3 * units] = upstream * tanh[i] * output * (1 - output);
        byC[i] = cell * forget;
      }
    }
  }

  /** Turn the gradient of the gates into that of h before the word. @param {number} step */
  throughRecurrent(step) {
    const { kernels, rows, units, byH, masked, transposedRecurrentKernel: kernel } = this;
    const gates = this.gatesAt[step];
    if (!this.masks.length) {
      kernels.multiply(gates, kernel, byH, rows, GATES * units, units);
      return;
    }
    byH.fill(0);
    this.masks.forEach((mask, gate) => {
      const part = kernel.subarray(gate * units * units);
      kernels.multiply(gates.subarray(gate * units), part, masked, rows, units, units, {
        aRow: GATES * units,
      });
      for (let i = 0; i < byH.length; i++) byH[i] += masked[i] * mask[i];
    });
  }

  /** @param {Float32Array} scratch */
  recurrentGradient(scratch) {
    const { kernels, rows, steps, units, gates, byRecurrentKernel } = this;
    const count = steps * rows;
    const before = this.h.subarray(0, count * units);
    if (!this.masks.length) {
      kernels.transpose(before, scratch, count, units);
      kernels.multiply(scratch, gates, byRecurrentKernel, units, count, GATES * units);
      return;
    }
    const columns = { bRow: GATES * units, cRow: GATES * units };
    this.masks.forEach((mask, gate) => {
      const [masked, transposed] = [scratch.subarray(count * units), scratch];
      multiplyElements(before, mask, masked);
      kernels.transpose(masked, transposed, count, units);
      const [source, target] = [gates, byRecurrentKernel].map((of) => of.subarray(gate * units));
      kernels.multiply(transposed, source, target, units, count, units, columns);
    });
  }
}

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** The hyperbolic tangent, twice as fast as Math.tanh. @param {number} x */
const tangent = (x) => 1 - 2 / (Math.exp(2 * x) + 1);

/** The equal parts of an array. @param {Float32Array} array @param {number} count */
function split(array, count) {
  const length = array.length / count;
  return Array.from({ length: count }, (_, i) => array.subarray(i * length, (i + 1) * length));
}

/**
 * Multiply an array by a mask that is repeated along it.
 *
 * @param {Float32Array} array
 * @param {Float32Array} mask
 * @param {Float32Array} target
 */
export function multiplyElements(array, mask, target) {
  for (let start = 0; start < array.length; start += mask.length)
    for (let i = 0; i < mask.length; i++) target[start + i] = array[start + i] * mask[i];
}

/** The sum of the rows of a matrix. @param {Float32Array} matrix @param {Float32Array} sum Its length is that of a row. */
export function sumRows(matrix, sum) {
  const totals = new Float64Array(sum.length);
  for (let start = 0; start < matrix.length; start += sum.length)
    for (let i = 0; i < sum.length; i++) totals[i] += matrix[start + i];
  sum.set(totals);
}
