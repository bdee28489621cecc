"""What a digit network mixes up: the confusion matrix, and a sheet of the digits it gets wrong."""

import csv
import io

import matplotlib
import numpy as np

from common.files import atomic
from data.digits.mnist import CLASSES
from train.core.plot_history import INK, TRAINING

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402  (the backend must be chosen first)
from matplotlib.colors import LinearSegmentedColormap, LogNorm  # noqa: E402

_HEAT = LinearSegmentedColormap.from_list("counts", ["#fbf7ee", TRAINING, "#5c1f0c"])
_SHOWN = 120  # wrong digits on a sheet, at most
_ACROSS = 20


def confusion(labels, said):
    """How often each digit (row) was called what (column), (10, columns)."""
    table = np.zeros((CLASSES, max(CLASSES, int(said.max()) + 1)), "int64")
    np.add.at(table, (labels, said), 1)
    return table


def confusion_csv(labels, said):
    """The matrix as CSV, the digits in the first column."""
    text, table = io.StringIO(), confusion(labels, said)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["digit", *range(table.shape[1])])
    writer.writerows([digit, *row] for digit, row in enumerate(table))
    return text.getvalue()


def draw_confusion(labels, said, path):
    """The matrix as a PNG; what is right is left white, so that the colours tell of the mistakes."""
    table = confusion(labels, said)
    wrong = np.where(np.eye(*table.shape, dtype=bool) | (table == 0), np.nan, table)
    figure, axis = pyplot.subplots(figsize=(4.8, 4.4), layout="constrained")
    axis.imshow(wrong, cmap=_HEAT, norm=LogNorm(1, max(10, np.nanmax(wrong, initial=1))))
    for (row, column), count in np.ndenumerate(table):
        dark = row != column and count > 12
        axis.text(
            column,
            row,
            count or "",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if dark else INK,
        )
    axis.set_xticks(range(table.shape[1]))
    axis.set_yticks(range(CLASSES))
    axis.set_xlabel("what the network says", color=INK)
    axis.set_ylabel("the digit", color=INK)
    axis.set_title(
        f"{np.trace(table):,} of {table.sum():,} right", loc="left", color=INK, fontsize=11
    )
    axis.tick_params(colors=INK, length=0)
    axis.spines[:].set_visible(False)
    _save(figure, path)


def draw_wrong(part, said, path):
    """The first wrong digits of a part as a PNG sheet: above each what it is, and what it was called."""
    places = np.flatnonzero(said != part.labels)
    shown = places[:_SHOWN]
    rows = max(1, -(-len(shown) // _ACROSS))
    figure, axes = pyplot.subplots(
        rows, _ACROSS, figsize=(10, 0.72 * rows + 0.4), squeeze=False, layout="constrained"
    )
    for axis in axes.ravel():
        axis.axis("off")
    for axis, place in zip(axes.ravel(), shown):
        axis.imshow(255 - part.images[place], cmap="gray", vmin=0, vmax=255)
        axis.set_title(f"{part.labels[place]} → {said[place]}", fontsize=7, color=INK, pad=2)
    more = f", the first {len(shown)} of them" if len(places) > len(shown) else ""
    figure.suptitle(
        f"{len(places)} of {len(said):,} wrong{more}", x=0.01, ha="left", fontsize=10, color=INK
    )
    _save(figure, path)


def _save(figure, path):
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=100)
    pyplot.close(figure)
