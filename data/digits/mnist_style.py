"""A drawing becomes a picture as MNIST's were made: 20 pixels tall or wide, its centre of mass in the middle of 28x28.

LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998), section III.A. `web/core/mnist-style.js` is
the twin of this file; `tests/golden/drawing.json` holds the two together. All arithmetic is in float64.
"""

import math

import numpy as np

BOX, SIDE = 20, 28


def as_mnist(drawing):
    """The picture (28, 28) of a drawing (height, width), both from 0 (paper) to 1 (ink); None for one without ink.

    The box around the ink is scaled so that its longer side has 20 pixels; a pixel is the mean ink of the area that it
    covers. The picture is then moved by whole pixels until its centre of mass is nearest to pixel (14, 14), as far as
    it stays inside.
    """
    ink = drawing > 0
    if not ink.any():
        return None
    (top, bottom), (left, right) = (_ends(ink.any(axis=axis)) for axis in (1, 0))
    box = drawing[top:bottom, left:right].astype("float64")
    rows, columns = (max(1, math.floor(side * BOX / max(box.shape) + 0.5)) for side in box.shape)
    small = _areas(box.shape[0], rows) @ box @ _areas(box.shape[1], columns).T
    picture = np.zeros((SIDE, SIDE))
    y, x = _place(small.sum(axis=1)), _place(small.sum(axis=0))
    picture[y : y + rows, x : x + columns] = small
    return picture


def _ends(args):
    """The first place of a flag, and one past the last."""
    places = np.flatnonzero(args)
    return places[0], places[-1] + 1


def _areas(size, pixels):
    """The share (pixels, size) that each of `size` old pixels has in each of so many new ones."""
    step = size / pixels
    new, old = np.arange(pixels)[:, None] * step, np.arange(size)
    return np.clip(np.minimum(new + step, old + 1) - np.maximum(new, old), 0, None) / step


def _place(mass):
    """Where a side begins that has so much ink in each pixel."""
    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    return min(max(math.floor(SIDE / 2 - centre + 0.5), 0), SIDE - len(mass))
