// @ts-check
/** How a network is trained on a visitor's songs: recipes, and when they suit. */

/** @typedef {"tune" | "scratch"} Mode Continue a network of the site, or start from random weights. */

/**
 * @typedef {object} Plan
 * @property {{name: string, [name: string]: unknown}} recipe What the trainer's worker takes.
 * @property {string} [run] The network to start from.
 * @property {number} [share] How long it takes, compared with the plan that it replaces.
 */

/** The networks that can be continued, the best one first; the second one takes about half the time. */
const TUNABLE = ["gene-lyrica-two", "quick"];
const TUNING = { epochs: 6, learning_rate: 1e-3 };
/** With fewer songs, none is held out: what counts is how much of them the network knows. */
const MIN_HELD_OUT_SONGS = 4;
const FEW_SONGS = { stop_at_train_accuracy: 0.7 };
/** With at least this many songs, a network from scratch learns more than to repeat them. */
const MANY_SONGS = 200;
const SHARE_OF_SMALLER = 0.5;

/** The networks of the site that can be continued. @param {{task: string, run: string}[]} entries */
export const tunable = (entries) =>
  TUNABLE.filter((run) => entries.some((entry) => entry.run === run));

/**
 * The plans for some songs, the second one for slow devices.
 *
 * @param {Mode} mode
 * @param {number} songs
 * @param {string[]} runs Those that can be continued.
 * @returns {Plan[]}
 */
export function plansFor(mode, songs, runs) {
  const plans = mode === "tune" ? runs.map((run) => tune(run, songs)) : fromScratch(songs);
  return plans.map((plan, i) => (i ? { ...plan, share: SHARE_OF_SMALLER } : plan));
}

/** @param {string} run @param {number} songs @returns {Plan} */
function tune(run, songs) {
  const few = songs < MIN_HELD_OUT_SONGS ? FEW_SONGS : {};
  return { recipe: { name: run, ...TUNING, ...few }, run };
}

/** @param {number} songs @returns {Plan[]} */
function fromScratch(songs) {
  if (songs < MANY_SONGS)
    return [
      { recipe: { name: "baba-twist" } },
      { recipe: { name: "baba-twist", embedding_dim: 32, units: [96] } },
    ];
  return [
    { recipe: { name: "quick" } },
    { recipe: { name: "quick", embedding_dim: 64, units: [128] } },
  ];
}
