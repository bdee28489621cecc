"""The statistics of a picture's pixels: which values it has, and how far neighbours differ.

After the original's: a histogram of ten bins, and the mean absolute difference of pixels 1 to 14 apart along the rows
(x) and along the columns (y). All sums are of whole numbers, so they are exact. `web/core/pixels.js` is the twin of
this file; `tests/golden/pixels.json` holds the two together.
"""

from functools import partial

import jax
import numpy as np
from jax import numpy as jnp

SIDE, BINS, LAGS = 28, 10, 14
VALUES = 256


@partial(jax.jit, static_argnames="lag_bug")
def _counts(images, lag_bug):
    """Whole numbers int32 (n, 38): pixels of each bin, sums of differences along x and along y."""
    wide = images.astype("int32")
    bins = jnp.maximum((wide * BINS + 254) // 255 - 1, 0)      # bin k holds what is over k / 10, up to (k + 1) / 10
    lags = [(1 if lag_bug else lag, SIDE - lag) for lag in range(1, LAGS + 1)]
    parts = [(bins == k).sum(axis=(1, 2)) for k in range(BINS)]
    parts += [jnp.abs(wide[:, :, :n] - wide[:, :, lag:lag + n]).sum(axis=(1, 2)) for lag, n in lags]
    parts += [jnp.abs(wide[:, :n] - wide[:, lag:lag + n]).sum(axis=(1, 2)) for lag, n in lags]
    return jnp.stack(parts, axis=1)


def statistics(images, lag_bug=False):
    """Statistics (n, 38) of images uint8 (n, 28, 28): shares of the bins, differences along x, along y; of 1 each.

    lag_bug: compare neighbours at every lag, only fewer of them, as the original's search did.
    """
    apart = [SIDE * (SIDE - lag) * 255 for lag in range(1, LAGS + 1)]
    return np.asarray(_counts(images, lag_bug)) / np.array([SIDE * SIDE] * BINS + apart * 2)


def distance(found, target):
    """How far statistics (n, 38) are from a target (38,): the mean differences of bins, of x and of y, added up."""
    apart = np.abs(found - target)
    return apart[:, :BINS].mean(axis=1) + apart[:, BINS:-LAGS].mean(axis=1) + apart[:, -LAGS:].mean(axis=1)


def palette(images):
    """256 pixel values uint8, ascending, that are spread as those of the images: draw one and it is a likely pixel."""
    counts = np.bincount(images.ravel(), minlength=VALUES).cumsum()
    places = (2 * np.arange(VALUES) + 1) * counts[-1] / (2 * VALUES)
    return np.searchsorted(counts, places, side="right").astype("uint8")
