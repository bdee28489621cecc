"""Exact Euclidean distances and nearest neighbors, computed in blocks to limit memory use."""

from collections.abc import Iterator

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min

ROWS = 1000  # number of points per block


def iter_distances(points: np.ndarray, others: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield the distances from `points` to all of `others`, one block of `points` at a time.

    Uses |a - b|^2 = |a|^2 + |b|^2 - 2ab in the precision of the points. Both sets are centered
    first, because otherwise cancellation would lose most of the precision.

    Args:
        points: Shape (n, d).
        others: Shape (m, d).

    Yields:
        A slice of `points`, and the distances of these points, shape (rows, m).
    """
    center = others.mean(axis=0, dtype="float64").astype(others.dtype)
    others = others - center
    squared_norms = np.einsum("ij,ij->i", others, others)
    for start in range(0, len(points), ROWS):
        rows = slice(start, start + ROWS)
        block = points[rows] - center
        squares = block @ others.T
        squares *= -2
        squares += np.einsum("ij,ij->i", block, block)[:, None]
        squares += squared_norms
        yield rows, np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


def neighbor_radii(points: np.ndarray, k: int) -> np.ndarray:
    """Return the distance of each point to its k-th nearest other point, shape (n,).

    Args:
        points: Shape (n, d).
        k: Rank of the neighbor; 1 is the nearest other point.
    """
    radii = np.empty(len(points))
    for rows, distances in iter_distances(points, points):
        own = np.arange(rows.start, rows.start + len(distances))
        distances[np.arange(len(distances)), own] = np.inf
        radii[rows] = np.partition(distances, k - 1, axis=1)[:, k - 1]
    return radii


def nearest(points: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the point in `others` that is nearest to each point.

    Args:
        points: Shape (n, d).
        others: Shape (m, d).

    Returns:
        The index of the nearest point, shape (n,), and its distance, shape (n,).
    """
    return pairwise_distances_argmin_min(points, others)
