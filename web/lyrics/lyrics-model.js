/**
 * A lyrics network in the browser: the exported graph, which reads one token, with its state between tokens.
 *
 * It has the methods that core/decoder.js needs, `start()` and `step(token)`, and holds no tensor but its state.
 */

import { BOS_EOS, PAD, Vocabulary } from "../core/vocabulary.js";
import { json, loadGraph, text } from "../shared/model.js";

const CONFIG = "generation_config.json";

export class LyricsModel {
  constructor(tf, graph, meta, vocabulary, config) {
    Object.assign(this, { tf, graph, meta, vocabulary, config });
    this.state = [];
    const stateNames = Object.keys(meta.outputs).filter((name) => name !== "scores");
    this.outputs = ["scores", ...stateNames].map((name) => meta.outputs[name]);
    /** Sizes of the state tensors, h and c of each LSTM layer; none for a network that reads a window. */
    this.stateSizes =
      meta.class_name === "LSTMLanguageModel"
        ? meta.config.units.flatMap((units) => [units, units])
        : [];
    this.contextLength = meta.config.context_length ?? 0;
  }

  /** Which of a model's files are needed. */
  static needs(dtype) {
    const files = ["meta.json", "vocabulary.tsv", CONFIG];
    return (path) => path.startsWith(`${dtype}/`) || files.includes(path);
  }

  /** @param {Map<string, Uint8Array>} files As `fetchFiles` returns them. */
  static async from(tf, files, dtype) {
    return new LyricsModel(
      tf,
      await loadGraph(tf, files, dtype),
      json(files.get("meta.json")),
      new Vocabulary(text(files.get("vocabulary.tsv"))),
      json(files.get(CONFIG)),
    );
  }

  /**
   * A song for core/decoder.js.
   *
   * @param {string[]} words What it starts with.
   * @param {string} artist Whose style to write in; any if the network does not know the name.
   * @param {object} settings Replace those of generation_config.json.
   */
  song(words, artist, settings) {
    return {
      prompt: this.vocabulary.encode(words),
      promptPrefix: this.promptPrefix(artist),
      config: { ...this.config, ...settings },
      rhymeClasses: this.vocabulary.rhymeClasses,
    };
  }

  /** The tokens before a song in the style of an artist. */
  promptPrefix(artist) {
    const { num_artist_tokens: count = 0, vocabulary_size: anyArtist } = this.meta.config;
    if (!count) return [BOS_EOS];
    return [BOS_EOS, anyArtist + 1 + this.meta.data.artists.indexOf(artist)];
  }

  /** Forget what was read. */
  start() {
    this.tf.dispose(this.state);
    this.state = this.stateSizes.map((units) => this.tf.zeros([1, units]));
    this.window = Array(this.contextLength).fill(PAD);
  }

  /** Read a token; returns the logits of the next one, a Float32Array over the vocabulary. */
  step(token) {
    const [logits, ...state] = this.contextLength ? this.stepWindow(token) : this.stepLSTM(token);
    this.tf.dispose(this.state);
    this.state = state;
    const values = logits.dataSync();
    logits.dispose();
    return values.subarray(0, this.vocabulary.words.length);
  }

  stepLSTM(token) {
    const inputs = { word: this.tf.tensor1d([token], "int32") };
    this.state.forEach((tensor, i) => {
      inputs[`state_${i}`] = tensor;
    });
    const outputs = this.graph.execute(inputs, this.outputs);
    inputs.word.dispose();
    return outputs;
  }

  stepWindow(token) {
    this.window = [...this.window.slice(1), token];
    const words = this.tf.tensor1d(this.window, "int32");
    const logits = this.graph.execute({ words }, this.outputs);
    words.dispose();
    return [logits].flat();
  }

  dispose() {
    this.tf.dispose(this.state);
    this.graph.dispose();
  }
}
