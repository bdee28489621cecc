"""The addition networks made perfect: the same networks with a method that is fit for them, in float64.

Scale     Inputs and outputs are divided by the maximum sum M, and the scale is folded back into the weights at the end.
          With biases the input is centred too: x = 2 (a + b) / M - 1, else x = (a + b) / M.
Tie       a + b does not know a from b, so both inputs of a node get one weight. Lessons that hold (a, b) and (b, a)
          alike never part two weights that begin equal; so this is no more than a start, and what is left is a
          straight line to be made of sigmoids of x, on 64 points (Chebyshev's, dense at both ends).
Start     Small first weights, each made a little smaller by chance: each sigmoid is asked only for the stretch where
          it bends little. The last weights, in which the problem is linear, come from least squares with some ridge.
Descend   Levenberg-Marquardt over all weights at once.
Choose    Smaller first weights bend less but need larger last weights, and float32 blurs the sum in proportion to
          those. So the starts go from large to small, and the first whose sums are nearly right in float32 is kept.
Grid      Where none is (two nodes or one bias must reach 65,536), float32 itself helps: see `on_grid`.

Twin: web/core/solve.js.
"""

import time

import numpy as np

from common.prng import counter_uniforms
from data.addition import START
from train.addition.levenberg_marquardt import levenberg_marquardt
from train.addition.spec import Trained, Weights, predict_single, right, sigmoid

POINTS, STEPS, RIDGE, CHANCE = 64, 60, 1e-6, 0.3
STARTS = [4 * 2 ** (-k / 2) for k in range(22)]  # the largest first weight, from 4 to 0.003
BEND = np.log(2 + np.sqrt(3))  # where the third derivative of the sigmoid is zero, both ways
NEARLY = 0.2  # error of a sum that ends the choice: far from 0.5, where rounding fails


def solve(adder):
    """The Adder as a Trained; its losses are those of the starts, as mean squares."""
    begin, totals = time.monotonic(), np.arange(adder.max_sum + 1)
    asked = np.stack([totals // 2, totals - totals // 2], axis=1).astype(
        "float64"
    )  # tied: the sum alone counts
    best, losses = (-1, 0, None), []
    for weights in _candidates(adder):
        sums = predict_single(weights, asked)
        errors = np.abs(sums - asked.sum(axis=1))
        losses.append(float(np.mean(errors**2)))
        best = max(best, (right(sums, asked), -errors.max(), weights), key=lambda entry: entry[:2])
        if errors.max() < NEARLY:
            break
    return Trained(adder, best[2], losses, time.monotonic() - begin)


def _candidates(adder):
    for start in STARTS:
        yield descend(adder, start)
    if adder.biases or adder.hidden > 1:
        yield on_grid(adder.hidden, adder.biases)


def descend(adder, start):
    """The Weights that one start leads to, float64."""
    hidden, biases = adder.hidden, adder.biases
    x = np.cos(np.linspace(np.pi, 0, POINTS))
    target = (x + 1) / 2
    if not biases:
        x = target
    sizes = start * (1 - CHANCE * counter_uniforms(adder.seed, START, hidden))
    begin = _begin(x, target, biases, sizes)
    return _fold(
        levenberg_marquardt(_problem(x, target, hidden, biases), begin, STEPS),
        hidden,
        biases,
        adder.max_sum,
    )


def on_grid(hidden, biases):
    """Weights that add exactly in float32, for sums up to 65,536. All are powers of two, and one node does the work.

    It says S(-z) for z = s / 2^23, which is 1/2 - s / 2^25 + z^3 / 48. Between 1/4 and 1/2 float32 numbers lie 2^-25
    apart, so the first two terms are on the grid for every whole s, and the third, less than half a step, is rounded
    away. 2^25 times what is lacking to 1/2 is s itself. The 1/2 comes from the offset, or from a node of weight 0.
    """
    first, last = np.zeros((2, hidden)), np.zeros(hidden)
    first[:, -1], last[-1] = -(2.0**-23), -(2.0**25)
    if not biases:
        last[0] = 2.0**25
    return Weights(first, np.zeros(hidden), last, np.float64(2**24 * biases))


def _split(parameters, hidden, biases):
    """The parameters in a row: first, then bias if there are biases, last, then offset if there are biases."""
    if not biases:
        return parameters[:hidden], np.zeros(hidden), parameters[hidden:], 0.0
    return (
        parameters[:hidden],
        parameters[hidden : 2 * hidden],
        parameters[2 * hidden : -1],
        parameters[-1],
    )


def _problem(x, target, hidden, biases):
    """The function for Levenberg-Marquardt: errors on the points, and RIDGE times the last weights."""

    def function(parameters):
        first, bias, last, offset = _split(parameters, hidden, biases)
        nodes = sigmoid(x[:, None] * first + bias)
        slope = nodes * (1 - nodes) * last
        ones = [np.ones((POINTS, 1))] * biases
        above = np.concatenate([slope * x[:, None], *[slope] * biases, nodes, *ones], axis=1)
        below = np.zeros((hidden, above.shape[1]))
        place = above.shape[1] - hidden - biases
        below[:, place : place + hidden] = RIDGE * np.eye(hidden)
        return np.concatenate([nodes @ last + offset - target, RIDGE * last]), np.concatenate(
            [above, below]
        )

    return function


def _begin(x, target, biases, sizes):
    """Where the descent begins: first weights of up to these sizes (hidden,), last ones from ridge regression.

    Nodes come in pairs of opposite signs; with biases the pairs are spread from one bend to the other.
    """
    hidden = len(sizes)
    nodes = np.arange(hidden)
    first = sizes * np.where(nodes % 2, -1, 1) * (1 + nodes // 2) / max(hidden / 2, 1)
    bias = BEND * np.linspace(-1, 1, (hidden + 1) // 2)[nodes // 2] if hidden > 1 else np.zeros(1)
    if not biases:
        bias = np.zeros(hidden)
    features = np.concatenate(
        [sigmoid(x[:, None] * first + bias), *[np.ones((POINTS, 1))] * biases], axis=1
    )
    ridge = np.eye(features.shape[1])[:hidden] * RIDGE
    last = np.linalg.lstsq(
        np.concatenate([features, ridge]), np.concatenate([target, np.zeros(hidden)]), rcond=None
    )[0]
    return np.concatenate([first, *[bias] * biases, last])


def _fold(parameters, hidden, biases, max_sum):
    """Weights for whole numbers out of those for the scaled ones."""
    first, bias, last, offset = _split(parameters, hidden, biases)
    if biases:
        first, bias = 2 * first, bias - first
    return Weights(
        np.stack([first, first]) / max_sum, bias, last * max_sum, np.float64(offset * max_sum)
    )
