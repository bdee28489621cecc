// @ts-check
/**
 * The fields of a link to the lyrics page: the controls of the form, whose ids are the keys, and whatever else determines
 * a song.
 *
 * Settings have the names of the network's generation_config.json, which also gives their defaults.
 */

import { fill } from "../shared/form-fields.js";
import { choice, flag, number, runName, words } from "../shared/url-state.js";
import { MAX_TEXT_LENGTH } from "./continuation.js";
import { MAX_KEPT_LENGTH } from "./line-by-line.js";

/** @typedef {import("../shared/url-state.js").Table} Table */

const MAX_TITLE_LENGTH = 200;
export const DEFAULT_RUN = "gene-lyrica-three";

/** Keys of links from earlier versions. */
const OLD_KEYS = {
  randomness: "temperature",
  guard: "loop_guard",
  minP: "min_p",
  topK: "top_k",
  nucleus: "top_p",
  noRepeat: "no_repeat_ngram_size",
  plan: "form",
  band: "artist",
  number: "seed",
};

const modernKey = (key) => (Object.hasOwn(OLD_KEYS, key) ? OLD_KEYS[key] : key);

const FORM_LABELS = { chorus: "verse and chorus", none: "none" };
const TOP_K_LABELS = [
  [0, "all words"],
  [1, "the most likely word"],
  [2, "the 2 most likely"],
  [5, "the 5 most likely"],
  [10, "the 10 most likely"],
  [40, "the 40 most likely"],
];
const NGRAM_LABELS = [[0, "off"], ...[2, 3, 4, 5, 6, 8].map((size) => [size, `${size} words`])];

/** Instead of a number of candidates: the one in the network's generation_config.json. */
const NETWORKS_OWN = 0;

/** How new songs are written; those of links from before have other values. */
export const NEW_SONG = {
  num_candidates: NETWORKS_OWN,
  title_from_text: true,
  form_after_text: true,
};

/** Settings of generation_config.json that visitors can change. */
const SETTINGS = [
  "temperature",
  "lines",
  "loop_guard",
  "min_p",
  "top_k",
  "top_p",
  "no_repeat_ngram_size",
  "form",
];

/** A hash with the keys of this version. */
export function modernizeHash(hash) {
  const pairs = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const modern = new URLSearchParams(pairs.map(([key, value]) => [modernKey(key), value]));
  // In earlier versions, a line was not chosen from several.
  if (modern.has("seed") && !modern.has("num_candidates")) modern.set("num_candidates", "1");
  return `#${modern}`;
}

/** The run that a hash names if it exists, else the default, else the first. */
export function chooseRun(runs, hash) {
  const linked = new URLSearchParams(modernizeHash(hash).slice(1)).get("run")?.normalize("NFC");
  return [linked, DEFAULT_RUN, runs[0]].find((run) => runs.includes(run));
}

/**
 * Fill the menus of the form and return the fields of a link.
 *
 * @param {import("../core/samplers.js").GenerationConfig} config Gives the defaults.
 * @returns {{form: Table, all: Table}} Those of the form, and all.
 */
export function makeFields(config) {
  const form = {
    text: words("hello world", MAX_TEXT_LENGTH),
    title: words("", MAX_TITLE_LENGTH),
    run: runName(DEFAULT_RUN),
    temperature: number(config.temperature, 0, 2, 0.05),
    lines: number(config.lines, 4, 60),
    loop_guard: flag(config.loop_guard),
    min_p: menu("min_p", config.min_p, minPLabels(config.min_p)),
    top_k: menu("top_k", config.top_k, TOP_K_LABELS),
    top_p: number(config.top_p, 0.05, 1, 0.05),
    no_repeat_ngram_size: menu("no_repeat_ngram_size", config.no_repeat_ngram_size, NGRAM_LABELS),
    form: menu("form", config.forms[config.form] ?? config.form, formLabels(config)),
    artist: choice("", /^.{0,60}$/),
  };
  const all = {
    ...form,
    model: choice("", /^[0-9a-f]{0,12}$/),
    seed: number(1, 0, 2 ** 32 - 1),
    num_candidates: number(NETWORKS_OWN, 0, 64),
    title_from_text: flag(false), // whether a song without a title is about the words it starts with
    form_after_text: flag(false), // whether the form begins after a text of several lines
    view: choice("song", /^(song|lines|all)$/),
    picks: words("", MAX_TEXT_LENGTH), // positions and words, alternating: what the visitor chose instead
    kept: words("", MAX_KEPT_LENGTH), // line by line: see line-by-line.js
  };
  return { form, all };
}

/** The settings of a state that the worker needs to write. */
export function settingsOf(state) {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, state[name]]));
  const { num_candidates } = state;
  return num_candidates === NETWORKS_OWN ? settings : { ...settings, num_candidates };
}

const formLabels = ({ forms }) =>
  Object.entries(forms).map(([name, scheme]) => [scheme, FORM_LABELS[name] ?? name]);

/** How firmly unlikely words are dropped: below which share of the most likely word. */
const MIN_P_LABELS = [
  [0.01, "a little more"],
  [0.0302, "moderately"],
  [0.1, "firmly"],
  [0.2, "very firmly"],
  [0.5, "nearly all of them"],
];

/** The menu "Drop unlikely words". @param {number} usual */
const minPLabels = (usual) => [
  [0, "off"],
  ...(usual ? [[usual, "a little"]] : []),
  ...MIN_P_LABELS.filter(([share]) => share !== usual),
];

/** Fill a menu with options, [value, label] each; returns a field that allows their values. */
function menu(id, start, options) {
  fill(id, options, start);
  const values = options.map(([value]) => value);
  return { start, read: (text) => values.find((value) => String(value) === text) };
}
