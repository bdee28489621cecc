/**
 * The worker of the addition page, called through shared/rpc.js. One network is current at a time.
 *
 *     load()                                     -> [{run, networks: [{hidden, biases, maxSum}]}]
 *     choose({run, hidden, biases, maxSum})      -> {weights, surface}, or null if the run has no such network
 *     restore({hidden, biases, maxSum, weights}) -> {weights, surface}
 *     begin({hidden, biases, maxSum, seed})      -> training state of a new network
 *     train({epochs})                            -> progress: training state, after every epoch
 *     pause()                                    -> training state
 *     solve({hidden, biases, maxSum, seed})      -> {weights, surface, starts, milliseconds}
 *
 * A training state is {losses, finished, diverged, weights, surface}. choose, restore, begin and solve replace the
 * current network and end its training.
 */

import { grid, predict, surfacePoints } from "../core/addition.js";
import { solve } from "../core/solve.js";
import { Trainer } from "../core/trainer.js";
import { fetchFiles, fetchIndex, json, loadGraph } from "../shared/model.js";
import { serve } from "../shared/rpc.js";
import { UserError } from "../shared/user-error.js";
import { yieldToEventLoop } from "../shared/yield-to-event-loop.js";
import * as tf from "../vendor/tfjs-cpu.js";

const DTYPE = "float32";

// The first epochs are slowed down so that they can be watched; together, they take five seconds at most.
const SLOW_EPOCHS = 200;
const MIN_EPOCH_MS = 12;

/** {graph, outputs, networks} of each run. */
const runs = new Map();

/** The current network, and how to compute its answers. */
let current = null;
let answer = null;

/** The training of the current network, and how many epochs are left to do. */
let trainer = null;
let epochsLeft = 0;

serve({
  async load() {
    await tf.setBackend("cpu");
    const entries = (await fetchIndex()).filter((model) => model.task === "addition");
    if (!entries.length)
      throw new UserError("There is no trained network on this site yet. Train one below.");
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

  restore({ weights, ...network }) {
    replaceNetwork(network, (pairs) => predict(weights, pairs));
    return { weights, surface: errorSurface() };
  },

  begin({ seed, ...network }) {
    const newTrainer = new Trainer({ ...network, seed });
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
      const end = performance.now() + MIN_EPOCH_MS;
      token.epoch();
      epochsLeft--;
      onProgress(trainingState());
      const isSlow = epochsLeft > 0 && token.losses.length < SLOW_EPOCHS;
      await (isSlow ? sleep(end - performance.now()) : yieldToEventLoop());
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
});

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Make another network the current one; `newAnswer` computes its nodes and sums for pairs. */
function replaceNetwork(network, newAnswer) {
  trainer = null;
  epochsLeft = 0;
  current = network;
  answer = newAnswer;
}

function trainingState() {
  const { losses, finished, diverged } = trainer;
  return {
    losses,
    finished,
    diverged,
    weights: trainer.weights(),
    surface: errorSurface(),
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
