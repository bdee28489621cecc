/**
 * The addition networks, away from the page: the page sends {type, ...}, the worker answers.
 *
 *     load                                          -> ready {runs: [{run, networks: [{hidden, biases, maxSum}]}]}
 *     choose {id, run, hidden, biases, maxSum}      -> chosen {id, weights, surface}, or absent {id}
 *     begin  {id, hidden, biases, maxSum, seed}     -> learned {id, losses: [], ...}: a fresh network
 *     train  {epochs}                               -> learned {id, losses, finished, lost, weights, ...} ...
 *     pause                                         -> the epoch under way goes on with the next train
 *     solve  {id, hidden, biases, maxSum, seed}     -> chosen {id, weights, surface, starts, milliseconds}
 *     ask    {id, pair}                             -> told {id, nodes, sum}, of the network that was last there
 *
 * Whatever goes wrong is told as trouble {text}. What is chosen, begun or solved takes the place of what was there.
 */

import * as tf from "../vendor/training.js";
import { grid, predict, surfacePoints } from "../core/addition.js";
import { fetchFiles, fetchIndex, loadGraph, json } from "../shared/model.js";
import { UserError } from "../shared/user-error.js";
import { solve } from "../core/solve.js";
import { Trainer } from "../core/trainer.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";

const FORM = "float32";
const SHOW = 120; // milliseconds between two pictures

let index = [],
  graphs = new Map(),
  asked = null,
  trainer = null,
  under = null,
  wanted = 0,
  shown = 0,
  current = {};

const tasks = {
  async load() {
    await tf.setBackend("cpu");
    index = (await fetchIndex()).filter((model) => model.task === "addition");
    if (!index.length)
      throw new UserError("There is no trained network on this site yet. Train one here, below.");
    await Promise.all(index.map(async (entry) => graphs.set(entry.run, await load(entry))));
    const runs = [...graphs].map(([run, { networks }]) => ({ run, networks }));
    self.postMessage({ type: "ready", runs });
  },

  choose({ id, run, ...network }) {
    const { graph, outputs, networks } = graphs.get(run) ?? { networks: [] };
    const place = networks.findIndex((other) =>
      Object.keys(network).every((key) => other[key] === network[key]),
    );
    if (place < 0) return self.postMessage({ type: "absent", id });
    take(id, network, (pairs) => askGraph(graph, outputs, place, network.hidden, pairs));
    const { weights } = asked(new Float32Array(2));
    self.postMessage({ type: "chosen", id, weights, surface: surface() });
  },

  begin({ id, seed, ...network }) {
    const fresh = new Trainer(tf, { ...network, seed });
    take(id, network, (pairs) => predict(fresh.weights(), pairs));
    trainer = fresh;
    showLearned();
  },

  async train({ epochs }) {
    const mine = trainer,
      running = wanted > 0;
    wanted = epochs;
    if (running) return;
    while (mine === trainer && wanted > 0 && !mine.finished) {
      under ??= mine.epoch();
      for (const until = performance.now() + SLICE_MS; under && performance.now() < until; ) {
        if (under.next().done) endEpoch(mine);
      }
      await yieldToEventLoop();
    }
    if (mine === trainer) wanted = 0;
  },

  pause() {
    wanted = 0;
    if (trainer) showLearned();
  },

  solve({ id, ...network }) {
    const start = performance.now(),
      { weights, starts } = solve(network),
      milliseconds = performance.now() - start;
    take(id, network, (pairs) => predict(weights, pairs));
    self.postMessage({ type: "chosen", id, weights, surface: surface(), starts, milliseconds });
  },

  ask({ id, pair }) {
    const { nodes, sums } = asked(Float32Array.from(pair));
    self.postMessage({ type: "told", id, nodes, sum: sums[0] });
  },
};

function endEpoch(mine) {
  under = null;
  wanted--;
  if (wanted <= 0 || mine.finished || performance.now() - shown > SHOW) showLearned();
}

/** Put another network in the place of what was there. */
function take(id, network, ask) {
  trainer?.dispose();
  trainer = under = null;
  wanted = 0;
  current = { id, ...network };
  asked = ask;
}

function showLearned() {
  shown = performance.now();
  const { losses, finished, lost } = trainer;
  self.postMessage({
    type: "learned",
    id: current.id,
    losses,
    finished,
    lost,
    weights: trainer.weights(),
    surface: surface(),
    tensors: tf.memory().numTensors,
  });
}

/** The errors at every pair of points, in rows of the first number. */
function surface() {
  const points = surfacePoints(current.maxSum),
    pairs = grid(points),
    { sums } = asked(pairs);
  return { points, errors: sums.map((sum, i) => sum - pairs[2 * i] - pairs[2 * i + 1]) };
}

async function load(entry) {
  const files = await fetchFiles(
    entry,
    (path) => path.startsWith(`${FORM}/`) || path === "meta.json",
  );
  const { config, outputs } = json(files.get("meta.json"));
  const networks = config.hidden.map((hidden, i) => ({
    hidden,
    biases: config.biases[i] === 1,
    maxSum: config.max_sums[i],
  }));
  return { graph: await loadGraph(tf, files, FORM), outputs, networks };
}

/** What a graph says of pairs; nodes and weights without those that only fill the graph up. */
function askGraph(graph, outputs, place, hidden, pairs) {
  const names = ["first", "bias", "last", "offset", "nodes", "sums"];
  const inputs = {
    network: tf.scalar(place, "int32"),
    pairs: tf.tensor(pairs, [pairs.length / 2, 2]),
  };
  const tensors = graph.execute(
    inputs,
    names.map((name) => outputs[name]),
  );
  const size = tensors[2].size,
    rows = (values) => values.filter((_, i) => i % size < hidden);
  const [first, bias, last, offset, nodes, sums] = tensors.map((tensor) => tensor.dataSync());
  tf.dispose([inputs, tensors]);
  const weights = { first: rows(first), bias: rows(bias), last: rows(last), offset: offset[0] };
  return { nodes: rows(nodes), sums, weights };
}

self.onmessage = async ({ data: { type, ...rest } }) => {
  try {
    await tasks[type](rest);
  } catch (error) {
    if (!(error instanceof UserError)) console.error(error);
    self.postMessage({
      type: "trouble",
      text: error instanceof UserError ? error.message : `Something went wrong: ${error.message}`,
    });
  }
};
