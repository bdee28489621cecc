// @ts-check
/**
 * AdamW (Loshchilov and Hutter, 2019, arXiv:1711.05101) as Keras computes it, with the learning rate schedule of
 * train/lyrics/build.py.
 */

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;
const CLIP_NORM = 1; // of all gradients together
const WARMUP_STEPS = 100;
const FINAL_LEARNING_RATE = 0.02; // share of the peak

export class AdamW {
  /**
   * @param {Float32Array} parameters All weights.
   * @param {object} options
   * @param {number} options.learningRate The peak.
   * @param {number} options.weightDecay Per step, relative to the learning rate.
   * @param {number} options.stepsPerEpoch
   * @param {number} options.epochs
   */
  constructor(parameters, { learningRate, weightDecay, stepsPerEpoch, epochs }) {
    this.parameters = parameters;
    this.peak = learningRate;
    this.weightDecay = weightDecay;
    this.warmup = Math.min(WARMUP_STEPS, stepsPerEpoch);
    this.decaySteps = stepsPerEpoch * epochs;
    this.steps = 0;
    this.means = new Float32Array(parameters.length);
    this.squares = new Float32Array(parameters.length);
  }

  /** The learning rate of the next step: a linear rise, then half a cosine. */
  learningRate() {
    const { peak, warmup, steps } = this;
    if (steps < warmup) return peak * (0.1 + (0.9 * steps) / warmup);
    const share = Math.min((steps - warmup) / this.decaySteps, 1);
    const cosine = 0.5 * (1 + Math.cos(Math.PI * share));
    return peak * ((1 - FINAL_LEARNING_RATE) * cosine + FINAL_LEARNING_RATE);
  }

  /** Take a step. @param {Float32Array} gradients */
  step(gradients) {
    const { parameters, means, squares } = this;
    const rate = this.learningRate();
    const kept = 1 - this.weightDecay * rate;
    const scale = CLIP_NORM / Math.max(norm(gradients), CLIP_NORM);
    this.steps++;
    const correction = Math.sqrt(1 - BETA_2 ** this.steps) / (1 - BETA_1 ** this.steps);
    for (let i = 0; i < parameters.length; i++) {
      const gradient = gradients[i] * scale;
      means[i] += (gradient - means[i]) * (1 - BETA_1);
      squares[i] += (gradient * gradient - squares[i]) * (1 - BETA_2);
      const change = (rate * correction * means[i]) / (Math.sqrt(squares[i]) + EPSILON);
      parameters[i] = parameters[i] * kept - change;
    }
  }
}

/** @param {Float32Array} vector */
function norm(vector) {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i] * vector[i];
  return Math.sqrt(sum);
}
