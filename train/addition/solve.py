"""Solve for weights that add correctly, in float64, instead of training by gradient descent.

1. Scale: divide inputs and outputs by the maximum sum M; the scale is folded back into the weights
   at the end. With biases, the input is also centered: x = 2 (a + b) / M - 1; without biases,
   x = (a + b) / M.
2. Tie: a sum does not depend on the order of its terms, so both inputs of a node share one
   weight. What remains is to approximate a straight line by a sum of sigmoids of x. This is done
   at 64 Chebyshev points, which are dense at both ends.
3. Initialize: the first weights (inputs to nodes) are small, so that each sigmoid is used only
   where it is nearly straight. Each weight is reduced by a random fraction. The output is linear in
   the last weights (nodes to output), so they are initialized by ridge regression.
4. Descend: optimize all weights with Levenberg-Marquardt.
5. Select: with smaller first weights the sigmoids are straighter, but the last weights are larger,
   and so is the rounding error of float32. So initial scales are tried from large to small, and
   the first result whose sums are nearly exact in float32 is kept.
6. If there is no such result (two nodes without biases, sums up to 65,536), use the weights of
   `on_grid`, or the best result.

`web/core/solve.js` is the JavaScript version.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from common.prng import counter_uniforms
from data.addition import WEIGHTS_STREAM
from train.addition.levenberg_marquardt import levenberg_marquardt
from train.addition.spec import AdderSpec, Trained, Weights, accuracy, predict_float32, sigmoid

NUM_POINTS = 64
MAX_STEPS = 60
RIDGE = 1e-6
JITTER = 0.3  # maximum fraction by which an initial first weight is reduced at random
INITIAL_SCALES = [4 * 2 ** (-k / 2) for k in range(22)]  # scale of the first weights: 4 to 0.003
INFLECTION = np.log(2 + np.sqrt(3))  # the third derivative of the sigmoid is 0 at +-INFLECTION
TOLERANCE = 0.2  # if the maximum error is below this, the search stops; rounding fails at 0.5


def solve(spec: AdderSpec) -> Trained:
    """Find the weights of a network.

    Args:
        spec: The network to solve.

    Returns:
        The best candidate. Its `losses` are the mean squared errors of all candidates tried.
    """
    start = time.monotonic()
    totals = np.arange(spec.max_sum + 1)
    # Both inputs have the same weights, so one pair per sum stands for all pairs with that sum.
    pairs = np.stack([totals // 2, totals - totals // 2], axis=1).astype("float64")
    losses = []
    attempts = []
    for weights in _candidates(spec):
        sums = predict_float32(weights, pairs)
        errors = np.abs(sums - totals)
        losses.append(float(np.mean(errors**2)))
        score = (accuracy(sums, pairs), -float(errors.max()))
        attempts.append((score, weights))
        if errors.max() < TOLERANCE:
            break
    _, best_weights = max(attempts, key=lambda attempt: attempt[0])
    return Trained(spec, best_weights, losses, time.monotonic() - start)


def _candidates(spec: AdderSpec) -> Iterator[Weights]:
    for scale in INITIAL_SCALES:
        yield descend(spec, scale)
    if spec.biases or spec.hidden > 1:
        yield on_grid(spec.hidden, spec.biases)


def descend(spec: AdderSpec, scale: float) -> Weights:
    """Minimize the error of a network from one initialization.

    Args:
        spec: The network.
        scale: Scale of the initial first weights, from `INITIAL_SCALES`.

    Returns:
        The weights for unscaled numbers, float64.
    """
    chebyshev = np.cos(np.linspace(np.pi, 0, NUM_POINTS))
    target = (chebyshev + 1) / 2
    x = chebyshev if spec.biases else target
    uniforms = counter_uniforms(spec.seed, WEIGHTS_STREAM, spec.hidden)
    start = _initial_parameters(x, target, spec.biases, scale * (1 - JITTER * uniforms))
    function = _least_squares_problem(x, target, spec.hidden, spec.biases)
    parameters = levenberg_marquardt(function, start, MAX_STEPS)
    return _unscale(parameters, spec)


def on_grid(hidden: int, biases: bool) -> Weights:
    """Return weights that add exactly in float32, for sums up to 65,536.

    All weights are powers of two, and a single node computes the sum. For a sum s, the sigmoid S of
    this node is S(-z) = 1/2 - s / 2^25 + z^3 / 48 with z = s / 2^23. Between 1/4 and 1/2,
    neighboring float32 numbers are 2^-25 apart. So the first two terms are exact for every integer
    s, and the third is less than half of that distance and is rounded away. The result,
    subtracted from 1/2 and multiplied by 2^25, is exactly s. The 1/2 comes from the offset or,
    without biases, from a node whose first weights are 0.

    Args:
        hidden: Number of hidden nodes; at least 2 without biases.
        biases: Whether the network has biases.
    """
    first = np.zeros((2, hidden))
    last = np.zeros(hidden)
    first[:, -1] = -(2.0**-23)
    last[-1] = -(2.0**25)
    if biases:
        offset = np.float64(2.0**24)
    else:
        offset = np.float64(0)
        last[0] = 2.0**25
    return Weights(first, np.zeros(hidden), last, offset)


def _split(parameters: np.ndarray, hidden: int, biases: bool):
    """Split a parameter vector into first, bias, last and offset; missing biases become 0."""
    if not biases:
        return parameters[:hidden], np.zeros(hidden), parameters[hidden:], 0.0
    first = parameters[:hidden]
    bias = parameters[hidden : 2 * hidden]
    last = parameters[2 * hidden : -1]
    offset = parameters[-1]
    return first, bias, last, offset


def _least_squares_problem(
    x: np.ndarray, target: np.ndarray, hidden: int, biases: bool
) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return a function that maps parameters to the residuals to minimize and their Jacobian.

    The residuals are the errors at the points, followed by the last weights times RIDGE.
    """

    def function(parameters):
        first, bias, last, offset = _split(parameters, hidden, biases)
        nodes = sigmoid(x[:, None] * first + bias)
        by_bias = nodes * (1 - nodes) * last
        by_first = by_bias * x[:, None]
        if biases:
            columns = [by_first, by_bias, nodes, np.ones((NUM_POINTS, 1))]
            last_column = 2 * hidden
        else:
            columns = [by_first, nodes]
            last_column = hidden
        jacobian = np.concatenate(columns, axis=1)
        ridge_jacobian = np.zeros((hidden, jacobian.shape[1]))
        ridge_jacobian[:, last_column : last_column + hidden] = RIDGE * np.eye(hidden)
        residuals = np.concatenate([nodes @ last + offset - target, RIDGE * last])
        return residuals, np.concatenate([jacobian, ridge_jacobian])

    return function


def _initial_parameters(
    x: np.ndarray, target: np.ndarray, biases: bool, scales: np.ndarray
) -> np.ndarray:
    """Return the initial parameters of the optimization.

    Nodes come in pairs of opposite signs. With biases, the pairs are spread between the two zeros
    of the third derivative of the sigmoid.

    Args:
        x: Scaled inputs, shape (points,).
        target: Scaled sums, shape (points,).
        biases: Whether the network has biases.
        scales: Scale of the first weight of each node, shape (hidden,).
    """
    hidden = len(scales)
    nodes = np.arange(hidden)
    signs = np.where(nodes % 2, -1, 1)
    first = scales * signs * (1 + nodes // 2) / max(hidden / 2, 1)
    bias = np.zeros(hidden)
    if biases and hidden > 1:
        bias = INFLECTION * np.linspace(-1, 1, (hidden + 1) // 2)[nodes // 2]

    features = sigmoid(x[:, None] * first + bias)
    if biases:
        features = np.concatenate([features, np.ones((NUM_POINTS, 1))], axis=1)
    ridge = np.eye(features.shape[1])[:hidden] * RIDGE
    matrix = np.concatenate([features, ridge])
    last = np.linalg.lstsq(matrix, np.concatenate([target, np.zeros(hidden)]), rcond=None)[0]
    return np.concatenate([first, bias, last] if biases else [first, last])


def _unscale(parameters: np.ndarray, spec: AdderSpec) -> Weights:
    """Convert the parameters for scaled numbers to weights for unscaled numbers."""
    first, bias, last, offset = _split(parameters, spec.hidden, spec.biases)
    if spec.biases:
        bias = bias - first
        first = 2 * first
    return Weights(
        np.stack([first, first]) / spec.max_sum,
        bias,
        last * spec.max_sum,
        np.float64(offset * spec.max_sum),
    )
