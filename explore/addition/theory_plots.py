"""Plots that need no trained network: why two hidden nodes can add, and the limits of float32."""

import numpy as np
from matplotlib.figure import Figure

from explore.addition.run_plots import needed_output_weight
from explore.plotting import (
    BLUE,
    INK,
    LINE_STYLES,
    MUTED,
    ORANGE,
    PAPER,
    SEQUENTIAL,
    set_title,
    styled_subplots,
)

MAX_SUM = 65536.0


def plot_tanh() -> Figure:
    """Plot the difference of two mirrored sigmoids, which is a tanh, and its error as an adder."""
    x = np.linspace(-6, 6, 401)
    figure, (left, right) = styled_subplots(2, 8.6, 3.6)
    left.plot(x, 1 / (1 + np.exp(-x)), color=ORANGE, label="S(x)")
    left.plot(x, 1 / (1 + np.exp(x)), color=BLUE, linestyle=(0, (5, 2)), label="S(−x)")
    left.plot(x, np.tanh(x / 2), color=INK, linewidth=2, label="S(x) − S(−x) = tanh(x / 2)")
    left.set_xlabel("x")
    left.legend(frameon=False, labelcolor=INK, fontsize=8, loc="lower right")
    set_title(left, "a sigmoid minus its mirror image")

    sums = np.linspace(0, 16, 201)
    for k, output_weight in enumerate((16, 26, 60)):
        slope = _best_slope(output_weight, sums)
        right.plot(
            sums,
            output_weight * np.tanh(slope * sums / 2) - sums,
            color=SEQUENTIAL(k / 2),
            linestyle=LINE_STYLES[k],
            label=f"{output_weight}",
        )
    right.axhspan(-0.5, 0.5, color=PAPER)
    right.legend(title="output weight", frameon=False, labelcolor=INK)
    right.set_xlabel("a + b")
    right.set_ylabel("error (rounds correctly within the band)")
    set_title(right, "its error, sums up to 16")
    return figure


def _best_slope(output_weight: float, sums: np.ndarray) -> float:
    """Return the first-layer weight with the smallest maximum error, by grid search."""
    slopes = 2 / output_weight * np.linspace(0.9, 1.6, 2001)
    errors = output_weight * np.tanh(slopes[:, None] * sums / 2) - sums
    return slopes[np.abs(errors).max(axis=1).argmin()]


def plot_float32() -> Figure:
    """Plot the percentage of correct sums up to 65,536 against the output weight, by precision."""
    sums = np.arange(MAX_SUM + 1)
    output_weights = np.geomspace(3e6, 5e7, 181)
    exact = [100 * _share_correct(weight, sums, np.float64) for weight in output_weights]
    rounded = [100 * _share_correct(weight, sums, np.float32) for weight in output_weights]
    best = int(np.argmax(rounded))

    figure, (axis,) = styled_subplots()
    axis.plot(output_weights, exact, color=INK, linestyle=LINE_STYLES[0], label="float64")
    axis.plot(output_weights, rounded, color=ORANGE, linestyle=LINE_STYLES[1], label="float32")
    axis.scatter(
        output_weights[best],
        rounded[best],
        color=ORANGE,
        s=40,
        zorder=3,
        label=f"best in float32: {rounded[best]:.1f}%",
    )
    axis.axvline(
        needed_output_weight(MAX_SUM),
        color=MUTED,
        linewidth=0.8,
        linestyle=LINE_STYLES[3],
        label="√(M³ / 6)",
    )
    axis.set_xscale("log")
    axis.set_xticks([], minor=True)
    axis.set_xticks([4e6, 1e7, 4e7], ["4 million", "10 million", "40 million"])
    axis.set_xlabel("output weight")
    axis.set_ylabel("sums that round correctly, %")
    axis.legend(frameon=False, labelcolor=INK, loc="lower right")
    set_title(axis, "two nodes without biases as a tanh, sums up to 65,536")
    return figure


def _share_correct(output_weight: float, sums: np.ndarray, dtype: type) -> float:
    """Return the fraction of sums s for which A S(w s) - A S(-w s) rounds to s.

    S is the sigmoid, A the output weight and w the first-layer weight. Weights, nodes and results
    are rounded to `dtype`, as in TensorFlow.js. w is chosen so that the maximum error is as small
    as possible. The error is a linear term, which depends on w, plus the cubic term of the tanh.
    Its maximum is smallest if the two form a Chebyshev polynomial.

    Args:
        output_weight: The output weight A.
        sums: The sums s, shape (n,), float64.
        dtype: The NumPy floating-point type to round to.
    """

    def rounded(values):
        return dtype(values).astype("float64")

    slope = rounded(2 / output_weight * (1 + (sums[-1] / output_weight) ** 2 / 4))
    weight = rounded(output_weight)
    positive = weight * rounded(1 / (1 + np.exp(-rounded(slope * sums))))
    negative = weight * rounded(1 / (1 + np.exp(rounded(slope * sums))))
    predicted = rounded(positive - negative)
    return float(np.mean(np.abs(predicted - sums) < 0.5))
