"""Scale and center a drawing in the same way as the digits of MNIST.

The ink is scaled to fit into 20x20 pixels and placed in a 28x28 image so that its center of mass is
in the middle (LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, section
III.A). All arithmetic is in float64. `web/core/mnist-style.js` does the same;
`tests/golden/drawing.json` checks both.
"""

import math

import numpy as np

from data.digits.mnist import IMAGE_SIDE

BOX_SIDE = 20  # longer side of the scaled ink, in pixels


def as_mnist(drawing: np.ndarray) -> np.ndarray | None:
    """Scale and center a drawing like an MNIST digit.

    The bounding box of the ink is scaled so that its longer side is 20 pixels; each new pixel is
    the mean ink of the area that it covers. The result is then moved by whole pixels so that its
    center of mass is as close as possible to pixel (14, 14) while it stays inside the image.

    Args:
        drawing: Array of shape (height, width), from 0 (paper) to 1 (ink).

    Returns:
        The image, float64 of shape (28, 28), from 0 to 1; None if the drawing has no ink.
    """
    has_ink = drawing > 0
    if not has_ink.any():
        return None
    top, bottom = _span(has_ink.any(axis=1))
    left, right = _span(has_ink.any(axis=0))
    box = drawing[top:bottom, left:right].astype("float64")
    height, width = box.shape
    rows = _scaled(height, max(box.shape))
    columns = _scaled(width, max(box.shape))
    small = _area_weights(height, rows) @ box @ _area_weights(width, columns).T
    y = _centered_offset(small.sum(axis=1))
    x = _centered_offset(small.sum(axis=0))
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE))
    image[y : y + rows, x : x + columns] = small
    return image


def _span(flags: np.ndarray) -> tuple[int, int]:
    """Return the index of the first True and the index after the last."""
    indices = np.flatnonzero(flags)
    return indices[0], indices[-1] + 1


def _scaled(size: int, longer_side: int) -> int:
    return max(1, math.floor(size * BOX_SIDE / longer_side + 0.5))


def _area_weights(size: int, pixels: int) -> np.ndarray:
    """Return the weights (pixels, size) that resample `size` old pixels to new ones by area."""
    step = size / pixels
    new = np.arange(pixels)[:, None] * step
    old = np.arange(size)
    overlap = np.minimum(new + step, old + 1) - np.maximum(new, old)
    return np.clip(overlap, 0, None) / step


def _centered_offset(mass: np.ndarray) -> int:
    """Return the offset that puts the center of `mass` (ink per row or column) in the middle."""
    center = (mass * np.arange(len(mass))).sum() / mass.sum()
    offset = math.floor(IMAGE_SIDE / 2 - center + 0.5)
    return min(max(offset, 0), IMAGE_SIDE - len(mass))
