"""How good are the pictures of this epoch? Cheap enough to be asked while a network trains: a thousand pictures, a few
seconds.

    quality = Quality(classifier.look, held_out)            faces, in the classifier's space
    quality = Quality(PixelSpace(held_out).look, held_out)  pictures without labels
    quality(images, asked) -> {"frechet": .., "diversity": .., "accuracy": ..}
"""

import numpy as np

from measures.attributes import accuracy
from measures.frechet import frechet, moments
from measures.neighbours import distances

SPREAD = 1000       # points at most whose mutual distances are averaged


class Quality:
    """Measures pictures against real ones, held out from training.

    look(images): what the pictures show, (n, features) or None, and their points (n, d); real: uint8 images.
    """

    def __init__(self, look, real):
        self.look = look
        points = look(real)[1]
        self.moments, self.spread = moments(points), spread(points)

    def __call__(self, images, asked=None):
        """frechet: distance to the real ones, the less the better; diversity: the mean distance of two pictures as a
        share of that of two real ones; accuracy, where labels were asked for: the mean over the features."""
        seen, points = self.look(images)
        figures = {"frechet": frechet(moments(points), self.moments), "diversity": spread(points) / self.spread}
        if asked is not None and seen is not None:
            figures["accuracy"] = float(np.nanmean(accuracy(asked, seen)))
        return figures


def spread(points):
    """The mean distance between two of the first 1,000 points."""
    points = points[:SPREAD]
    total = sum(block.sum(dtype="float64") for _, block in distances(points, points))
    return float(total / (len(points) * (len(points) - 1)))
