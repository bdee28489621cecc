"""Sheets of digits, in the language of `explore.plots`: black ink on white paper, whatever the numbers say."""

import numpy as np
from matplotlib import pyplot

from explore.addition.plots import INK


def sheet(rows, names=None, captions=None, title=None, signed=False):
    """A figure of images: a list of rows of images (n, 28, 28), ink the higher values.

    names: of the rows; captions: rows of texts above the images; signed: stretch each image to its own range.
    """
    across = max(len(row) for row in rows)
    height = 0.62 + 0.14 * bool(captions)
    figure, axes = pyplot.subplots(
        len(rows),
        across,
        squeeze=False,
        layout="constrained",
        figsize=(0.66 * across + 1.5 * bool(names), height * len(rows) + 0.34 * bool(title)),
    )
    top = 255 if any(np.asarray(row).dtype == "uint8" for row in rows) else 1
    for i, row in enumerate(rows):
        for j, axis in enumerate(axes[i]):
            axis.axis("off")
            if j < len(row):
                span = {} if signed else {"vmin": 0, "vmax": top}
                axis.imshow(row[j], cmap="gray_r", interpolation="nearest", **span)
                if captions:
                    axis.set_title(captions[i][j], fontsize=6.5, color=INK, pad=1.5)
        if names:
            axes[i][0].text(
                -0.18,
                0.5,
                names[i],
                transform=axes[i][0].transAxes,
                ha="right",
                va="center",
                fontsize=8,
                color=INK,
            )
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    return figure
