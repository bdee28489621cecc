// @ts-check
/** A sum that a network gets wrong until it is repaired. With only two nodes, it needs no worker. */

import { parseNumber, roundedAnswer, verdict } from "../addition/messages.js";
import { packWeights } from "../addition/packed-weights.js";
import { predict } from "../core/addition.js";
import { solve } from "../core/solve.js";
import { $, say } from "../shared/dom.js";

/** @typedef {import("../core/addition.js").Weights} Weights */

const SPEC = { hidden: 2, biases: false, maxSum: 16, seed: 1 };

/** The weights of the network with two nodes in checkpoints/addition/sweep. @type {Weights} */
export const TRAINED = {
  first: Float32Array.of(
    -0.03512810915708542,
    0.16686370968818665,
    -0.16477704048156738,
    0.032442279160022736,
  ),
  bias: new Float32Array(2),
  last: Float32Array.of(-23.139991760253906, 22.336193084716797),
  offset: 0,
};

export function askForSums() {
  let weights = TRAINED;

  function answer() {
    const pair = [parseNumber($("a").value), parseNumber($("b").value)];
    const problem = pair.find((number) => typeof number === "string");
    if (problem) {
      $("answer").textContent = "?";
      say(/** @type {string} */ (problem), true, "verdict");
      return;
    }
    const numbers = /** @type {number[]} */ (pair);
    const [sum] = predict(weights, numbers).sums;
    const { text, isRight } = roundedAnswer(numbers, sum);
    $("answer").textContent = text;
    $("answer").className = isRight ? "right" : "wrong";
    say(verdict(numbers, sum, SPEC.maxSum), false, "verdict");
    $("sum-link").href = `addition.html#${new URLSearchParams(linkFields(weights))}`;
  }

  function repair() {
    weights = solve(SPEC).weights;
    $("repair").disabled = true;
    $("repair").textContent = "Repaired";
    answer();
  }

  for (const id of ["a", "b"]) $(id).addEventListener("input", answer);
  $("form").addEventListener("submit", (event) => event.preventDefault());
  $("repair").addEventListener("click", repair);
  answer();
}

/** The fields of a link that opens the addition page with this sum and network. @param {Weights} weights */
const linkFields = (weights) => ({
  v: "1",
  a: $("a").value,
  b: $("b").value,
  ...(weights !== TRAINED && { recipe: "here", made: "solved", weights: packWeights(weights) }),
});
