"""Detect generated images that copy training images, by their distance to the nearest one.

The method is based on Meehan et al., 2020, arXiv:2004.05675.
"""

import numpy as np

from metrics.neighbors import nearest

# Points that are closer to a training point than a threshold count as copies. The threshold is
# chosen so that this fraction of the held-out points, none of which is a copy, are that close.
FALSE_POSITIVE_RATE = 0.01


class DataCopyingTest:
    """Compares distances to training points with distances to held-out points.

    A network cannot copy held-out points, because it was not trained on them.

    Args:
        training: Training points, shape (n, d).
        held_out: Held-out points, shape (m, d).
    """

    def __init__(self, training: np.ndarray, held_out: np.ndarray):
        self.training = training
        self.held_out = held_out
        self.size = min(len(training), len(held_out))
        self.threshold = np.quantile(nearest(held_out, training)[1], FALSE_POSITIVE_RATE)

    def __call__(self, points: np.ndarray) -> tuple[float, float]:
        """Test generated points, shape (k, d).

        Returns:
            Two fractions of the generated points: those that are closer to a training point than
            99% of the held-out points are; and those whose nearest training point is closer than
            their nearest held-out point, for sets of the same size. The second fraction is about
            0.5 if nothing was copied, even if the images are blurred.
        """
        distances = nearest(points, self.training)[1]
        if len(self.training) == self.size:
            to_training = distances
        else:
            to_training = nearest(points, self.training[: self.size])[1]
        to_held_out = nearest(points, self.held_out[: self.size])[1]
        is_copy = distances < self.threshold
        return float(is_copy.mean()), float((to_training < to_held_out).mean())
