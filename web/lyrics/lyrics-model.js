/**
 * A lyrics network in the browser: one step of the exported graph, with the state kept between steps.
 *
 * It has the shape that `writer.js` asks for, `begin()` and `step(word)`, and holds no tensor but its state.
 */

import { PAD, SONG, Vocabulary } from "../core/vocabulary.js";
import { loadGraph, json, text } from "../shared/model.js";

export class Lyrics {
  constructor(tf, graph, meta, vocabulary) {
    Object.assign(this, { tf, graph, meta, vocabulary, state: [] });
    this.names = Object.keys(meta.outputs).filter((name) => name !== "scores");
    this.outputs = ["scores", ...this.names].map((name) => meta.outputs[name]);
    this.sizes =
      meta.class_name === "LSTMLanguageModel"
        ? meta.config.units.flatMap((units) => [units, units])
        : [];
  }

  /** Which files of a model this class wants. */
  static wants(form) {
    return (path) => path.startsWith(`${form}/`) || ["meta.json", "vocabulary.tsv"].includes(path);
  }

  /** @param {Map<string, Uint8Array>} files as `fetchFiles` gives them */
  static async from(tf, files, form) {
    const graph = await loadGraph(tf, files, form);
    return new Lyrics(
      tf,
      graph,
      json(files.get("meta.json")),
      new Vocabulary(text(files.get("vocabulary.tsv"))),
    );
  }

  /** The signs that begin a song of a band; of any band where the network does not know it. */
  opening(band) {
    const { num_artist_tokens, vocabulary_size } = this.meta.config;
    return num_artist_tokens
      ? [SONG, vocabulary_size + 1 + this.meta.data.artists.indexOf(band)]
      : [SONG];
  }

  /** Forget what was sung. */
  begin() {
    this.tf.dispose(this.state);
    this.state = this.sizes.map((units) => this.tf.zeros([1, units]));
    this.words = Array(this.meta.config.context_length ?? 0).fill(PAD);
  }

  /** Take one word; returns the scores of the next one, a Float32Array over the vocabulary. */
  step(word) {
    const [scores, ...after] = this.sizes.length ? this.streamStep(word) : this.windowStep(word);
    this.tf.dispose(this.state);
    this.state = after;
    const result = scores.dataSync();
    scores.dispose();
    return result.subarray(0, this.meta.config.vocabulary_size);
  }

  streamStep(word) {
    const inputs = { word: this.tf.tensor1d([word], "int32") };
    this.state.forEach((tensor, i) => {
      inputs[`state_${i}`] = tensor;
    });
    const outputs = this.graph.execute(inputs, this.outputs);
    inputs.word.dispose();
    return outputs;
  }

  windowStep(word) {
    this.words = [...this.words.slice(1), word];
    const words = this.tf.tensor1d(this.words, "int32");
    const scores = this.graph.execute({ words }, this.outputs);
    words.dispose();
    return [scores].flat();
  }

  dispose() {
    this.tf.dispose(this.state);
    this.graph.dispose();
  }
}
