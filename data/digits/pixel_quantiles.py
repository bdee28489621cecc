"""Quantiles of the pixel values of images, from which typical pixels can be drawn."""

import numpy as np

NUM_VALUES = 256


def pixel_quantiles(images: np.ndarray, nonzero: bool = False) -> np.ndarray:
    """Return 256 quantiles of the pixel values.

    A quantile chosen at random has the same distribution as the pixels of the images.

    Args:
        images: Images, uint8 of any shape.
        nonzero: Whether to ignore blank pixels, so that the quantiles describe only the ink.

    Returns:
        The quantiles in ascending order, uint8 of shape (256,).
    """
    counts = np.bincount(images.ravel(), minlength=NUM_VALUES)
    if nonzero:
        counts[0] = 0
    cumulative = counts.cumsum()
    middles = (2 * np.arange(NUM_VALUES) + 1) * cumulative[-1] / (2 * NUM_VALUES)
    return np.searchsorted(cumulative, middles, side="right").astype("uint8")
