"""Improved precision and recall (Kynkaanniemi et al. 2019, arXiv:1904.06991).

Each set of points is taken for the balls around them that reach to their k-th nearest neighbour. Precision: the share
of generated points within the real balls; recall: the share of real points within the generated balls.
"""

import numpy as np

from metrics.neighbors import distances, radii


def precision_recall(real, generated, k=3):
    """Precision and recall of generated points (m, d) against real ones (n, d)."""
    return _within(generated, real, k), _within(real, generated, k)


def _within(points, centres, k):
    reach = radii(centres, k)
    return float(
        np.mean(
            np.concatenate(
                [(block <= reach).any(axis=1) for _, block in distances(points, centres)]
            )
        )
    )
