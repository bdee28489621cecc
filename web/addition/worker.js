/**
 * The worker of the addition page, called through shared/rpc.js. One network is current at a time.
 *
 *     load()                                     -> [{run, networks: [{hidden, biases, maxSum}]}]
 *     choose({run, hidden, biases, maxSum})      -> {weights, surface}, or null if the run has no such network
 *     begin({hidden, biases, maxSum, seed})      -> training state of a fresh network
 *     train({epochs})                            -> progress: training state
 *     pause()                                    -> training state; the next train continues the epoch
 *     solve({hidden, biases, maxSum, seed})      -> {weights, surface, starts, milliseconds}
 *     ask({pair})                                -> {nodes, sum}
 *
 * A training state is {losses, finished, lost, weights, surface, tensors}. choose, begin and solve replace the current
 * network and end its training.
 */

import * as tf from "../vendor/training.js";
import { grid, predict, surfacePoints } from "../core/addition.js";
import { fetchFiles, fetchIndex, loadGraph, json } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
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

serve({
  async load() {
    await tf.setBackend("cpu");
    index = (await fetchIndex()).filter((model) => model.task === "addition");
    if (!index.length)
      throw new UserError("There is no trained network on this site yet. Train one here, below.");
    await Promise.all(index.map(async (entry) => graphs.set(entry.run, await load(entry))));
    return [...graphs].map(([run, { networks }]) => ({ run, networks }));
  },

  choose({ run, ...network }) {
    const { graph, outputs, networks } = graphs.get(run) ?? { networks: [] };
    const place = networks.findIndex((other) =>
      Object.keys(network).every((key) => other[key] === network[key]),
    );
    if (place < 0) return null;
    replaceNetwork(network, (pairs) => askGraph(graph, outputs, place, network.hidden, pairs));
    const { weights } = asked(new Float32Array(2));
    return { weights, surface: surface() };
  },

  begin({ seed, ...network }) {
    const fresh = new Trainer(tf, { ...network, seed });
    replaceNetwork(network, (pairs) => predict(fresh.weights(), pairs));
    trainer = fresh;
    return trainingState();
  },

  async train({ epochs }, onProgress) {
    const token = trainer;
    const running = wanted > 0;
    wanted = epochs;
    if (running) return;
    while (token === trainer && wanted > 0 && !token.finished) {
      under ??= token.epoch();
      for (const until = performance.now() + SLICE_MS; under && performance.now() < until; ) {
        if (under.next().done) endEpoch(token, onProgress);
      }
      await yieldToEventLoop();
    }
    if (token === trainer) wanted = 0;
  },

  pause() {
    wanted = 0;
    return trainer ? trainingState() : null;
  },

  solve(network) {
    const start = performance.now();
    const { weights, starts } = solve(network);
    const milliseconds = performance.now() - start;
    replaceNetwork(network, (pairs) => predict(weights, pairs));
    return { weights, surface: surface(), starts, milliseconds };
  },

  ask({ pair }) {
    const { nodes, sums } = asked(Float32Array.from(pair));
    return { nodes, sum: sums[0] };
  },
});

function endEpoch({ finished }, onProgress) {
  under = null;
  wanted--;
  if (wanted <= 0 || finished || performance.now() - shown > SHOW) onProgress(trainingState());
}

/** Make another network the current one; `ask` computes its answers to pairs. */
function replaceNetwork(network, ask) {
  trainer?.dispose();
  trainer = under = null;
  wanted = 0;
  current = network;
  asked = ask;
}

function trainingState() {
  shown = performance.now();
  const { losses, finished, lost } = trainer;
  return {
    losses,
    finished,
    lost,
    weights: trainer.weights(),
    surface: surface(),
    tensors: tf.memory().numTensors,
  };
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
