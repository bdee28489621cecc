"""Improved precision and recall (Kynkäänniemi et al., 2019, arXiv:1904.06991).

Each set is modeled by balls around its points that reach to the k-th nearest neighbor. Precision is
the fraction of generated points inside the balls around real points. Recall is the fraction of real
points inside the balls around generated points.
"""

import numpy as np

from metrics.neighbors import iter_distances, neighbor_radii


def precision_recall(real: np.ndarray, generated: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Return precision and recall.

    Args:
        real: Real points, shape (n, d).
        generated: Generated points, shape (m, d).
        k: The radius of a ball is the distance to the k-th nearest neighbor.
    """
    return _share_inside(generated, real, k), _share_inside(real, generated, k)


def _share_inside(points: np.ndarray, centers: np.ndarray, k: int) -> float:
    """Return the fraction of points that are in at least one ball around the centers."""
    radii = neighbor_radii(centers, k)
    inside = [(distances <= radii).any(axis=1) for _, distances in iter_distances(points, centers)]
    return float(np.mean(np.concatenate(inside)))
