"""Plots that compare all of a run's networks without biases: losses and output weights."""

import csv
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.cli import GeneError
from explore.plotting import (
    BLUE,
    INK,
    LINE_STYLES,
    ORANGE,
    SEQUENTIAL,
    set_title,
    styled_subplots,
)
from models.addition import Stack
from train.addition.tables import loss_column


def plot_losses(stack: Stack, folder: Path) -> Figure:
    """Plot the held-out loss over the epochs, one panel per maximum sum.

    Args:
        stack: The networks of the run.
        folder: The folder of the run, which contains losses.csv.

    Raises:
        GeneError: If there is no losses.csv.
    """
    try:
        with open(folder / "losses.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise GeneError(
            f"{folder / 'losses.csv'}: no such file; runs with --recipe solve record no losses; "
            "choose another run with --run"
        ) from None
    groups = _without_biases(stack)
    figure, axes = styled_subplots(len(groups), 4 * len(groups) + 0.5, 3.6)
    for axis, (max_sum, indices) in zip(axes, groups.items(), strict=True):
        for k, index in enumerate(indices):
            hidden = stack.hidden[index]
            column = loss_column(hidden, False, max_sum)
            losses = [float(row[column]) for row in rows if row[column]]
            axis.plot(
                range(1, len(losses) + 1),
                losses,
                color=SEQUENTIAL(k / max(1, len(indices) - 1)),
                linewidth=1.6,
                linestyle=LINE_STYLES[k % len(LINE_STYLES)],
                label=f"{hidden}",
            )
        low, high = axis.get_ylim()
        scale = "log" if high > 3 * low else "linear"
        axis.set_yscale(scale)
        axis.set_xlabel("epoch")
        set_title(axis, f"sums up to {max_sum:,} ({scale} scale)")
    axes[0].set_ylabel("held-out loss (mean squared error)")
    axes[0].legend(title="nodes", frameon=False, labelcolor=INK)
    return figure


def _without_biases(stack: Stack) -> dict[int, list[int]]:
    """Return the indices of the networks without biases, by maximum sum.

    Raises:
        GeneError: If all networks have biases.
    """
    groups: dict[int, list[int]] = {}
    for index, max_sum in enumerate(stack.max_sums):
        if not stack.biases[index]:
            groups.setdefault(max_sum, []).append(index)
    if not groups:
        raise GeneError(
            "this run has no networks without biases to plot; choose another run with --run"
        )
    return dict(sorted(groups.items()))


def plot_outputs(stack: Stack) -> Figure:
    """Plot the output weights of every network: positive to the right, negative to the left."""
    groups = _without_biases(stack)
    figure, axes = styled_subplots(len(groups), 4 * len(groups) + 0.5, 3.6)
    for axis, (max_sum, indices) in zip(axes, groups.items(), strict=True):
        for row, index in enumerate(indices):
            weights = np.asarray(stack.last[index])[: stack.hidden[index]]
            _stack_bars(axis, row, np.sort(weights[weights > 0])[::-1], color=ORANGE)
            _stack_bars(axis, row, np.sort(weights[weights < 0]), color=BLUE, hatch="///")
        axis.axvline(0, color=INK, linewidth=0.8)
        axis.set_yticks(range(len(indices)), [f"{stack.hidden[index]}" for index in indices])
        axis.set_xlabel("output weights, stacked")
        set_title(axis, f"sums up to {max_sum:,}")
    axes[0].set_ylabel("nodes")
    return figure


def _stack_bars(axis: Axes, row: int, weights: np.ndarray, **style) -> None:
    """Draw weights of the same sign end to end, starting at 0."""
    start = 0.0
    for weight in weights:
        axis.barh(row, weight, left=start, height=0.6, edgecolor="white", linewidth=0.8, **style)
        start += weight


def plot_growth(stack: Stack, run_name: str) -> Figure:
    """Plot the output weight that two nodes without biases need, and the weights of a run.

    Args:
        stack: The networks of the run.
        run_name: Name of the run, for the legend.
    """
    max_sums = np.array([16, 64, 256, 1024, 4096, 16384, 65536.0])
    figure, (axis,) = styled_subplots()
    axis.plot(max_sums, needed_output_weight(max_sums), color=INK, label="needed: √(M³ / 6)")
    label = f"reached by {run_name}"
    for max_sum, indices in _without_biases(stack).items():
        for index in indices:
            if stack.hidden[index] == 2:
                reached = np.abs(np.asarray(stack.last[index])[:2]).max()
                axis.scatter(max_sum, reached, color=ORANGE, s=50, zorder=3, label=label)
                label = ""  # only one entry in the legend
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("maximum sum M")
    axis.set_ylabel("largest output weight")
    set_title(axis, "two nodes without biases")
    axis.legend(frameon=False, labelcolor=INK)
    return figure


def needed_output_weight(max_sum):
    """Return the output weight that two nodes without biases need for all sums up to `max_sum`.

    Such a network is a tanh, which differs from a straight line by a cubic term. With this output
    weight and the best slope, the maximum error is 1/2, so all sums just barely round correctly
    (docs/addition.md).
    """
    return np.sqrt(max_sum**3 / 6)
