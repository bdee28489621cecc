"""Compare the attributes that were requested of a face with those that a classifier recognizes.

Labels are int arrays of shape (n, attributes). A requested label of -1 means that the attribute
cannot be seen, such as the color of absent glasses; it does not count.
"""

from collections.abc import Sequence

import numpy as np


def accuracy(requested: np.ndarray, recognized: np.ndarray) -> np.ndarray:
    """Return the fraction of faces that show each attribute as requested, shape (attributes,).

    The fraction is NaN for an attribute that is not visible in any face.
    """
    visible = requested >= 0
    with np.errstate(invalid="ignore"):
        return ((requested == recognized) & visible).sum(axis=0) / visible.sum(axis=0)


def total_variation(
    requested: np.ndarray, recognized: np.ndarray, variants: Sequence[int]
) -> np.ndarray:
    """Return the total variation distance between requested and recognized histograms.

    Args:
        requested: Shape (n, attributes).
        recognized: Shape (n, attributes).
        variants: Number of variants of each attribute.

    Returns:
        Half the sum of |requested fraction - recognized fraction| over the variants of each
        attribute, shape (attributes,).
    """
    pairs = _histogram_pairs(requested, recognized, variants)
    return np.array([np.abs(a - b).sum() / 2 / max(a.sum(), 1) for a, b in pairs])


def missing_variants(
    requested: np.ndarray, recognized: np.ndarray, variants: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the variants that were requested but never recognized.

    See `total_variation` for the arguments.

    Returns:
        Pairs of indices (attribute, variant).
    """
    pairs = _histogram_pairs(requested, recognized, variants)
    return [
        (attribute, int(variant))
        for attribute, (a, b) in enumerate(pairs)
        for variant in np.flatnonzero((a > 0) & (b == 0))
    ]


def _histogram_pairs(
    requested: np.ndarray, recognized: np.ndarray, variants: Sequence[int]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the histograms of requested and recognized variants of each attribute.

    Faces in which the attribute is invisible do not count.
    """
    pairs = []
    for i, count in enumerate(variants):
        visible = requested[:, i] >= 0
        pairs.append(
            (
                np.bincount(requested[visible, i], minlength=count),
                np.bincount(recognized[visible, i], minlength=count),
            )
        )
    return pairs
