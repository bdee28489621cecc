"""Detect generated images that copy training images, by the distance to the nearest one.

After Meehan et al., 2020, arXiv:2004.05675.
"""

import numpy as np

from metrics.neighbors import nearest

# Share of the held-out points that lie closer to a training point than the threshold for a copy.
FALSE_POSITIVE_RATE = 0.01


class DataCopyingTest:
    """Compares distances to training points with those to held-out points, which no one can copy.

    Args:
        training: Shape (n, d).
        held_out: Shape (m, d).
    """

    def __init__(self, training: np.ndarray, held_out: np.ndarray):
        self.training = training
        self.held_out = held_out
        self.size = min(len(training), len(held_out))
        self.threshold = np.quantile(nearest(held_out, training)[1], FALSE_POSITIVE_RATE)

    def __call__(self, points: np.ndarray) -> tuple[float, float]:
        """Test generated points, shape (k, d).

        Returns:
            The share of points that are closer to a training point than 99 % of the held-out
            points are; and the share that are closer to a training point than to any of equally
            many held-out points, which is 0.5 if nothing was copied, however blurred the images.
        """
        distances = nearest(points, self.training)[1]
        if len(self.training) == self.size:
            to_training = distances
        else:
            to_training = nearest(points, self.training[: self.size])[1]
        to_held_out = nearest(points, self.held_out[: self.size])[1]
        is_copy = distances < self.threshold
        return float(is_copy.mean()), float((to_training < to_held_out).mean())
