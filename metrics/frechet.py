"""Frechet distance of two sets of points, each taken for a Gaussian (Heusel et al. 2017, arXiv:1706.08500)."""

import numpy as np


def moments(points):
    """Mean (d,) and covariance (d, d) of points (n, d), in float64."""
    points = np.asarray(points, "float64")
    return points.mean(axis=0), np.atleast_2d(np.cov(points, rowvar=False))


def frechet(first, second):
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two pairs of `moments`.

    The trace of the root is taken from the eigenvalues of the symmetric C1^(1/2) C2 C1^(1/2), which are those of C1 C2:
    nothing complex comes up, not even where a covariance is singular.
    """
    (mean1, covariance1), (mean2, covariance2) = first, second
    values, vectors = np.linalg.eigh(covariance1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ covariance2 @ root), 0)).sum()
    apart = (
        ((mean1 - mean2) ** 2).sum() + np.trace(covariance1) + np.trace(covariance2) - 2 * shared
    )
    return float(max(apart, 0))
