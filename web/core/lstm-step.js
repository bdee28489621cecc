// @ts-check
/**
 * One step of an LSTM language model, from its weights: what `step_for_export` in models/lyrics.py computes.
 *
 * It replaces the exported graph for networks that are given as weights only. A file can
 * change only the numbers, not what is computed.
 *
 * @typedef {object} NetworkConfig As in meta.json of a run.
 * @property {number} vocabulary_size
 * @property {number} embedding_dim
 * @property {number[]} units
 * @property {number} [num_artist_tokens]
 * @property {number} [num_title_words]
 *
 * @typedef {Map<string, {shape: number[], values: Float32Array}>} Weights By name of the Keras variable, such as "lstm_0/kernel".
 */

/**
 * The shape of each weight, in the order in which Keras lists them.
 *
 * @param {NetworkConfig} config
 * @returns {Map<string, number[]>}
 */
export function weightShapes(config) {
  const { vocabulary_size, embedding_dim, units } = config;
  const { num_artist_tokens = 0, num_title_words = 0 } = config;
  /** @type {[string, number[]][]} */
  const shapes = [
    ["token_embedding/table", [vocabulary_size + num_artist_tokens, embedding_dim]],
    ["token_embedding/bias", [vocabulary_size]],
  ];
  units.forEach((size, i) => {
    shapes.push([`lstm_${i}/kernel`, [i ? units[i - 1] : embedding_dim, 4 * size]]);
    shapes.push([`lstm_${i}/recurrent_kernel`, [size, 4 * size]]);
    shapes.push([`lstm_${i}/bias`, [4 * size]]);
  });
  shapes.push(["projection/kernel", [units[units.length - 1], embedding_dim]]);
  shapes.push(["projection/bias", [embedding_dim]]);
  if (num_title_words) shapes.push(["topic/kernel", [embedding_dim, 2 * embedding_dim]]);
  return new Map(shapes);
}

export class LSTMStep {
  /** @param {any} tf vendor/tfjs.js @param {NetworkConfig} config @param {Weights} weights */
  constructor(tf, config, weights) {
    this.tf = tf;
    /** Names of the outputs of a step, as in meta.json of an exported network. */
    this.outputs = outputNames(config);
    const tensor = (/** @type {string} */ name) => {
      const { values, shape } = /** @type {any} */ (weights.get(name));
      return tf.tensor(values, shape);
    };
    const numArtists = config.num_artist_tokens ?? 0;
    this.weights = tf.tidy(() => ({
      columns: tf.transpose(tensor("token_embedding/table")),
      outputBias: tf.concat([tensor("token_embedding/bias"), tf.zeros([numArtists])]),
      layers: config.units.map((_, i) => ({
        kernel: tf.concat([tensor(`lstm_${i}/kernel`), tensor(`lstm_${i}/recurrent_kernel`)]),
        bias: tensor(`lstm_${i}/bias`),
      })),
      projection: tensor("projection/kernel"),
      projectionBias: tensor("projection/bias"),
      topic: config.num_title_words ? tensor("topic/kernel") : null,
    }));
  }

  /**
   * Like `execute` of a graph: returns the named outputs, of which the caller must dispose.
   *
   * @param {Record<string, any>} inputs word int32 (songs,), state_0 ... state_k (songs, units), then the topic of the title.
   * @param {string | string[]} names
   */
  execute(inputs, names) {
    return this.tf.tidy(() => {
      const vectors = this.embed(inputs.word);
      if (names === "topic") return this.tf.matMul(vectors, this.weights.topic);
      const outputs = this.step(vectors, inputs);
      return [names].flat().map((name) => outputs[name]);
    });
  }

  /** The embeddings of tokens, (songs, embedding_dim). @param {any} word */
  embed(word) {
    const { tf } = this;
    return tf.transpose(tf.gather(this.weights.columns, word, 1));
  }

  /** @param {any} vectors @param {Record<string, any>} inputs */
  step(vectors, inputs) {
    const { tf, weights } = this;
    const { layers } = weights;
    const topic = inputs[`state_${2 * layers.length}`];
    const [read, written] = topic ? tf.split(topic, 2, 1) : [];
    let vector = topic ? tf.add(vectors, read) : vectors;
    /** @type {Record<string, any>} */
    const outputs = {};
    layers.forEach((/** @type {any} */ layer, /** @type {number} */ i) => {
      const next = this.cell(layer, vector, inputs[`state_${2 * i}`], inputs[`state_${2 * i + 1}`]);
      vector = next.h;
      outputs[`state_${2 * i}`] = next.h;
      outputs[`state_${2 * i + 1}`] = next.c;
    });
    vector = tf.add(tf.matMul(vector, weights.projection), weights.projectionBias);
    if (topic) vector = tf.add(vector, written);
    outputs.scores = tf.add(tf.matMul(vector, weights.columns), weights.outputBias);
    return outputs;
  }

  /** The next h and c of a layer. @param {any} layer @param {any} vector @param {any} h @param {any} c */
  cell({ kernel, bias }, vector, h, c) {
    const { tf } = this;
    const gates = tf.add(tf.matMul(tf.concat([vector, h], 1), kernel), bias);
    const [input, forget, candidate, output] = tf.split(gates, 4, 1);
    const kept = tf.mul(tf.sigmoid(forget), c);
    const added = tf.mul(tf.sigmoid(input), tf.tanh(candidate));
    const next = tf.add(kept, added);
    return { h: tf.mul(tf.sigmoid(output), tf.tanh(next)), c: next };
  }

  dispose() {
    this.tf.dispose(this.weights);
  }
}

/** @param {NetworkConfig} config @returns {Record<string, string>} */
function outputNames({ units, num_title_words: hasTitles }) {
  const states = units.flatMap((_, i) => [`state_${2 * i}`, `state_${2 * i + 1}`]);
  const names = ["scores", ...states, ...(hasTitles ? ["topic"] : [])];
  return Object.fromEntries(names.map((name) => [name, name]));
}
