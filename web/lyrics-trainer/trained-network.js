// @ts-check
/** Writes lines with a network that is being trained, and saves it as a .gene file. */

import { generate } from "../core/decoder.js";
import { tokenProperties } from "../core/line-score.js";
import { weightShapes } from "../core/lstm-step.js";
import { SongIndex } from "../core/song-index.js";
import { buildSongIndex } from "../core/song-index-writer.js";
import { typeset } from "../core/typography.js";
import { BOS_EOS } from "../core/vocabulary.js";
import { geneParts } from "../lyrics/gene-file.js";
import { encodeArchive } from "../shared/gene-archive.js";
import { InferenceNetwork } from "./inference-network.js";

/** @typedef {import("../core/samplers.js").GenerationConfig} GenerationConfig */

/** A stanza for the card of a network. */
const SAMPLE = { temperature: 0.8, lines: 8, form: "none", num_candidates: 1 };
const SAMPLE_SEED = 1;

export class TrainedNetwork {
  /** @param {WebAssembly.Module} module vendor/kernels.wasm @param {import("./lyrics-trainer.js").LyricsTrainer} trainer */
  static async create(module, trainer) {
    return new TrainedNetwork(trainer, await InferenceNetwork.load(module, trainer.config, 1));
  }

  /** @param {import("./lyrics-trainer.js").LyricsTrainer} trainer @param {InferenceNetwork} writer */
  constructor(trainer, writer) {
    const { artists, training, trainingSongs, vocabulary } = trainer.corpus;
    this.trainer = trainer;
    this.writer = writer;
    this.vocabulary = vocabulary;
    this.prefix = artists.length ? [BOS_EOS, vocabulary.words.length] : [BOS_EOS];
    this.indexBytes = buildSongIndex(
      trainingSongs.map(({ artist, title }, i) => {
        return { artist, title, tokens: training[i].slice(this.prefix.length) };
      }),
    );
    this.songIndex = this.indexBytes && new SongIndex(this.indexBytes);
  }

  /**
   * The next line by the network as it is now.
   *
   * @param {{config: GenerationConfig, seed: number, words?: string[]}} request
   * @returns {{words: string[], copies: import("../core/song-index.js").CopiedPhrase[]}} Copies: phrases that are copied
   *   from the training songs.
   */
  line({ config, seed, words = [] }) {
    const settings = { ...config, num_candidates: 1, form: "none" };
    for (const tokens of this.write(this.trainer.network.weights, settings, seed, words))
      if (tokens.length)
        return { words: this.decode(tokens), copies: this.songIndex?.findCopies(tokens) ?? [] };
    return { words: [], copies: [] };
  }

  /**
   * @param {import("./weights.js").Weights} weights
   * @param {GenerationConfig} config
   * @param {number} seed
   * @param {string[]} words
   */
  write(weights, config, seed, words = []) {
    this.writer.setWeights(weights);
    const { vocabulary, prefix } = this;
    const properties = tokenProperties(vocabulary);
    const song = { prompt: vocabulary.encode(words), promptPrefix: prefix, config, properties };
    return generate(this.writer, song, seed);
  }

  /** @param {number[]} tokens */
  decode(tokens) {
    return tokens.map((token) => this.vocabulary.words[token]);
  }

  /**
   * The network as a .gene file.
   *
   * @param {object} about
   * @param {string} about.title
   * @param {string} [about.file] The file with the songs.
   * @param {GenerationConfig} about.settings Default settings of the network.
   * @param {boolean} [about.isLatest] Whether to take the network as it is now instead of the best one.
   * @returns {Blob}
   */
  pack({ title, file, settings, isLatest = false }) {
    const { trainer } = this;
    const weights = isLatest ? trainer.network.weights : trainer.bestWeights();
    const tensors = [...weightShapes(trainer.config)].map(([name, shape]) => {
      return /** @type {const} */ ([name, { shape, values: weights[name] }]);
    });
    const parts = geneParts({
      config: trainer.config,
      weights: /** @type {any} */ (new Map(tensors)),
      settings,
      meta: { ...this.describe(file, isLatest), sample: this.sampleText(weights, settings) },
      card: { title },
      vocabulary: trainer.corpus.vocabularyText,
      songIndex: this.indexBytes,
    });
    return encodeArchive(parts);
  }

  /** What meta.json of a run says. @param {string | undefined} file @param {boolean} isLatest */
  describe(file, isLatest) {
    const { corpus, history, clock, bestRecord } = this.trainer;
    const record = isLatest ? history[history.length - 1] : bestRecord;
    const { artists, training, validation } = corpus;
    return {
      class_name: "LSTMLanguageModel",
      data: {
        artists,
        songs: { training: training.length, validation: validation.length },
        ...(file && { file }),
      },
      metrics: record && {
        held_out_perplexity: Math.exp(record.val_cross_entropy),
        held_out_accuracy: record.val_accuracy,
        training_accuracy: record.accuracy,
      },
      training_seconds: clock.totalMs / 1000,
    };
  }

  /** @param {import("./weights.js").Weights} weights @param {GenerationConfig} settings */
  sampleText(weights, settings) {
    const tokens = [...this.write(weights, { ...settings, ...SAMPLE }, SAMPLE_SEED)].flat();
    return typeset(this.decode(tokens), this.vocabulary.forms).trim();
  }
}
