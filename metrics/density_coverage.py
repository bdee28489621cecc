"""Density and coverage (Naeem et al., 2020, arXiv:2002.09797).

Each real point is the center of a ball that reaches to its k-th nearest real neighbor. Density is
the number of balls that contain a generated point, averaged over the generated points and divided
by k. Coverage is the fraction of balls that contain at least one generated point.
"""

import numpy as np

from metrics.neighbors import iter_distances, neighbor_radii


def density_coverage(real: np.ndarray, generated: np.ndarray, k: int = 5) -> tuple[float, float]:
    """Return density and coverage.

    If both sets have the same size and the same distribution, density is about 1 and coverage about
    1 - 2^-k, which is 0.969 for k = 5.

    Args:
        real: Real points, shape (n, d).
        generated: Generated points, shape (m, d).
        k: The radius of a ball is the distance to the k-th nearest neighbor.
    """
    radii = neighbor_radii(real, k)
    containing = 0
    covered = np.zeros(len(real), bool)
    for _, distances in iter_distances(generated, real):
        inside = distances <= radii
        containing += int(inside.sum())
        covered |= inside.any(axis=0)
    return containing / (k * len(generated)), float(covered.mean())
