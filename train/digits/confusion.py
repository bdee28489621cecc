"""The mistakes of a digit network: its confusion matrix, and a sheet of misclassified digits."""

import csv
import io
from pathlib import Path

import matplotlib
import numpy as np
from sklearn.metrics import confusion_matrix

from common.files import atomic
from data.digits.mnist import NUM_CLASSES, DigitSplit
from train.core.plot_history import INK, TRAINING

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.colors import LinearSegmentedColormap, LogNorm

# Even its darkest color is light enough for dark numbers to be readable.
_HEAT = LinearSegmentedColormap.from_list("counts", ["#fbf7ee", "#f0c9a8", TRAINING])
_MAX_SHOWN = 120
_COLUMNS = 20


def count_confusions(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Return the confusion matrix: how often each digit was classified as each class.

    Args:
        labels: True digits, of shape (n,).
        predictions: Predicted classes, of shape (n,). Class 10 means "no digit".

    Returns:
        Counts of shape (10, 10), or (10, 11) if there are predictions of class 10. Rows are true
        digits, columns are predictions.
    """
    num_columns = max(NUM_CLASSES, int(predictions.max()) + 1)
    return confusion_matrix(labels, predictions, labels=range(num_columns))[:NUM_CLASSES]


def confusion_csv(labels: np.ndarray, predictions: np.ndarray) -> str:
    """Return the confusion matrix as CSV, with the digits in the first column."""
    table = count_confusions(labels, predictions)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["digit", *range(table.shape[1])])
    writer.writerows([digit, *row] for digit, row in enumerate(table))
    return text.getvalue()


def plot_confusion(labels: np.ndarray, predictions: np.ndarray, path: Path) -> None:
    """Write the confusion matrix as a PNG. Only the mistakes are colored."""
    table = count_confusions(labels, predictions)
    is_right = np.eye(len(table), table.shape[1], dtype=bool)
    mistakes = np.where(is_right | (table == 0), np.nan, table)
    figure, axis = pyplot.subplots(figsize=(4.8, 4.4), layout="constrained")
    axis.imshow(mistakes, cmap=_HEAT, norm=LogNorm(1, max(10, np.nanmax(mistakes, initial=1))))
    for (row, column), count in np.ndenumerate(table):
        axis.text(column, row, count or "", ha="center", va="center", fontsize=7, color="#17130e")
    axis.set_xticks(range(table.shape[1]), [_name(column) for column in range(table.shape[1])])
    axis.set_yticks(range(NUM_CLASSES))
    axis.set_xlabel("predicted digit", color=INK)
    axis.set_ylabel("true digit", color=INK)
    axis.set_title(
        f"{np.trace(table):,} of {table.sum():,} correct", loc="left", color=INK, fontsize=11
    )
    axis.tick_params(colors=INK, length=0)
    axis.spines[:].set_visible(False)
    _save(figure, path)


def plot_mistakes(split: DigitSplit, predictions: np.ndarray, path: Path) -> None:
    """Write a PNG of misclassified digits; above each, the true and the predicted digit."""
    mistakes = np.flatnonzero(predictions != split.labels)
    shown = mistakes[:_MAX_SHOWN]
    rows = max(1, -(-len(shown) // _COLUMNS))
    figure, axes = pyplot.subplots(
        rows, _COLUMNS, figsize=(10, 0.72 * rows + 0.4), squeeze=False, layout="constrained"
    )
    for axis in axes.ravel():
        axis.axis("off")
    for axis, index in zip(axes.ravel(), shown, strict=False):
        axis.imshow(255 - split.images[index], cmap="gray", vmin=0, vmax=255)
        title = f"{split.labels[index]} → {_name(predictions[index])}"
        axis.set_title(title, fontsize=7, color=INK, pad=2)
    more = f" (the first {len(shown)})" if len(mistakes) > len(shown) else ""
    title = f"{len(mistakes)} of {len(predictions):,} misclassified{more}"
    figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    _save(figure, path)


def _name(prediction: int) -> str:
    return str(prediction) if prediction < NUM_CLASSES else "none"


def _save(figure, path: Path) -> None:
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=100)
    pyplot.close(figure)
