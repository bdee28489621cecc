// @ts-check
/** The fields of a link to the addition page, and the options of its menus. */

import { formatCount } from "../shared/format.js";
import { choice, flag, number, runName, words } from "../shared/url-state.js";
import { PACKED_WEIGHTS } from "./packed-weights.js";

/** @typedef {{run: string, networks: {hidden: number, biases: boolean, maxSum: number}[]}} Run */

/** The recipe of a network that is trained or solved on the page. */
export const HERE = "here";
const SIZES_HERE = { hidden: [1, 2, 4, 8, 16], maxSum: [16, 256, 65536] };
const RECIPE_LABELS = { sweep: "trained", original: "trained one by one", solve: "solved" };
const OLD_RECIPES = { seed: "original" }; // names in older links
const modernName = (recipe) => (Object.hasOwn(OLD_RECIPES, recipe) ? OLD_RECIPES[recipe] : recipe);

const recipeField = runName("sweep");
export const FIELDS = {
  a: words("8", 12),
  b: words("8", 12),
  hidden: choice("2", /^\d{1,3}$/),
  max: choice("16", /^\d{1,5}$/),
  biases: flag(false),
  recipe: { ...recipeField, read: (text) => recipeField.read(modernName(text)) },
  seed: number(1, 0, 2 ** 32 - 1),
  turn: number(35, 0, 359),
  made: choice("", /^(trained|solved)?$/), // how the network here was made
  weights: choice("", PACKED_WEIGHTS), // of the network here
};

/**
 * The options of the menu of recipes.
 *
 * @param {Run[]} runs
 * @param {boolean} isSolved Whether the network here was solved.
 */
export const recipeOptions = (runs, isSolved) => [
  ...runs.map(({ run }) => [run, RECIPE_LABELS[run] ?? run]),
  [HERE, isSolved ? "solved here" : "trained here"],
];

/**
 * The options of a size: those of a run's networks, or those for training here.
 *
 * @param {"hidden" | "maxSum"} key
 * @param {Run["networks"] | undefined} networks
 */
export function sizeOptions(key, networks) {
  const sizes = networks
    ? [...new Set(networks.map((network) => network[key]))].sort((a, b) => a - b)
    : SIZES_HERE[key];
  return sizes.map((size) => [size, formatCount(size)]);
}
