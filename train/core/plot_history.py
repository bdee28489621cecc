"""Plot the metrics of a run over its epochs: history.png next to history.csv."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

from common.files import atomic

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

INK = "#3b3a36"
GRID = "#d9d6cd"
# These two are easy to tell apart in grayscale, and for color-blind readers.
TRAINING = "#c2693d"
VALIDATION = "#2f6f8f"
COLUMNS = 3  # maximum number of panels per row

# metric: (title, label of the y axis)
LABELS = {
    "cross_entropy": ("Cross-entropy", "nats"),
    "accuracy": ("Accuracy", "fraction correct"),
    "loss": ("Total loss", "loss"),
    "discriminator_loss": ("Discriminator loss", "loss"),
    "generator_loss": ("Generator loss", "loss"),
    "reconstruction": ("Reconstruction loss", "loss"),
    "frechet": ("Fréchet distance", "fraction of the variance"),
    "diversity": ("Diversity", "relative to the data"),
}


def plot_history(rows: Sequence[Mapping[str, float]], path: str | Path) -> None:
    """Plot each metric in its own panel, training and validation together.

    Args:
        rows: Metrics by name, one row per epoch, as in history.csv.
        path: The PNG file to write.
    """
    names = _metrics(rows)
    columns = min(COLUMNS, len(names))
    figure, axes = pyplot.subplots(
        math.ceil(len(names) / columns),
        columns,
        figsize=(4.2 * columns, 3 * math.ceil(len(names) / columns)),
        squeeze=False,
        layout="constrained",
    )
    for axis, name in zip(axes.flat, names, strict=False):
        _plot_metric(axis, rows, name)
    for axis in axes.flat[len(names) :]:
        axis.set_visible(False)
    if any(f"val_{name}" in rows[0] for name in names):
        axes[0][0].legend(frameon=False, labelcolor=INK)
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=120)
    pyplot.close(figure)


def _metrics(rows: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the metrics to plot, without duplicates and without those that are always zero."""
    names = [name for name in rows[0] if name != "epoch" and not name.startswith("val_")]
    if len(names) > 1 and "loss" in names:  # repeats the cross-entropy or sums other losses
        names.remove("loss")
    return [name for name in names if any(row[name] for row in rows)]


def _plot_metric(axis: Axes, rows: Sequence[Mapping[str, float]], name: str) -> None:
    plain_name = name.replace("_", " ")
    title, unit = LABELS.get(name, (plain_name.capitalize(), plain_name))
    epochs = [row["epoch"] for row in rows]
    marker = "o" if len(rows) == 1 else None
    for column, label, color in (
        (name, "training", TRAINING),
        (f"val_{name}", "held out", VALIDATION),
    ):
        if column in rows[0]:
            values = [row[column] for row in rows]
            axis.plot(epochs, values, color=color, label=label, marker=marker)
    axis.set_title(title, loc="left", color=INK, fontsize=11)
    axis.set_xlabel("epoch", color=INK)
    axis.set_ylabel(unit, color=INK)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(color=GRID, linewidth=0.6)
    axis.tick_params(colors=INK)
    axis.spines[:].set_visible(False)
