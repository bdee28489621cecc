// @ts-check
/**
 * A lyrics network in the browser: an exported graph or an LSTMStep, which reads one token of each song at a time, and
 * the state between tokens.
 *
 * It has the methods that core/decoder.js needs, `start`, `step` and `fork`, and holds no tensors but its states.
 */

import { completeConfig } from "../core/generation-config.js";
import { tokenProperties } from "../core/line-score.js";
import { LSTMStep } from "../core/lstm-step.js";
import { SongSlots, titleWords } from "../core/slots.js";
import { BOS_EOS, PAD, Vocabulary } from "../core/vocabulary.js";
import { json, loadGraph, text } from "../shared/model.js";
import { canRhyme, withoutRhymes } from "./rhymes.js";

const CONFIG = "generation_config.json";

export class LyricsModel {
  /**
   * @param {any} tf vendor/tfjs.js
   * @param {any} graph Or an LSTMStep.
   * @param {any} meta
   * @param {Vocabulary} vocabulary
   * @param {import("../core/samplers.js").GenerationConfig} config
   */
  constructor(tf, graph, meta, vocabulary, config) {
    this.tf = tf;
    this.graph = graph;
    this.meta = meta;
    this.vocabulary = vocabulary;
    this.config = config;
    this.properties = tokenProperties(vocabulary);
    this.state = []; // tensors, a row for each song that is read
    this.parked = []; // states of songs that are no longer read
    const stateNames = Object.keys(meta.outputs).filter((name) => name.startsWith("state_"));
    this.outputs = ["scores", ...stateNames].map((name) => meta.outputs[name]);
    /** Sizes of the state tensors that change: h and c of each LSTM layer; none for a network that reads a window. */
    this.stateSizes =
      meta.class_name === "LSTMLanguageModel"
        ? meta.config.units.flatMap((units) => [units, units])
        : [];
    /** Whether the network is told the title. Its topic is a last state tensor, which stays the same. */
    this.hasTitles = meta.config.num_title_words > 0;
    this.contextLength = meta.config.context_length ?? 0;
    this.canRhyme = canRhyme(vocabulary);
  }

  /** Which of a model's files are needed. */
  static needs(dtype) {
    const files = ["meta.json", "vocabulary.tsv", CONFIG];
    return (path) => path.startsWith(`${dtype}/`) || files.includes(path);
  }

  /** @param {any} tf @param {import("../shared/model.js").FileContents} files As `fetchFiles` returns them. @param {string} dtype */
  static async from(tf, files, dtype) {
    return new LyricsModel(
      tf,
      await loadGraph(tf, files, dtype),
      json(files.get("meta.json")),
      new Vocabulary(text(files.get("vocabulary.tsv"))),
      completeConfig(json(files.get(CONFIG))),
    );
  }

  /** A network that came as weights. @param {any} tf @param {import("./gene-file.js").GeneFile} file */
  static fromGeneFile(tf, { config, weights, meta, vocabulary, settings }) {
    const step = new LSTMStep(tf, config, weights);
    return new LyricsModel(tf, step, { ...meta, outputs: step.outputs }, vocabulary, settings);
  }

  /**
   * A song for core/decoder.js.
   *
   * @param {string[]} words What it starts with.
   * @param {{title: string, artist?: string}} wishes title: what it is about, "" for anything; artist: whose style to write in, any if the network
   *   does not know the name.
   * @param {object} settings Replace those of generation_config.json.
   * @returns {import("../core/decoder.js").Song & {unknown: string[], slots: SongSlots}} The song, the `unknown` words,
   *   and `slots`, which knows the word of each slot.
   */
  song(words, { title, artist }, settings) {
    const slots = new SongSlots(this.vocabulary);
    const wordsOfTitle = this.hasTitles ? titleWords(title) : [];
    const config = { ...this.config, ...settings };
    return {
      title: slots.encode(wordsOfTitle),
      unknown: this.vocabulary.outOfVocabulary([...wordsOfTitle, ...words]),
      prompt: slots.encode(words),
      promptPrefix: this.promptPrefix(artist),
      slots,
      config: this.canRhyme ? config : withoutRhymes(config),
      properties: this.properties,
    };
  }

  /** The tokens before a song in the style of an artist. */
  promptPrefix(artist) {
    const { num_artist_tokens: count = 0, vocabulary_size: anyArtist } = this.meta.config;
    if (!count) return [BOS_EOS];
    return [BOS_EOS, anyArtist + 1 + this.meta.data.artists.indexOf(artist)];
  }

  /** Start over with one song, whose title has these tokens. */
  start(title = []) {
    this.tf.dispose([this.state, ...this.parked]);
    this.state = this.stateSizes.map((units) => this.tf.zeros([1, units]));
    if (this.hasTitles) this.state.push(this.topic(title));
    this.parked = [];
    this.reading = [0]; // the songs that the rows of `state` belong to
    this.logits = [];
    this.windows = [Array(this.contextLength).fill(PAD)];
  }

  /** The vectors that a title adds to the network's input and to its output, [1, 2 * embedding_dim]. */
  topic(title) {
    const { tf, graph, meta } = this;
    const size = 2 * meta.config.embedding_dim;
    if (!title.length) return tf.zeros([1, size]);
    const word = tf.tensor1d(title, "int32");
    const topics = graph.execute({ word }, meta.outputs.topic);
    const values = topics.dataSync();
    tf.dispose([word, topics]);
    const mean = new Float32Array(size);
    for (let i = 0; i < values.length; i++) mean[i % size] += values[i] / title.length;
    return tf.tensor(mean, [1, size]);
  }

  /**
   * Read a token of each song, or none if it is PAD; such a song is not read again before `fork`.
   *
   * @returns {Float32Array[]} The logits of each song's next token, over the vocabulary.
   */
  step(tokens) {
    if (this.contextLength) this.stepWindows(tokens);
    else this.stepLSTM(tokens);
    return this.logits;
  }

  /** Continue with copies of one song. */
  fork(song, count) {
    const row = this.reading.indexOf(song);
    const source = row < 0 ? this.parked[song] : this.state;
    const state = this.takeRows(source, Array(count).fill(Math.max(0, row)));
    this.tf.dispose([this.state, ...this.parked]);
    this.state = state;
    this.parked = [];
    this.reading = Array.from({ length: count }, (_, i) => i);
    this.logits = Array(count).fill(this.logits[song]);
    this.windows = Array(count).fill(this.windows[song]);
    return this.logits;
  }

  takeRows(state, rows) {
    const { tf } = this;
    return tf.tidy(() => state.map((tensor) => tf.gather(tensor, tf.tensor1d(rows, "int32"))));
  }

  stepLSTM(tokens) {
    this.park(this.reading.filter((song) => tokens[song] === PAD));
    const word = this.tf.tensor1d(
      this.reading.map((song) => tokens[song]),
      "int32",
    );
    const inputs = Object.fromEntries(this.state.map((tensor, i) => [`state_${i}`, tensor]));
    const [logits, ...state] = this.graph.execute({ word, ...inputs }, this.outputs);
    const topic = this.state.splice(this.stateSizes.length);
    this.tf.dispose([this.state, word]);
    this.state = [...state, ...topic];
    const values = logits.dataSync();
    const width = logits.shape[1]; // there may be columns after the vocabulary
    logits.dispose();
    this.reading.forEach((song, row) => {
      this.logits[song] = values.subarray(row * width, row * width + this.vocabulary.words.length);
    });
  }

  /** Set aside songs that are no longer read. */
  park(songs) {
    if (!songs.length) return;
    for (const song of songs)
      this.parked[song] = this.takeRows(this.state, [this.reading.indexOf(song)]);
    const going = this.reading.filter((song) => !songs.includes(song));
    const rest = this.takeRows(
      this.state,
      going.map((song) => this.reading.indexOf(song)),
    );
    this.tf.dispose(this.state);
    this.state = rest;
    this.reading = going;
  }

  stepWindows(tokens) {
    tokens.forEach((token, song) => {
      if (token === PAD) return;
      this.windows[song] = [...this.windows[song].slice(1), token];
      const words = this.tf.tensor1d(this.windows[song], "int32");
      const logits = [this.graph.execute({ words }, this.outputs)].flat()[0];
      this.logits[song] = logits.dataSync();
      this.tf.dispose([words, logits]);
    });
  }

  dispose() {
    this.tf.dispose([this.state, ...this.parked]);
    this.graph.dispose();
  }
}
