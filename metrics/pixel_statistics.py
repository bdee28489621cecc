"""The statistics of a picture's pixels: which values it has, and how far neighbours differ.

After the original's: a histogram of ten bins, and the mean absolute difference of pixels 1 to 14 apart along the rows
(x) and along the columns (y). All sums are of whole numbers, so they are exact. `web/core/pixel-statistics.js` is the twin of
this file; `tests/golden/pixels.json` holds the two together.
"""

from functools import partial

import jax
import numpy as np
from jax import numpy as jnp

SIDE, BINS, LAGS = 28, 10, 14
VALUES = 256
_BLOCK = 1000  # images at once: it is compiled for one size only


@partial(jax.jit, static_argnums=1)
def _counts(images, lag_bug):
    """Whole numbers int32 (38, n): pixels of each bin, sums of differences along x and along y."""
    down = images.transpose(1, 2, 0).astype(
        "int16"
    )  # n side by side: the processor takes many at a time
    over = jnp.stack([_sum(down > k * 255 // BINS) for k in range(1, BINS)])
    bins = -jnp.diff(
        over, axis=0, prepend=SIDE * SIDE, append=0
    )  # bin k: over k / 10, up to (k + 1) / 10
    return jnp.concatenate(
        [bins, *(_apart(lines, lag_bug) for lines in (down.swapaxes(0, 1), down))]
    )


def _apart(lines, lag_bug):
    """Sums of |a - b| = 2 max(a, b) - a - b, int32 (14, n), over the first lines and those some lag after them."""
    total = jnp.cumsum(lines.sum(axis=1, dtype="int16").astype("int32"), axis=0)
    total = jnp.concatenate([jnp.zeros_like(total[:1]), total])  # of the first k lines
    sums = []
    for many, lag in ((SIDE - lag, 1 if lag_bug else lag) for lag in range(1, LAGS + 1)):
        larger = _sum(jnp.maximum(lines[:many], lines[lag : lag + many]))
        sums.append(2 * larger - total[many] - total[lag + many] + total[lag])
    return jnp.stack(sums)


def _sum(lines):
    """Sums over two axes, int32 (n,). A line of 28 pixels fits into 16 bits."""
    return lines.sum(axis=0, dtype="int16").astype("int32").sum(axis=0)


def statistics(images, lag_bug=False):
    """Statistics (n, 38) of images uint8 (n, 28, 28): shares of the bins, differences along x, along y; of 1 each.

    lag_bug: compare neighbours at every lag, only fewer of them, as the original's search did.
    """
    missing = -len(images) % _BLOCK
    whole = (
        np.concatenate([images, np.zeros((missing, SIDE, SIDE), "uint8")]) if missing else images
    )
    counts = [
        _counts(whole[begin : begin + _BLOCK], lag_bug) for begin in range(0, len(whole), _BLOCK)
    ]
    counts = np.concatenate(counts, axis=1).T[: len(images)]
    apart = [SIDE * (SIDE - lag) * 255 for lag in range(1, LAGS + 1)]
    return counts / np.array([SIDE * SIDE] * BINS + apart * 2)


def distance(found, target):
    """How far statistics (n, 38) are from a target (38,): the mean differences of bins, of x and of y, added up."""
    apart = np.abs(found - target)
    return (
        apart[:, :BINS].mean(axis=1)
        + apart[:, BINS:-LAGS].mean(axis=1)
        + apart[:, -LAGS:].mean(axis=1)
    )


def palette(images):
    """256 pixel values uint8, ascending, that are spread as those of the images: draw one and it is a likely pixel."""
    counts = np.bincount(images.ravel(), minlength=VALUES).cumsum()
    places = (2 * np.arange(VALUES) + 1) * counts[-1] / (2 * VALUES)
    return np.searchsorted(counts, places, side="right").astype("uint8")
