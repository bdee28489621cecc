"""What the recipes of the addition networks share: which network, its weights, and how well it adds."""

from typing import NamedTuple

import numpy as np

from common.prng import counter_uniforms
from data.addition import START, square, triangle

PART = 4096


class Adder(NamedTuple):
    """Which network: nodes, with biases or without, the maximum sum of its lessons, the seed of its start."""

    hidden: int
    biases: bool
    max_sum: int
    seed: int


class Weights(NamedTuple):
    """first (2, hidden), bias (hidden,), last (hidden,), offset (): see models/addition.py."""

    first: np.ndarray
    bias: np.ndarray
    last: np.ndarray
    offset: np.ndarray


class Trained(NamedTuple):
    """A network that has learned: its best weights, the held-out loss of each epoch, and the seconds it took."""

    adder: Adder
    weights: Weights
    losses: list
    seconds: float


def begin(adder):
    """The Weights that an Adder starts from, float32: Keras' usual ones (Glorot & Bengio 2010), as the page draws them.

    Uniform, as wide as the sizes of both sides of a layer allow; the biases are 0.
    """
    hidden = adder.hidden
    draws = 2 * counter_uniforms(adder.seed, START, 3 * hidden) - 1
    first, last = (
        draws[: 2 * hidden] * np.sqrt(6 / (2 + hidden)),
        draws[2 * hidden :] * np.sqrt(6 / (hidden + 1)),
    )
    return Weights(*map(np.float32, (first.reshape(2, hidden), np.zeros(hidden), last, 0)))


def sigmoid(z):
    """The logistic function; where exp overflows, its limit 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def predict(weights, pairs):
    """Sums (n,) of pairs (n, 2) in float64."""
    first, bias, last, offset = weights
    return _in_parts(lambda part: sigmoid(part @ first + bias) @ last + offset, pairs)


def predict_single(weights, pairs):
    """Sums (n,) as a browser reckons them: weights and every result in float32, what is between them in float64.

    That is what TensorFlow.js' cpu backend does, whose numbers are JavaScript's. Twin: `predict` in
    web/core/addition.js.
    """
    first, bias, last, offset = (_single(part) for part in weights)

    def sums(part):
        nodes = _single(sigmoid(_single(_single(part @ first) + bias)))
        return _single(_single(nodes @ last) + offset)

    return _in_parts(sums, pairs)


def _in_parts(function, pairs):
    """A million pairs at once would run through main memory at every step; parts stay in the processor's cache."""
    return np.concatenate([function(pairs[i : i + PART]) for i in range(0, len(pairs), PART)])


def _single(values):
    return np.float32(values).astype("float64")


def right(sums, pairs):
    """The share of sums that round to the right one."""
    return float(np.mean(np.abs(sums - pairs.sum(axis=1)) < 0.5))


def measure(trained):
    """A row of the table.

    accuracy, mse: the original's test, every pair of numbers up to half of the maximum sum, in float32;
    all_float32, all_float64: the share of right answers to every pair whose sum is at most the maximum.
    """
    adder, weights = trained.adder, trained.weights
    asked, every = square(adder.max_sum), triangle(adder.max_sum)
    sums = predict_single(weights, asked)
    return {
        "nodes": adder.hidden,
        "biases": int(adder.biases),
        "max_sum": adder.max_sum,
        "seed": adder.seed,
        "accuracy": right(sums, asked),
        "mse": float(np.mean((sums - asked.sum(axis=1)) ** 2)),
        "all_float32": right(predict_single(weights, every), every),
        "all_float64": right(predict(weights, every), every),
        "epochs": len(trained.losses),
        "seconds": trained.seconds,
    }
