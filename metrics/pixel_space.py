"""Represent images as points without a classifier.

Used for data without labels, and to detect differences that a classifier ignores.
"""

import numpy as np
from sklearn.decomposition import PCA

BATCH = 1000  # number of images that are processed at once
COMPONENTS = 64
GRID = 16  # number of cells per side; colors and edges are averaged in each cell
EDGE_WEIGHT = 4


def downsample(images: np.ndarray, side: int) -> np.ndarray:
    """Downsample images by averaging.

    Args:
        images: uint8 array of shape (n, s, s, 3).
        side: Height and width of the result in pixels; a divisor of s.

    Returns:
        float32 array of shape (n, side, side, 3), from 0 to 1.
    """
    factor = images.shape[1] // side
    parts = []
    for start in range(0, len(images), BATCH):
        batch = np.float32(images[start : start + BATCH]) / 255
        parts.append(batch.reshape(-1, side, factor, side, factor, 3).mean(axis=(2, 4)))
    return np.concatenate(parts)


def flat_pixels(images: np.ndarray, side: int = 32) -> np.ndarray:
    """Return downsampled uint8 images as points, float32 of shape (n, 3 * side * side)."""
    return downsample(images, side).reshape(len(images), -1)


class PixelSpace:
    """The space of the principal components of the colors and edges of real images.

    Edges are mean absolute differences in brightness between neighboring pixels, so that blurred
    images are far from sharp images with the same colors.

    Args:
        images: Real images, uint8 of shape (n, side, side, 3).
        size: Number of components, at most n - 1.
    """

    def __init__(self, images: np.ndarray, size: int = COMPONENTS):
        points = _colors_and_edges(images).astype("float64")  # float32 is too imprecise
        self.pca = PCA(min(size, len(points) - 1), svd_solver="covariance_eigh").fit(points)

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Project uint8 images onto the components; return points, shape (n, components)."""
        return self.pca.transform(_colors_and_edges(images))


def _colors_and_edges(images: np.ndarray) -> np.ndarray:
    batches = np.split(images, range(BATCH, len(images), BATCH))
    points = [
        np.concatenate([flat_pixels(batch, GRID), EDGE_WEIGHT * _edges(batch)], axis=1)
        for batch in batches
    ]
    return np.concatenate(points)


def _edges(images: np.ndarray) -> np.ndarray:
    """Return the mean edge strength per cell of the grid, shape (n, GRID * GRID)."""
    gray = np.float32(images).mean(axis=3) / 255
    vertical = np.abs(np.diff(gray, axis=1, append=gray[:, -1:]))
    horizontal = np.abs(np.diff(gray, axis=2, append=gray[:, :, -1:]))
    edges = vertical + horizontal
    cell = edges.shape[1] // GRID
    cells = edges.reshape(len(images), GRID, cell, GRID, cell)
    return cells.mean(axis=(2, 4)).reshape(len(images), -1)
