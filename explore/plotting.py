"""The style that the plots of all `explore` commands share.

Orange and blue mark opposites: they can be told apart by color-blind readers, and in grayscale.
`SEQUENTIAL` colors ordered values, such as network sizes, from light to dark.
"""

from pathlib import Path

import matplotlib

from common.files import atomic

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "gene"  # so that equal figures give identical files

from matplotlib import pyplot  # noqa: E402  (the backend must be chosen first)
from matplotlib.axes import Axes  # noqa: E402
from matplotlib.colors import LinearSegmentedColormap  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

INK = "#26231e"
MUTED = "#6b6558"
GRID = "#d9d6cd"
PAPER = "#f7f1e5"
ORANGE = "#c2602a"
BLUE = "#2670a8"

SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", ["#d8b78f", "#a8431f", "#2b1a12"])
LINE_STYLES = ["-", (0, (6, 2)), (0, (3, 2)), (0, (1, 1.5)), "-."]


def styled_subplots(columns: int = 1, width: float = 6.4, height: float = 4.0):
    """Create a figure with one row of styled axes.

    Args:
        columns: Number of axes.
        width: Width of the figure in inches.
        height: Height of the figure in inches.

    Returns:
        The figure and an array of its axes.
    """
    figure, axes = pyplot.subplots(
        1, columns, figsize=(width, height), layout="constrained", squeeze=False
    )
    for axis in axes[0]:
        style_axis(axis)
    return figure, axes[0]


def style_axis(axis: Axes) -> None:
    """Style an axis: a light grid behind the data, muted ticks and labels, and no frame."""
    axis.set_axisbelow(True)
    axis.grid(color=GRID, linewidth=0.6)
    axis.tick_params(colors=MUTED)
    axis.spines[:].set_visible(False)
    axis.xaxis.label.set_color(MUTED)
    axis.yaxis.label.set_color(MUTED)


def set_title(axis: Axes, text: str) -> None:
    """Set the title of an axis, aligned to the left."""
    axis.set_title(text, loc="left", color=INK, fontsize=11)


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and SVG and close it.

    Args:
        figure: The figure.
        path: Path of the two files, without the suffix.
    """
    for suffix, options in ((".png", {"dpi": 130}), (".svg", {"metadata": {"Date": None}})):
        with atomic(path.with_name(path.name + suffix)) as temporary:
            figure.savefig(temporary, facecolor="white", **options)
    pyplot.close(figure)
