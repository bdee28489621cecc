"""Plots of one addition network: its error over pairs of numbers, and its weights."""

from typing import Any

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from explore.plotting import BLUE, GRID, INK, MUTED, ORANGE, PAPER, set_title, styled_subplots
from models.addition import Stack

# Blue: the predicted sum is too small; orange: it is too large.
ERROR_COLORS = LinearSegmentedColormap.from_list("errors", [BLUE, PAPER, ORANGE])
MAX_SURFACE_POINTS = 33  # per axis

# Coordinates of the network diagram.
INPUT_X = 0
NODE_X = 2
OUTPUT_X = 4
INPUT_HEIGHTS = [0.8, -0.8]


def network_name(stack: Stack, index: int) -> str:
    """Return a short description of a network, for titles."""
    nodes = stack.hidden[index]
    plural = "s" if nodes > 1 else ""
    biases = ", biases" if stack.biases[index] else ""
    return f"{nodes} node{plural}{biases}, sums up to {stack.max_sums[index]:,}"


def predict(stack: Stack, index: int, pairs: np.ndarray) -> np.ndarray:
    """Return the sums (n,) that a network computes in float32 for pairs (n, 2)."""
    _, sums = stack(np.float32(pairs), index=index)
    return np.asarray(sums, "float64")


def plot_surface(stack: Stack, index: int) -> Figure:
    """Plot the error as a surface over all pairs of numbers up to half of the maximum sum."""
    half = stack.max_sums[index] // 2
    points = np.unique(np.linspace(0, half, min(half + 1, MAX_SURFACE_POINTS)).round())
    a, b = np.meshgrid(points, points, indexing="ij")
    pairs = np.stack([a.ravel(), b.ravel()], axis=1)
    errors = predict(stack, index, pairs).reshape(a.shape) - a - b

    figure = pyplot.figure(figsize=(6.4, 4.4))
    axis: Any = figure.add_axes((0.0, 0.0, 0.95, 1.0), projection="3d", computed_zorder=False)
    axis.plot_surface(
        a,
        b,
        errors,
        cmap=ERROR_COLORS,
        norm=_centered_at_zero(errors),
        rcount=MAX_SURFACE_POINTS,
        ccount=MAX_SURFACE_POINTS,
        linewidth=0.2,
        edgecolor=f"{INK}40",
    )
    _style_surface_axis(axis)
    figure.text(0.04, 0.93, network_name(stack, index), color=INK, fontsize=11)
    return figure


def _style_surface_axis(axis) -> None:
    axis.view_init(24, -68)
    axis.set_box_aspect((4, 4, 2.2), zoom=1.1)
    axis.set_xlabel("a", color=MUTED)
    axis.set_ylabel("b", color=MUTED, labelpad=8)
    axis.set_zlabel("error", color=MUTED, labelpad=12)
    axis.tick_params(colors=MUTED, labelsize=8)
    axis.tick_params("z", pad=6)
    axis.margins(0)
    for side in (axis.xaxis, axis.yaxis, axis.zaxis):
        side.set_major_formatter(_format_number)
        side.set_pane_color((1, 1, 1, 0))
        side._axinfo["grid"].update(color=GRID, linewidth=0.6)


def _centered_at_zero(errors: np.ndarray) -> TwoSlopeNorm:
    return TwoSlopeNorm(0, min(-0.5, errors.min()), max(0.5, errors.max()))


def _format_number(value: float, _position=None) -> str:
    return f"{value:,g}".replace("-", "−")


def plot_section(stack: Stack, index: int, total: int) -> Figure:
    """Plot the errors of all pairs with the sum `total`: a section through the error surface."""
    first = np.arange(total + 1.0)
    pairs = np.stack([first, total - first], axis=1)
    errors = predict(stack, index, pairs) - total
    figure, (axis,) = styled_subplots()
    axis.axhspan(-0.5, 0.5, color=PAPER)
    axis.plot(first, errors, color=GRID, linewidth=1)
    axis.scatter(
        first,
        errors,
        c=errors,
        cmap=ERROR_COLORS,
        norm=_centered_at_zero(errors),
        s=26,
        edgecolors=INK,
        linewidths=0.4,
        zorder=3,
    )
    axis.set_xlabel(f"a, where a + b = {total}")
    axis.set_ylabel("error (rounds correctly within the band)")
    set_title(axis, f"{network_name(stack, index)}: the sum {total}")
    return figure


def plot_network(stack: Stack, index: int, a: float, b: float) -> Figure:
    """Draw a network as a graph, with its weights and the values for one pair of numbers."""
    size = stack.hidden[index]
    first, bias, last, offset = (np.asarray(array) for array in stack.weights_of(index))
    first = first[:, :size]
    bias = bias[:size]
    last = last[:size]
    nodes, sums = stack(np.array([[a, b]], "float32"), index=index)
    nodes = np.asarray(nodes)[0, :size]
    node_heights = np.zeros(1)
    if size > 1:
        node_heights = np.linspace(1, -1, size) * (0.55 + 0.25 * size / 2)

    figure, axis = pyplot.subplots(figsize=(7, max(3.4, 0.62 * size)), layout="constrained")
    axis.axis("off")
    _draw_edges(axis, first, last, node_heights)
    for height, number in zip(INPUT_HEIGHTS, (a, b), strict=True):
        _draw_circle(axis, INPUT_X, height, f"{number:g}")
    for height, value in zip(node_heights, nodes, strict=True):
        _draw_circle(axis, NODE_X, height, f"{value:.2f}")
    _draw_circle(axis, OUTPUT_X, 0, f"{float(sums[0]):.4g}")
    axis.set_xlim(-0.4, 4.5)
    axis.margins(y=0.14)
    set_title(axis, network_name(stack, index))
    if stack.biases[index]:
        biases = ", ".join(f"{value:.3g}" for value in bias)
        axis.text(
            0.5,
            0,
            f"biases {biases}; output bias {offset:.3g}",
            transform=axis.transAxes,
            ha="center",
            color=MUTED,
            fontsize=9,
            wrap=True,
        )
    return figure


def _draw_edges(axis: Axes, first: np.ndarray, last: np.ndarray, node_heights: np.ndarray) -> None:
    size = len(last)
    max_first = np.abs(first).max()
    max_last = np.abs(last).max()
    for j, height in enumerate(node_heights):
        for k, input_height in enumerate(INPUT_HEIGHTS):
            # The labels of the two inputs are at different positions, so that they do not overlap.
            label_at = (0.3, 0.8)[k] if size <= 4 else None
            edge = ((INPUT_X, input_height), (NODE_X, height))
            _draw_edge(axis, edge, first[k, j], max_first, label_at)
        edge = ((NODE_X, height), (OUTPUT_X, 0))
        _draw_edge(axis, edge, last[j], max_last, 0.5 if size <= 8 else None)


def _draw_edge(
    axis: Axes, edge: tuple, weight: float, max_weight: float, label_at: float | None
) -> None:
    """Draw a weight as a line.

    Args:
        axis: The axis to draw on.
        edge: The two ends, each (x, y).
        weight: The weight.
        max_weight: The absolute weight that is drawn as the thickest line.
        label_at: Position of the label along the line, from 0 to 1; None for no label.
    """
    (x1, y1), (x2, y2) = edge
    axis.plot(
        [x1, x2],
        [y1, y2],
        color=ORANGE if weight > 0 else BLUE,
        linestyle="-" if weight > 0 else (0, (5, 2)),
        linewidth=0.6 + 3 * abs(weight) / max_weight,
        zorder=1,
    )
    if label_at is not None:
        axis.text(
            x1 + label_at * (x2 - x1),
            y1 + label_at * (y2 - y1),
            f"{weight:.3g}",
            ha="center",
            va="center",
            color=MUTED,
            fontsize=9,
            zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _draw_circle(axis: Axes, x: float, y: float, text: str) -> None:
    axis.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        color=INK,
        fontsize=10,
        zorder=4,
        bbox={"boxstyle": "circle,pad=0.45", "facecolor": "white", "edgecolor": INK},
    )
