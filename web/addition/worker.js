/**
 * The worker of the addition page, called through shared/rpc.js. One network is current at a time.
 *
 *     load()                                     -> [{run, networks: [{hidden, biases, maxSum}]}]
 *     choose({run, hidden, biases, maxSum})      -> {weights, surface}, or null if the run has no such network
 *     begin({hidden, biases, maxSum, seed})      -> training state of a new network
 *     train({epochs})                            -> progress: training state
 *     pause()                                    -> training state; the next train continues the epoch
 *     solve({hidden, biases, maxSum, seed})      -> {weights, surface, starts, milliseconds}
 *     ask({pair})                                -> {nodes, sum}
 *
 * A training state is {losses, finished, diverged, weights, surface, tensors}. choose, begin and solve replace the
 * current network and end its training.
 */

import { grid, predict, surfacePoints } from "../core/addition.js";
import { solve } from "../core/solve.js";
import { Trainer } from "../core/trainer.js";
import { fetchFiles, fetchIndex, json, loadGraph } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { SLICE_MS, yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/training.js";

const DTYPE = "float32";
const REPORT_MS = 120; // milliseconds between two progress reports

/** {graph, outputs, networks} of each run. */
const runs = new Map();

/** The current network, and how to compute its answers. */
let current = null;
let answer = null;

/** The training of the current network, the epoch under way, and how many epochs are left to do. */
let trainer = null;
let epoch = null;
let epochsLeft = 0;
let reportedAt = 0;

serve({
  async load() {
    await tf.setBackend("cpu");
    const entries = (await fetchIndex()).filter((model) => model.task === "addition");
    if (!entries.length)
      throw new UserError("There is no trained network on this site yet. Train one here, below.");
    await Promise.all(entries.map(async (entry) => runs.set(entry.run, await loadRun(entry))));
    return [...runs].map(([run, { networks }]) => ({ run, networks }));
  },

  choose({ run, ...network }) {
    const { graph, outputs, networks } = runs.get(run) ?? { networks: [] };
    const index = networks.findIndex((other) =>
      Object.keys(network).every((key) => other[key] === network[key]),
    );
    if (index < 0) return null;
    replaceNetwork(network, (pairs) => evaluateGraph(graph, outputs, index, network.hidden, pairs));
    const { weights } = answer(new Float32Array(2));
    return { weights, surface: errorSurface() };
  },

  begin({ seed, ...network }) {
    const newTrainer = new Trainer(tf, { ...network, seed });
    replaceNetwork(network, (pairs) => predict(newTrainer.weights(), pairs));
    trainer = newTrainer;
    return trainingState();
  },

  async train({ epochs }, onProgress) {
    const token = trainer;
    const isRunning = epochsLeft > 0;
    epochsLeft = epochs;
    if (isRunning) return;
    while (token === trainer && epochsLeft > 0 && !token.finished) {
      trainSlice(token, onProgress);
      await yieldToEventLoop();
    }
    if (token === trainer) epochsLeft = 0;
  },

  pause() {
    epochsLeft = 0;
    return trainer ? trainingState() : null;
  },

  solve(network) {
    const start = performance.now();
    const { weights, starts } = solve(network);
    const milliseconds = performance.now() - start;
    replaceNetwork(network, (pairs) => predict(weights, pairs));
    return { weights, surface: errorSurface(), starts, milliseconds };
  },

  ask({ pair }) {
    const { nodes, sums } = answer(Float32Array.from(pair));
    return { nodes, sum: sums[0] };
  },
});

/** Train until the time slice or the epoch ends. */
function trainSlice(currentTrainer, onProgress) {
  epoch ??= currentTrainer.epoch();
  const end = performance.now() + SLICE_MS;
  while (epoch && performance.now() < end) {
    if (epoch.next().done) endEpoch(currentTrainer, onProgress);
  }
}

function endEpoch({ finished }, onProgress) {
  epoch = null;
  epochsLeft--;
  const isDue = performance.now() - reportedAt > REPORT_MS;
  if (epochsLeft <= 0 || finished || isDue) onProgress(trainingState());
}

/** Make another network the current one; `newAnswer` computes its nodes and sums for pairs. */
function replaceNetwork(network, newAnswer) {
  trainer?.dispose();
  trainer = null;
  epoch = null;
  epochsLeft = 0;
  current = network;
  answer = newAnswer;
}

function trainingState() {
  reportedAt = performance.now();
  const { losses, finished, diverged } = trainer;
  return {
    losses,
    finished,
    diverged,
    weights: trainer.weights(),
    surface: errorSurface(),
    tensors: tf.memory().numTensors,
  };
}

/** The errors of the current network at every pair of points; the second number changes fastest. */
function errorSurface() {
  const points = surfacePoints(current.maxSum);
  const pairs = grid(points);
  const { sums } = answer(pairs);
  const errors = sums.map((sum, i) => sum - pairs[2 * i] - pairs[2 * i + 1]);
  return { points, errors };
}

async function loadRun(entry) {
  const files = await fetchFiles(
    entry,
    (path) => path.startsWith(`${DTYPE}/`) || path === "meta.json",
  );
  const { config, outputs } = json(files.get("meta.json"));
  const networks = config.hidden.map((hidden, i) => ({
    hidden,
    biases: config.biases[i] === 1,
    maxSum: config.max_sums[i],
  }));
  return { graph: await loadGraph(tf, files, DTYPE), outputs, networks };
}

/** Evaluate a network of an exported graph; padding is removed from its nodes and weights. */
function evaluateGraph(graph, outputs, index, hidden, pairs) {
  const names = ["first", "bias", "last", "offset", "nodes", "sums"];
  const inputs = {
    network: tf.scalar(index, "int32"),
    pairs: tf.tensor(pairs, [pairs.length / 2, 2]),
  };
  const tensors = graph.execute(
    inputs,
    names.map((name) => outputs[name]),
  );
  const [first, bias, last, offset, nodes, sums] = tensors.map((tensor) => tensor.dataSync());
  tf.dispose([inputs, tensors]);
  const unpad = (values) => values.filter((_, i) => i % last.length < hidden);
  const weights = {
    first: unpad(first),
    bias: unpad(bias),
    last: unpad(last),
    offset: offset[0],
  };
  return { nodes: unpad(nodes), sums, weights };
}
