"""Are generated pictures copies of training pictures? Asked of the distance to the nearest one."""

import numpy as np

from metrics.neighbors import nearest

NEAR = 0.01  # of the held-out pictures, so many lie as near to a training picture by chance


class Copies:
    """Judges points against training points, beside held-out points that nobody could have copied."""

    def __init__(self, training, held_out):
        self.size = min(len(training), len(held_out))
        self.training, self.held_out = training, held_out
        self.usual = np.quantile(nearest(held_out, training)[1], NEAR)

    def __call__(self, points):
        """The share of points nearer to a training point than all but 1 % of the held-out points are; and the share
        nearer to a training point than to any of as many held-out points, which is 0.5 where nothing was copied,
        however blurred the pictures are (after Meehan et al. 2020, arXiv:2004.05675)."""
        apart = nearest(points, self.training)[1]
        same = (
            apart
            if len(self.training) == self.size
            else nearest(points, self.training[: self.size])[1]
        )
        nearer = same < nearest(points, self.held_out[: self.size])[1]
        return float((apart < self.usual).mean()), float(nearer.mean())
