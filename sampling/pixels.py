"""The statistics of a picture's pixels: which values it has, and how far neighbours differ.

After the original's: a histogram of ten bins, and the mean absolute difference of pixels 1 to 14 apart along the rows
(x) and along the columns (y). All sums are of whole numbers, so they are exact. `web/core/pixels.js` is the twin of
this file; `tests/golden/pixels.json` holds the two together.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

SIDE, BINS, LAGS = 28, 10, 14
VALUES = 256
_BLOCK = 100        # images at once: what is made of them stays in the cache
_THREADS = ThreadPoolExecutor(os.cpu_count())


def _counts(images, lag_bug):
    """Whole numbers int32 (38, n): pixels of each bin, sums of differences along x and along y."""
    lines = np.empty((SIDE, SIDE, 2, len(images)), "int16")     # n side by side: the processor takes many at a time
    lines[:, :, 0], lines[:, :, 1] = images.transpose(2, 1, 0), images.transpose(1, 2, 0)
    pixels = lines[:, :, 1].copy()
    over = [_sum((pixels > k * 255 // BINS).view("uint8")) for k in range(1, BINS)]
    apart = [_sum(_apart(lines[:SIDE - lag], lines[step:step + SIDE - lag]))
             for lag in range(1, LAGS + 1) for step in [1 if lag_bug else lag]]
    bins = -np.diff(over, axis=0, prepend=SIDE * SIDE, append=0)    # bin k: over k / 10, up to (k + 1) / 10
    return np.concatenate([bins, *np.swapaxes(apart, 0, 1)])


def _apart(one, other):
    difference = one - other
    return np.abs(difference, out=difference)


def _sum(lines):
    """Sums over two axes. A line of ones fits into 8 bits, one of differences into 16."""
    return lines.sum(axis=0, dtype=lines.dtype).sum(axis=0, dtype="int32")


def statistics(images, lag_bug=False):
    """Statistics (n, 38) of images uint8 (n, 28, 28): shares of the bins, differences along x, along y; of 1 each.

    lag_bug: compare neighbours at every lag, only fewer of them, as the original's search did.
    """
    blocks = [images[begin:begin + _BLOCK] for begin in range(0, len(images), _BLOCK)]
    counts = np.concatenate(list(_THREADS.map(lambda block: _counts(block, lag_bug), blocks)), axis=1).T
    apart = [SIDE * (SIDE - lag) * 255 for lag in range(1, LAGS + 1)]
    return counts / np.array([SIDE * SIDE] * BINS + apart * 2)


def distance(found, target):
    """How far statistics (n, 38) are from a target (38,): the mean differences of bins, of x and of y, added up."""
    apart = np.abs(found - target)
    return apart[:, :BINS].mean(axis=1) + apart[:, BINS:-LAGS].mean(axis=1) + apart[:, -LAGS:].mean(axis=1)


def palette(images):
    """256 pixel values uint8, ascending, that are spread as those of the images: draw one and it is a likely pixel."""
    counts = np.bincount(images.ravel(), minlength=VALUES).cumsum()
    places = (2 * np.arange(VALUES) + 1) * counts[-1] / (2 * VALUES)
    return np.searchsorted(counts, places, side="right").astype("uint8")
