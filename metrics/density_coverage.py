"""Density and coverage (Naeem et al., 2020, arXiv:2002.09797).

Each real point is the center of a ball that reaches to its k-th nearest real neighbor. Density is
the number of balls that contain a generated point, averaged and divided by k; coverage is the share
of balls that contain any generated point.
"""

import numpy as np

from metrics.neighbors import iter_distances, neighbor_radii


def density_coverage(real: np.ndarray, generated: np.ndarray, k: int = 5) -> tuple[float, float]:
    """Return density and coverage.

    Two sets of the same size from one distribution give about 1 and 1 - 2^-k, which is 0.969.

    Args:
        real: Shape (n, d).
        generated: Shape (m, d).
        k: Which neighbor sets the radius of a ball.
    """
    radii = neighbor_radii(real, k)
    containing = 0
    covered = np.zeros(len(real), bool)
    for _, distances in iter_distances(generated, real):
        inside = distances <= radii
        containing += int(inside.sum())
        covered |= inside.any(axis=0)
    return containing / (k * len(generated)), float(covered.mean())
