"""The metric that avatar training monitors: cheap, and the same with and without labels.

Images are projected onto the first principal components of real ones (eigenfaces). There the
Fréchet distance measures how far generated images are from real ones, and diversity measures mode
collapse. `python -m explore.avatars measure` measures more thoroughly.
"""

import numpy as np
from sklearn.decomposition import PCA

from metrics.frechet import frechet_distance, moments

COMPONENTS = 96


class EigenfaceMonitor:
    """Compares generated images with real ones in the space of the real ones' eigenfaces.

    Args:
        images: Real images, uint8 of shape (n, side, side, 3) with n > 1.
    """

    def __init__(self, images: np.ndarray):
        # n images span n - 1 dimensions. ARPACK is many times faster than a full decomposition.
        components = min(len(images) - 1, COMPONENTS)
        self.pca = PCA(components, svd_solver="arpack", random_state=0)
        self.real = self.pca.fit_transform(_flatten(images))

    def frechet(self, images: np.ndarray) -> float:
        """Return the Fréchet distance to the real images as a share of their variance.

        Args:
            images: Generated images, uint8 of shape (n, side, side, 3).
        """
        distance = frechet_distance(moments(self._project(images)), moments(self.real))
        return distance / np.trace(np.cov(self.real.T))

    def diversity(self, images: np.ndarray) -> float:
        """Return how much two images differ (root mean square), as a share of two real ones.

        Args:
            images: Generated images, uint8 of shape (n, side, side, 3).
        """
        variance = self._project(images).var(axis=0).sum()
        return float(np.sqrt(variance / self.real.var(axis=0).sum()))

    def _project(self, images: np.ndarray) -> np.ndarray:
        return self.pca.transform(_flatten(images))


def _flatten(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype("float32") / 255
