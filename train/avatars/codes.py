"""Codes: one fixed noise vector per training image, to prevent mode collapse on few images.

The generator must reproduce each training image from its code (Bojanowski et al., 2018,
arXiv:1707.05776). Codes are whitened principal components. So similar images have similar codes,
and random noise, which has the same mean and variance, lies between the codes.
"""

import numpy as np
from sklearn.decomposition import PCA

from metrics.pixel_space import flat_pixels

_MAX_FITTED = 2000  # maximum number of images from which the components are computed
_MIN_VARIANCE = 1e-6  # fraction of the total variance; components below it are rounding errors


def image_codes(images: np.ndarray, labels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Return the codes of images.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        labels: One-hot labels, shape (n, num_labels). The codes describe only what the labels do
            not explain.
        size: Size of a code.
        seed: Random seed for the columns that have no principal component.

    Returns:
        float32 array of shape (n, size) with mean 0 and variance 1 per column.
    """
    codes = np.random.default_rng(seed).standard_normal((len(images), size), dtype="float32")
    pixels = flat_pixels(images)
    points = _unexplained(pixels, labels)
    pca = PCA(min(size, len(images) - 1), random_state=0).fit(points[:_MAX_FITTED])
    scores = pca.transform(points)
    deviations = scores.std(axis=0)
    kept = np.flatnonzero(deviations**2 > _MIN_VARIANCE * pixels.var(axis=0).sum())
    codes[:, kept] = scores[:, kept] / deviations[kept]
    return codes


def _unexplained(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the residuals of points, shape (n, d), after a linear regression on the labels."""
    known = np.concatenate([labels, np.ones((len(points), 1), "float32")], axis=1)
    weights = np.linalg.lstsq(known, points, rcond=None)[0]
    return points - known @ weights
