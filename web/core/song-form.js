// @ts-check
/**
 * Make a network follow a song form: stanzas, a chorus that returns, and rhyme.
 *
 * The twin of `generate/lyrics/song_form.py`, whose comments apply here, too; `tests/golden/song_form.json` checks both.
 */

import { BOS_EOS, NEWLINE } from "./vocabulary.js";

/** @typedef {import("./samplers.js").GenerationConfig} GenerationConfig */

const CLOSING_PUNCTUATION = -1;
export const NO_RHYME = 0;

/** The rhyme scheme of the settings' form, "" for none. @param {GenerationConfig} config */
export const schemeOf = ({ form, forms }) => (Object.hasOwn(forms, form) ? forms[form] : form);

/**
 * Split a song into stanzas of lines of tokens; the last line is the current one.
 *
 * @param {number[]} tokens
 */
export function splitStanzas(tokens) {
  /** @type {number[][][]} */
  const stanzas = [[[]]];
  for (const token of tokens) {
    const stanza = stanzas[stanzas.length - 1];
    const line = stanza[stanza.length - 1];
    if (token !== NEWLINE) {
      line.push(token);
    } else if (line.length) {
      stanza.push([]);
    } else if (stanza.length > 1) {
      stanza.pop();
      stanzas.push([[]]);
    }
  }
  return stanzas;
}

/**
 * The token that the form requires next, BOS_EOS to end the song, or undefined if there is a choice.
 *
 * @param {number[]} tokens The song so far, without the token that starts it.
 * @param {string} scheme
 * @returns {number | undefined}
 */
export function forcedToken(tokens, scheme) {
  const plan = scheme.split(" ");
  const stanzas = splitStanzas(tokens);
  const index = stanzas.length - 1;
  if (index >= plan.length) return BOS_EOS;
  const lines = stanzas[index].slice(0, -1);
  const current = stanzas[index][lines.length];
  if (!current.length && lines.length >= plan[index].length)
    return index + 1 < plan.length ? NEWLINE : BOS_EOS;
  const first = plan.indexOf(plan[index]);
  const isRepeatedChorus = plan[index] === plan[index].toUpperCase() && first < index;
  if (!isRepeatedChorus || lines.length >= stanzas[first].length) return undefined;
  const expected = [...stanzas[first][lines.length], NEWLINE];
  const isUnchanged = current.every((token, i) => token === expected[i]);
  return isUnchanged ? expected[current.length] : undefined;
}

/**
 * Whether the current line is the last one of the form.
 *
 * @param {number[]} tokens
 * @param {string} scheme
 */
export function isLastLine(tokens, scheme) {
  const plan = scheme.split(" ");
  const stanzas = splitStanzas(tokens);
  const lastStanza = stanzas[stanzas.length - 1];
  return stanzas.length >= plan.length && lastStanza.length >= plan[plan.length - 1].length;
}

/**
 * Modify the logits of the next token in place, as the form requires.
 *
 * @param {number[]} tokens The song so far, without the token that starts it.
 * @param {Float64Array} logits
 * @param {GenerationConfig} config
 * @param {ArrayLike<number>} rhymeClasses Of each token; see `Vocabulary`.
 */
export function applyForm(tokens, logits, config, rhymeClasses) {
  const stanzas = splitStanzas(tokens);
  const lines = stanzas[stanzas.length - 1];
  const current = lines.pop() ?? [];
  logits[BOS_EOS] = -Infinity;
  if (!current.length) {
    logits[NEWLINE] = -Infinity;
    for (let token = 0; token < logits.length; token++) {
      if (rhymeClasses[token] === CLOSING_PUNCTUATION) logits[token] = -Infinity;
    }
    return;
  }
  const letters = schemeOf(config).split(" ")[stanzas.length - 1] ?? "";
  const model = lineToRhymeWith(letters, lines);
  const target = lastRhymingWord(model, rhymeClasses);
  if (target === undefined) return;
  const rhymeClass = rhymeClasses[target];
  const rhymes = (/** @type {number} */ token) =>
    rhymeClasses[token] === rhymeClass && token !== target;
  const tokensPastStart = current.length - model.length + config.rhyme_lead;
  const growing = config.rhyme_bonus_per_token * Math.max(0, tokensPastStart);
  const bonus = Math.min(config.rhyme_bonus, growing);
  for (let token = 0; bonus > 0 && token < logits.length; token++) {
    if (rhymes(token)) logits[token] += bonus;
  }
  const last = lastRhymingWord(current, rhymeClasses);
  if (last !== undefined && rhymes(last)) logits[NEWLINE] += config.line_break_bonus;
  else if (current.length <= model.length) logits[NEWLINE] -= config.line_break_bonus;
}

/**
 * The last line above that has the current line's letter; empty if there is none.
 *
 * @param {string} letters The stanza's rhyme scheme.
 * @param {number[][]} lines
 */
export function lineToRhymeWith(letters, lines) {
  const letter = letters[lines.length];
  if (letter === undefined) return [];
  return lines.findLast((_, i) => letters[i] === letter) ?? [];
}

/**
 * The last token of a line that can rhyme.
 *
 * @param {number[]} line
 * @param {ArrayLike<number>} rhymeClasses
 */
export function lastRhymingWord(line, rhymeClasses) {
  return line.findLast((token) => rhymeClasses[token] > NO_RHYME);
}
