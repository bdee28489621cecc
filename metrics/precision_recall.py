"""Improved precision and recall (Kynkäänniemi et al., 2019, arXiv:1904.06991).

A set of points is modeled as the balls around them that reach to their k-th nearest neighbor.
Precision is the share of generated points inside the real balls; recall is the share of real
points inside the generated balls.
"""

import numpy as np

from metrics.neighbors import iter_distances, neighbor_radii


def precision_recall(real: np.ndarray, generated: np.ndarray, k: int = 3) -> tuple[float, float]:
    """Return precision and recall.

    Args:
        real: Shape (n, d).
        generated: Shape (m, d).
        k: Which neighbor sets the radius of a ball.
    """
    return _share_inside(generated, real, k), _share_inside(real, generated, k)


def _share_inside(points: np.ndarray, centers: np.ndarray, k: int) -> float:
    """Return the share of points that lie in any ball around the centers."""
    radii = neighbor_radii(centers, k)
    inside = [(distances <= radii).any(axis=1) for _, distances in iter_distances(points, centers)]
    return float(np.mean(np.concatenate(inside)))
