"""The metrics that avatar training monitors: fast, and independent of labels.

Images are projected onto the first principal components of real images (eigenfaces). In this space,
the Fréchet distance measures how far generated images are from real ones, and diversity measures
mode collapse. `python -m explore.avatars measure` measures more thoroughly.
"""

import numpy as np
from sklearn.decomposition import PCA

from metrics.frechet import frechet_distance, moments
from metrics.pixel_space import PixelSpace

COMPONENTS = 96
# Axes whose variance is less than this fraction of the first axis's variance are ignored: if some
# images are identical, such axes contain only rounding errors.
MIN_VARIANCE = 1e-6


class EigenfaceMonitor:
    """Compares generated images with real ones in the space of the eigenfaces of the real ones.

    Args:
        images: Real images, uint8 of shape (n, side, side, 3) with n > 1.
    """

    def __init__(self, images: np.ndarray):
        # n images span n - 1 dimensions. ARPACK is many times faster than a full decomposition.
        components = min(len(images) - 1, COMPONENTS)
        self.pca = PCA(components, svd_solver="arpack", random_state=0).fit(_flatten(images))
        self.axes = measurable_axes(self.pca)
        self.real = self._project(images)

    def frechet(self, images: np.ndarray) -> float:
        """Return the Fréchet distance to the real images, divided by their total variance.

        Args:
            images: Generated images, uint8 of shape (n, side, side, 3).
        """
        distance = frechet_distance(moments(self._project(images)), moments(self.real))
        return float(distance / self.real.var(axis=0, ddof=1).sum())

    def diversity(self, images: np.ndarray) -> float:
        """Return the RMS difference between generated images, divided by that between real ones.

        Args:
            images: Generated images, uint8 of shape (n, side, side, 3).
        """
        variance = self._project(images).var(axis=0).sum()
        return float(np.sqrt(variance / self.real.var(axis=0).sum()))

    def _project(self, images: np.ndarray) -> np.ndarray:
        return self.pca.transform(_flatten(images))[:, self.axes]


class PixelSpaceMonitor(EigenfaceMonitor):
    """Like `EigenfaceMonitor`, but for small sets of images, which it compares in `PixelSpace`.

    In that space, blurred images are far from sharp ones.

    Args:
        images: Real images, uint8 of shape (n, side, side, 3) with n > 1.
    """

    def __init__(self, images: np.ndarray):
        self.space = PixelSpace(images)
        self.axes = measurable_axes(self.space.pca)
        self.real = self._project(images)

    def _project(self, images: np.ndarray) -> np.ndarray:
        return self.space.embed(images)[:, self.axes]


def measurable_axes(pca: PCA) -> np.ndarray:
    """Return the indices of the components that contain more than rounding errors."""
    variances = pca.explained_variance_
    return np.flatnonzero(variances >= MIN_VARIANCE * variances[0])


def _flatten(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype("float32") / 255
