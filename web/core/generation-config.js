// @ts-check
/** Completes and checks song generation settings, which may come from an untrusted file, as `generate/lyrics/config.py` does. */

const VERSION = 1;
const MAX_SCHEME_LENGTH = 400;
const SCHEME = /^(?:[A-Za-z]+(?: [A-Za-z]+)*)?$/;

/** Smallest and largest allowed value of each number. @type {Record<string, [number, number]>} */
export const BOUNDS = {
  temperature: [0, 5],
  top_p: [0, 1],
  min_p: [0, 1],
  top_k: [0, 1e6],
  cache_weight: [0, 0.99],
  frequency_penalty: [0, 1000],
  title_bonus: [0, 1000],
  no_repeat_ngram_size: [0, 1000],
  max_repeats: [1, 1000],
  max_loop_length: [1, 100],
  lines: [1, 1000],
  max_tokens: [1, 100_000],
  rhyme_bonus: [0, 1000],
  rhyme_bonus_per_token: [0, 1000],
  rhyme_bonus_per_candidate: [0, 1000],
  rhyme_lead: [0, 100],
  line_break_bonus: [0, 1000],
  num_candidates: [1, 64],
  max_line_length: [1, 1000],
  typical_log_probability: [-100, 100],
  word_frequency_weight: [0, 1000],
  unlikely_word_weight: [0, 1000],
  line_break_weight: [0, 1000],
  few_content_words_penalty: [0, 1000],
  missed_rhyme_penalty: [0, 1000],
  rare_rhyme_penalty: [0, 1000],
  min_rhymes: [0, 10 ** 6],
  repeated_rhyme_penalty: [0, 1000],
  dangling_end_penalty: [0, 1000],
  open_quotation_penalty: [0, 1000],
  repeated_line_penalty: [0, 1000],
  repeated_word_penalty: [0, 1000],
  short_line_penalty: [0, 1000],
  long_line_penalty: [0, 1000],
};
/** Numbers that must be whole. */
export const WHOLE = [
  "top_k",
  "no_repeat_ngram_size",
  "max_repeats",
  "max_loop_length",
  "lines",
  "max_tokens",
  "rhyme_lead",
  "num_candidates",
  "max_line_length",
  "min_rhymes",
];

/** Settings that older files lack: with these values, old links still lead to the same songs. */
const NOT_IN_OLD_FILES = {
  cache_weight: 0,
  open_quotation_penalty: 0,
  word_frequency_weight: 0,
  line_break_weight: 0,
  few_content_words_penalty: 0,
  min_rhymes: 8,
  frequency_penalty: 0,
  title_bonus: 0,
  repeated_rhyme_penalty: 0,
  rhyme_bonus_per_candidate: 0,
};

/** The settings of a file, plus those that it lacks if it is old. @param {any} config @returns {any} */
export const completeConfig = (config) => ({ ...NOT_IN_OLD_FILES, ...config });

/** Whether settings are complete and valid. @param {any} config Content of generation_config.json. */
export function isSoundConfig(config) {
  const { version, loop_guard, form, forms } = config;
  const isScheme = (/** @type {unknown} */ text) =>
    typeof text === "string" && text.length <= MAX_SCHEME_LENGTH && SCHEME.test(text);
  const hasForms = forms && typeof forms === "object" && Object.values(forms).every(isScheme);
  return (
    version === VERSION &&
    Object.keys(BOUNDS).every((name) => isInBounds(name, config[name])) &&
    typeof loop_guard === "boolean" &&
    hasForms &&
    isScheme(Object.hasOwn(forms, form) ? forms[form] : form)
  );
}

/** @param {string} name @param {unknown} value */
function isInBounds(name, value) {
  const [low, high] = BOUNDS[name];
  const isWhole = Number.isInteger(value) || !WHOLE.includes(name);
  return typeof value === "number" && isWhole && value >= low && value <= high;
}
