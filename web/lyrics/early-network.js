// @ts-check
/**
 * On a slow connection, a small network is loaded before the chosen one, so that the visitor can write while the chosen
 * one is being downloaded.
 */

const JUDGE_AFTER_MS = 1200;
const LONG_WAIT_MS = 10_000;
const MIN_RATIO = 2; // a network that is hardly smaller is not worth a change

/** @typedef {import("../shared/model.js").ModelEntry} ModelEntry */

/** @param {ModelEntry} entry */
const sizeOf = ({ files }) =>
  files.filter(({ path }) => path.startsWith("uint8/")).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * Let a small network write until the chosen one has arrived.
 *
 * @param {import("./networks.js").Networks} networks
 * @param {string} chosen A run.
 * @param {{say: (text: string) => void, onArrival: () => void}} page `onArrival` is called when the chosen network can be
 *   used.
 */
export async function writeMeanwhile(networks, chosen, { say, onArrival }) {
  const smaller = findSmaller(networks.entries, chosen);
  if (!smaller) return;
  const isUsed = () => networks.isReady && networks.loaded === smaller;
  await networks.load(smaller);
  if (!isUsed()) return;
  say(`The connection is slow, so ${smaller} writes until ${chosen} is ready.`);
  if ((await networks.client.prefetch(networks.wanted(chosen))) && isUsed()) onArrival();
}

/** The sentence about a network that has arrived; "" for none. @param {string} run */
export const describeArrival = (run) => run && `${run} is ready. It will write the next song. `;

/**
 * The run of the smallest network; undefined if it is not much smaller than the network of `run`.
 *
 * @param {ModelEntry[]} entries
 * @param {string} run
 */
function findSmaller(entries, run) {
  const wanted = entries.find((entry) => entry.run === run);
  const ofSite = entries.filter(({ file }) => !file);
  const [smallest] = ofSite.sort((a, b) => sizeOf(a) - sizeOf(b));
  return wanted && MIN_RATIO * sizeOf(smallest) < sizeOf(wanted) ? smallest.run : undefined;
}

/** Make a function that judges from the progress of a download whether it will take long. */
export function speedJudge() {
  /** @type {number | undefined} */
  let start;
  return (/** @type {{loaded: number, total: number}} */ { loaded, total }) => {
    start ??= performance.now();
    const elapsed = performance.now() - start;
    return elapsed > JUDGE_AFTER_MS && (elapsed / loaded) * (total - loaded) > LONG_WAIT_MS;
  };
}
