"""Eigen-digits: the principal components of images of digits."""

import numpy as np
from sklearn.decomposition import PCA


def fit_pca(images: np.ndarray, num_components: int) -> PCA:
    """Fit a principal component analysis (PCA); pixels are centered but not scaled.

    Args:
        images: Images, float of shape (n, 28, 28) or (n, 784).
        num_components: Number of components, at most the number of images and of pixels.

    Returns:
        The fitted PCA. Its `components_` are unit vectors, shape (components, 784).
    """
    pixels = images.reshape(len(images), -1)
    return PCA(min(num_components, *pixels.shape), svd_solver="covariance_eigh").fit(pixels)


def scaled_components(pca: PCA) -> np.ndarray:
    """Return the components, each scaled by the standard deviation of its coefficient."""
    return pca.components_ * np.sqrt(pca.explained_variance_)[:, None]
