"""Statistics of the pixels of an image: their values, and the differences between them.

The original blog post on digits (see docs/digits.md) uses them: a histogram of ten bins,
and the mean absolute difference between pixels that are 1 to 14 pixels apart (the lag), along the
rows (x) and along the columns (y). Only integers are summed, so the sums are exact.
`web/core/pixel-statistics.js` does the same; `tests/golden/pixels.json` checks both.
"""

from functools import partial

import jax
import numpy as np
from jax import numpy as jnp

from data.digits.mnist import IMAGE_SIDE

NUM_BINS = 10
NUM_LAGS = 14
_NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE
_FULL_INK = 255
_BLOCK = 1000  # images per call, fixed because the function is compiled for a single size


def statistics(images: np.ndarray, lag_bug: bool = False) -> np.ndarray:
    """Return the statistics of images.

    Args:
        images: Images, uint8 of shape (n, 28, 28).
        lag_bug: Whether to reproduce a bug in the code of the blog post: it compares pixels that
            are 1 pixel apart whatever the lag, so a larger lag only reduces the number of pairs.

    Returns:
        Array of shape (n, 38) with values from 0 to 1: the fraction of pixels in each of the 10
        bins, 14 differences along x, and 14 differences along y.
    """
    missing = -len(images) % _BLOCK
    padding = np.zeros((missing, IMAGE_SIDE, IMAGE_SIDE), "uint8")
    padded = np.concatenate([images, padding]) if missing else images
    blocks = [_counts(padded[i : i + _BLOCK], lag_bug) for i in range(0, len(padded), _BLOCK)]
    counts = np.concatenate(blocks, axis=1).T[: len(images)]
    largest_sums = [IMAGE_SIDE * (IMAGE_SIDE - lag) * _FULL_INK for lag in range(1, NUM_LAGS + 1)]
    return counts / np.array([_NUM_PIXELS] * NUM_BINS + largest_sums * 2)


def distance(found: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the distance of statistics from a target.

    Args:
        found: Statistics of shape (n, 38).
        target: Statistics of shape (38,).

    Returns:
        Array of shape (n,): the sum of three mean absolute errors, those of the bins, of the
        differences along x, and of the differences along y.
    """
    error = np.abs(found - target)
    bins = error[:, :NUM_BINS].mean(axis=1)
    along_x = error[:, NUM_BINS:-NUM_LAGS].mean(axis=1)
    along_y = error[:, -NUM_LAGS:].mean(axis=1)
    return bins + along_x + along_y


@partial(jax.jit, static_argnums=1)
def _counts(images, lag_bug):
    """Return pixels per bin and sums of differences along x and along y, int32 (38, n)."""
    # With the images on the last axis, the processor can vectorize over images.
    by_row = images.transpose(1, 2, 0).astype("int16")
    by_column = by_row.swapaxes(0, 1)
    # Bin k contains values above k / 10 and up to (k + 1) / 10 of full ink; bin 0 also contains 0.
    above = [_sum_pixels(by_row > k * _FULL_INK // NUM_BINS) for k in range(1, NUM_BINS)]
    bins = -jnp.diff(jnp.stack(above), axis=0, prepend=_NUM_PIXELS, append=0)
    along_x = _lag_differences(by_column, lag_bug)
    along_y = _lag_differences(by_row, lag_bug)
    return jnp.concatenate([bins, along_x, along_y])


def _lag_differences(lines, lag_bug):
    """Return sums of |a - b| over pixels at the same place in two lines that are `lag` apart.

    |a - b| = 2 max(a, b) - a - b, and the sums of a and b are differences of cumulative sums.

    Args:
        lines: The rows, or the columns, of n images, int16 of shape (28, 28, n).
        lag_bug: See `statistics`.

    Returns:
        int32 array of shape (14, n), for lags from 1 to 14.
    """
    line_sums = lines.sum(axis=1, dtype="int16").astype("int32")
    cumulative = jnp.cumsum(line_sums, axis=0)
    cumulative = jnp.concatenate([jnp.zeros_like(cumulative[:1]), cumulative])
    sums = []
    for lag in range(1, NUM_LAGS + 1):
        pairs = IMAGE_SIDE - lag
        shift = 1 if lag_bug else lag
        maxima = _sum_pixels(jnp.maximum(lines[:pairs], lines[shift : shift + pairs]))
        first = cumulative[pairs]
        second = cumulative[shift + pairs] - cumulative[shift]
        sums.append(2 * maxima - first - second)
    return jnp.stack(sums)


def _sum_pixels(lines):
    """Sum over the first two axes, int32 (n,); the sum of 28 pixels fits into 16 bits."""
    return lines.sum(axis=0, dtype="int16").astype("int32").sum(axis=0)
