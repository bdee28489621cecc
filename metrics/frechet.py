"""Fréchet distance between two sets of points, each modeled as a Gaussian.

Heusel et al., 2017, arXiv:1706.08500.
"""

from typing import NamedTuple

import numpy as np


class Moments(NamedTuple):
    """Mean, shape (d,), and covariance, shape (d, d), of a set of points."""

    mean: np.ndarray
    covariance: np.ndarray


def moments(points: np.ndarray) -> Moments:
    """Return the moments of points of shape (n, d), in float64."""
    points = np.asarray(points, "float64")
    return Moments(points.mean(axis=0), np.atleast_2d(np.cov(points, rowvar=False)))


def frechet_distance(first: Moments, second: Moments) -> float:
    """Return the Fréchet distance, |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)).

    C1 C2 has the same eigenvalues as the symmetric matrix C1^(1/2) C2 C1^(1/2), so the trace of its
    square root can be computed without complex numbers, even if a covariance matrix is singular.
    """
    values, vectors = np.linalg.eigh(first.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    products = np.linalg.eigvalsh(root @ second.covariance @ root)
    trace_of_root = np.sqrt(np.maximum(products, 0)).sum()
    squared_shift = ((first.mean - second.mean) ** 2).sum()
    traces = np.trace(first.covariance) + np.trace(second.covariance)
    return float(max(squared_shift + traces - 2 * trace_of_root, 0))
