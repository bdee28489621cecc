"""Measure how sharp the edges of enlarged images are."""

from collections.abc import Callable, Iterable

import numpy as np

EDGE_SHARE = 0.05  # this fraction of the pixels, those with the steepest gradients, are the edges


def edge_sharpness(images: Iterable[np.ndarray], enlarge: Callable[[np.ndarray], np.ndarray]):
    """Return the mean gradient at the edges of enlarged images, in levels (0 to 255) per pixel.

    Args:
        images: uint8 images.
        enlarge: Function that enlarges an image to uint8 pixels of shape (side, side, 3).
    """
    return float(np.mean([_sharpness(enlarge(image).astype("float32")) for image in images]))


def _sharpness(image: np.ndarray) -> float:
    """Return the mean gradient of the steepest pixels, in the channel that changes most."""
    down = image[1:, :-1] - image[:-1, :-1]
    right = image[:-1, 1:] - image[:-1, :-1]
    gradient = np.sqrt(down**2 + right**2).max(axis=-1).ravel()
    count = max(1, int(EDGE_SHARE * len(gradient)))
    return float(np.partition(gradient, -count)[-count:].mean())
