"""The measure that avatar training watches: cheap, and the same whether pictures have labels or not.

Pictures are seen as their first principal components (eigenfaces), taken from real ones. There the Frechet distance
(Heusel et al. 2017, arXiv:1706.08500) says how far made pictures are from real ones, and diversity, the mean distance
of two made pictures as a share of that of two real ones, tells of collapse. `explore.avatars measure` measures better.
"""

import numpy as np
from scipy.linalg import eigh

from metrics.frechet import frechet, moments

COMPONENTS = 96


class EigenFaces:
    """The space, and what real pictures look like in it. images: uint8 (n, 64, 64, 3), n > 1."""

    def __init__(self, images):
        flat = _flat(images)
        self.mean = flat.mean(axis=0)
        centred = flat - self.mean
        last = min(len(flat), COMPONENTS)
        values, vectors = eigh(
            centred @ centred.T, subset_by_index=[len(flat) - last, len(flat) - 1]
        )
        self.axes = centred.T @ vectors / np.sqrt(np.maximum(values, 1e-9))
        self.real = centred @ self.axes

    def frechet(self, images):
        """Frechet distance from made pictures, uint8 (n, 64, 64, 3), to the real ones, as a share of their variance."""
        return frechet(moments(self._place(images)), moments(self.real)) / np.trace(
            np.cov(self.real.T)
        )

    def diversity(self, images):
        """Root mean squared distance of two of the pictures, as a share of that of two real ones."""
        return float(np.sqrt(self._place(images).var(axis=0).sum() / self.real.var(axis=0).sum()))

    def _place(self, images):
        return (_flat(images) - self.mean) @ self.axes


def _flat(images):
    return images.reshape(len(images), -1).astype("float32") / 255
