"""Do faces have the features that were asked for? What was asked against what the classifier sees.

A feature that cannot be seen in the face as asked for, the colour of absent glasses say, is -1 and does not count.
"""

import numpy as np


def accuracy(asked, seen):
    """Of every feature the share of faces (features,) in which it is seen as asked; NaN where none shows it."""
    visible = asked >= 0
    with np.errstate(invalid="ignore"):
        return ((asked == seen) & visible).sum(axis=0) / visible.sum(axis=0)


def histograms(labels, visible, variants):
    """Of every feature how often each variant occurs among the faces where it is visible: a list of (variants,)."""
    return [np.bincount(labels[visible[:, k], k], minlength=n) for k, n in enumerate(variants)]


def total_variation(asked, seen, variants):
    """Of every feature half the sum of |share asked - share seen| over its variants, (features,)."""
    pairs = zip(*(histograms(labels, asked >= 0, variants) for labels in (asked, seen)))
    return np.array([np.abs(a - b).sum() / 2 / max(a.sum(), 1) for a, b in pairs])


def undrawn(asked, seen, variants):
    """The variants that were asked for and are seen nowhere, as pairs (feature, variant)."""
    pairs = zip(*(histograms(labels, asked >= 0, variants) for labels in (asked, seen)))
    return [
        (k, int(v)) for k, (a, b) in enumerate(pairs) for v in np.flatnonzero((a > 0) & (b == 0))
    ]
