"""Grids of digits as figures: black ink on white paper."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

from explore.plotting import INK

DIGITS = [str(digit) for digit in range(10)]


def image_grid(
    rows: Sequence[np.ndarray | Sequence[np.ndarray]],
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    captions: Sequence[Sequence[str]] | None = None,
) -> Figure:
    """Plot images in rows.

    Args:
        rows: Rows of images (28, 28): uint8 from 0 to 255, or float from 0 to 1; high values are
            ink.
        row_names: Names of the rows, shown on the left.
        column_names: Names of the columns, shown above the first row.
        captions: Text above each image, as rows of texts.

    Returns:
        The figure.
    """
    columns = max(len(row) for row in rows)
    figure, axes = pyplot.subplots(
        len(rows),
        columns,
        squeeze=False,
        layout="constrained",
        figsize=_size(len(rows), columns, row_names, column_names, captions),
    )
    for i, row in enumerate(rows):
        for axis in axes[i]:
            axis.axis("off")
        for j, image in enumerate(row):
            full_ink = 255 if image.dtype == "uint8" else 1
            axes[i][j].imshow(image, cmap="gray_r", interpolation="nearest", vmin=0, vmax=full_ink)
            if captions:
                axes[i][j].set_title(captions[i][j], fontsize=6.5, color=INK, pad=1.5)
        if row_names:
            _write(axes[i][0], -0.18, 0.5, row_names[i], ha="right", va="center")
    for j, name in enumerate(column_names or []):
        _write(axes[0][j], 0.5, 1.32 if captions else 1.08, name, ha="center", va="bottom")
    return figure


def _size(rows, columns, row_names, column_names, captions):
    row_height = 0.76 if captions else 0.62
    width = 0.66 * columns + 1.5 * bool(row_names)
    return width, row_height * rows + 0.22 * bool(column_names)


def _write(axis, x, y, text, **alignment):
    axis.text(x, y, text, transform=axis.transAxes, fontsize=8, color=INK, **alignment)
