/** What a link to the lyrics page holds: the controls of the form, and what of a song is no control. */

import { select } from "../shared/form-fields.js";
import { choice, flag, number, words } from "../shared/url-state.js";
import { LONGEST } from "./line-by-line.js";

export const LONGEST_SEED = 2000; // characters

export const FORM = {
  text: words("hello world", LONGEST_SEED),
  run: choice("gene-lyrica-two", /^[\w-]{1,40}$/),
  randomness: number(0.9, 0, 2, 0.05),
  lines: number(16, 4, 60),
  guard: flag(true),
  minP: select("minP"),
  topK: select("topK"),
  nucleus: number(1, 0.05, 1, 0.05),
  noRepeat: select("noRepeat"),
  plan: select("plan"),
  band: choice("", /^.{0,60}$/),
};

export const TABLE = {
  ...FORM,
  model: choice("", /^[0-9a-f]{0,12}$/),
  number: number(1, 0, 2 ** 32 - 1),
  view: choice("song", /^(song|lines|all)$/),
  picks: words("", LONGEST_SEED), // place and word, in turn: what was chosen instead
  kept: words("", LONGEST), // line by line: see together.js
};
