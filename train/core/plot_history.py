"""The curves of a run: history.png beside its history.csv."""

import matplotlib

from common.files import atomic

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402  (the backend must be chosen first)

INK, GRID = "#3b3a36", "#d9d6cd"
TRAINING, HELD_OUT = "#c2693d", "#2f6f8f"  # apart for the colour-blind, and in grey too


def plot_history(rows, path):
    """Draw every measure over the epochs, training and held out in one panel each. rows: as in history.csv."""
    names = [name for name in rows[0] if name != "epoch" and not name.startswith("val_")]
    names = [name for name in names if f"val_{name}" in rows[0]] or names
    figure, axes = pyplot.subplots(
        1, len(names), figsize=(4.2 * len(names), 3), squeeze=False, layout="constrained"
    )
    for axis, name in zip(axes[0], names):
        for column, label, colour in (
            (name, "training", TRAINING),
            (f"val_{name}", "held out", HELD_OUT),
        ):
            if column in rows[0]:
                axis.plot(
                    [row["epoch"] for row in rows],
                    [row[column] for row in rows],
                    color=colour,
                    label=label,
                )
        axis.set_title(name, loc="left", color=INK, fontsize=11)
        axis.set_xlabel("epoch", color=INK)
        axis.grid(color=GRID, linewidth=0.6)
        axis.tick_params(colors=INK)
        axis.spines[:].set_visible(False)
    axes[0][0].legend(frameon=False, labelcolor=INK)
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=120)
    pyplot.close(figure)
