"""Specification, weights, prediction and evaluation of addition networks, for all recipes."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from common.prng import counter_uniforms
from data.addition import WEIGHTS_STREAM, all_pairs, half_range_grid

Array = Any  # a NumPy or JAX array

CHUNK = 4096  # pairs per evaluation; intermediate arrays of this size fit into the CPU cache


class AdderSpec(NamedTuple):
    """Specification of a network to train.

    Attributes:
        hidden: Number of hidden nodes.
        biases: Whether the network has biases.
        max_sum: Maximum sum in the training data.
        seed: Random seed of the training data, the initial weights and the permutations.
    """

    hidden: int
    biases: bool
    max_sum: int
    seed: int


class Weights(NamedTuple):
    """The weights of a network; see `models/addition.py`.

    Attributes:
        first: Weights from the inputs to the hidden nodes, shape (2, hidden).
        bias: Biases of the hidden nodes, shape (hidden,).
        last: Weights from the hidden nodes to the output, shape (hidden,).
        offset: Bias of the output, shape ().
    """

    first: Array
    bias: Array
    last: Array
    offset: Array


class Trained(NamedTuple):
    """A trained network.

    Attributes:
        spec: The specification of the network.
        weights: Its best weights.
        losses: Held-out loss after each epoch; for the solver, the loss of each attempt.
        seconds: Training time.
    """

    spec: AdderSpec
    weights: Weights
    losses: list[float]
    seconds: float


def initial_weights(spec: AdderSpec) -> Weights:
    """Return random initial weights, float32.

    They follow the Glorot uniform distribution, the default of Keras (Glorot and Bengio, 2010).
    Biases are 0. `web/core/trainer.js` draws the same weights in the browser.
    """
    hidden = spec.hidden
    draws = 2 * counter_uniforms(spec.seed, WEIGHTS_STREAM, 3 * hidden) - 1
    first = draws[: 2 * hidden] * np.sqrt(6 / (2 + hidden))
    last = draws[2 * hidden :] * np.sqrt(6 / (hidden + 1))
    return Weights(
        np.float32(first.reshape(2, hidden)),
        np.zeros(hidden, "float32"),
        np.float32(last),
        np.float32(0),
    )


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return the logistic function; 0 where the exponential overflows."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def predict(weights: Weights, pairs: np.ndarray) -> np.ndarray:
    """Predict sums in float64.

    Args:
        weights: The weights of a network.
        pairs: Pairs of numbers, shape (n, 2), float64.

    Returns:
        The predicted sums, shape (n,).
    """
    first, bias, last, offset = weights
    return _in_chunks(lambda chunk: sigmoid(chunk @ first + bias) @ last + offset, pairs)


def predict_float32(weights: Weights, pairs: np.ndarray) -> np.ndarray:
    """Predict sums as the browser does: round the weights and every result to float32.

    The CPU backend of TensorFlow.js stores tensors as float32 and computes in float64.
    `predict` in `web/core/addition.js` is the JavaScript version.

    Args:
        weights: The weights of a network.
        pairs: Pairs of numbers, shape (n, 2), float64.

    Returns:
        The predicted sums, shape (n,), float64.
    """
    first, bias, last, offset = (_round_to_float32(array) for array in weights)

    def predict_chunk(chunk):
        products = _round_to_float32(chunk @ first)
        nodes = _round_to_float32(sigmoid(_round_to_float32(products + bias)))
        return _round_to_float32(_round_to_float32(nodes @ last) + offset)

    return _in_chunks(predict_chunk, pairs)


def _in_chunks(function: Callable[[np.ndarray], np.ndarray], pairs: np.ndarray) -> np.ndarray:
    chunks = [function(pairs[i : i + CHUNK]) for i in range(0, len(pairs), CHUNK)]
    return np.concatenate(chunks)


def _round_to_float32(values) -> np.ndarray:
    return np.float32(values).astype("float64")


def accuracy(sums: np.ndarray, pairs: np.ndarray) -> float:
    """Return the fraction of predicted sums, shape (n,), that round to the true sums of `pairs`."""
    return float(np.mean(np.abs(sums - pairs.sum(axis=1)) < 0.5))


def evaluate(trained: Trained) -> dict:
    """Evaluate a trained network.

    Returns:
        A row of the table. `accuracy` and `mse` are measured as in the original experiment: in
        float32, on all pairs of numbers up to half of the maximum sum. `all_float32` and
        `all_float64` are the accuracy on all pairs whose sum is at most the maximum.
    """
    spec = trained.spec
    weights = trained.weights
    grid = half_range_grid(spec.max_sum)
    every = all_pairs(spec.max_sum)
    sums = predict_float32(weights, grid)
    return {
        "nodes": spec.hidden,
        "biases": int(spec.biases),
        "max_sum": spec.max_sum,
        "seed": spec.seed,
        "accuracy": accuracy(sums, grid),
        "mse": float(np.mean((sums - grid.sum(axis=1)) ** 2)),
        "all_float32": accuracy(predict_float32(weights, every), every),
        "all_float64": accuracy(predict(weights, every), every),
        "epochs": len(trained.losses),
        "seconds": trained.seconds,
    }
