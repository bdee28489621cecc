"""Measure how elliptical the figure in an image is.

An ellipse is determined by the center and the second moments of its area: its semi-axes are twice
the square roots of the eigenvalues of the moment matrix. The best-fitting ellipse of a figure is
the one with the same moments; if the figure is an ellipse, it is the figure itself.
"""

import numpy as np
from scipy import ndimage

MIN_CONTRAST = 0.15  # of the full range; an image with less contrast counts as empty
BATCH = 500  # number of images that are processed at once


def foreground_masks(images: np.ndarray, outlined: bool = False) -> np.ndarray:
    """Separate figures from the background.

    A pixel is foreground if it differs from the background by more than half of the largest
    difference in the image. The background is the median color of the border.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        outlined: Whether the figures are outlines; outlines are filled.

    Returns:
        bool array of shape (n, side, side).
    """
    images = images.astype("float32") / 255
    border = np.concatenate(
        [images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1
    )
    background = np.median(border, axis=1)[:, None, None]
    difference = np.abs(images - background).max(axis=3)
    largest = difference.max(axis=(1, 2), keepdims=True)
    masks = difference > np.maximum(largest / 2, MIN_CONTRAST)
    return np.stack([ndimage.binary_fill_holes(mask) for mask in masks]) if outlined else masks


def fit_ellipses(masks: np.ndarray) -> np.ndarray:
    """Return the best-fitting ellipse of each mask, filled.

    Args:
        masks: bool array of shape (n, side, side).

    Returns:
        bool array of shape (n, side, side).
    """
    pixels = np.arange(masks.shape[1], dtype="float64")
    weights = masks / np.maximum(masks.sum(axis=(1, 2), keepdims=True), 1)
    row_weights = weights.sum(axis=2)
    column_weights = weights.sum(axis=1)
    y = pixels - (row_weights @ pixels)[:, None]
    x = pixels - (column_weights @ pixels)[:, None]
    # A pixel is a square, not a point; its own second moment is 1/12.
    yy = ((row_weights * y**2).sum(axis=1) + 1 / 12)[:, None, None]
    xx = ((column_weights * x**2).sum(axis=1) + 1 / 12)[:, None, None]
    yx = np.einsum("nij,ni,nj->n", weights, y, x)[:, None, None]
    y = y[:, :, None]
    x = x[:, None, :]
    return xx * y**2 - 2 * yx * y * x + yy * x**2 <= 4 * (yy * xx - yx**2)


def ellipse_overlaps(images: np.ndarray, outlined: bool = False) -> np.ndarray:
    """Return the intersection over union of each figure with its best-fitting ellipse.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        outlined: Whether the figures are outlines.

    Returns:
        Shape (n,), from 0 to 1; 0 for an empty image.
    """
    overlaps = []
    for start in range(0, len(images), BATCH):
        masks = foreground_masks(images[start : start + BATCH], outlined)
        ellipses = fit_ellipses(masks)
        intersection = (masks & ellipses).sum(axis=(1, 2))
        union = (masks | ellipses).sum(axis=(1, 2))
        is_empty = ~masks.any(axis=(1, 2))
        overlaps.append(np.where(is_empty, 0, intersection / np.maximum(union, 1)))
    return np.concatenate(overlaps)
