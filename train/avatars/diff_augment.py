"""Differentiable augmentation of all images that the discriminator sees (DiffAugment).

Real and generated images are augmented in the same random ways, so that the discriminator cannot
simply memorize a few real images. Gradients flow through the augmentation, so the generator does
not learn to imitate it (Zhao et al., 2020, arXiv:2006.10738).
"""

import keras
from keras import ops

MAX_SHIFT = 1 / 8  # maximum shift in each direction, as a fraction of the image side
CUTOUT = 1 / 2  # side of the square that is cut out, as a fraction of the image side
_DRAWS = 7  # random numbers per image


def augment(images, seed: keras.random.SeedGenerator):
    """Change the colors of each image at random, shift it, and cut out a square.

    Args:
        images: Shape (batch, side, side, 3), from -1 to 1.
        seed: Source of random numbers.

    Returns:
        Images of the same shape. Cut-out pixels and gaps at the edges are 0, a medium gray.
    """
    draws = keras.random.uniform((ops.shape(images)[0], _DRAWS, 1, 1), seed=seed)
    images = _change_colors(images, draws[:, 0:1], draws[:, 1:2], draws[:, 2:3])
    images = _shift(images, draws[:, 3, 0], draws[:, 4, 0])
    return images * _cutout_mask(images.shape[1], draws[:, 5, 0], draws[:, 6, 0])


def _change_colors(images, brightness, saturation, contrast):
    """Change colors, given uniform random numbers from 0 to 1, each of shape (batch, 1, 1, 1)."""
    images = images + brightness - 0.5
    gray = ops.mean(images, axis=3, keepdims=True)
    images = gray + (images - gray) * 2 * saturation
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (images - mean) * (contrast + 0.5)


def _shift(images, vertical, horizontal):
    """Shift images by whole pixels, given uniform random numbers of shape (batch, 1)."""
    side = images.shape[1]
    rows = ops.einsum("bij,bjkc->bikc", _shift_matrix(side, vertical), images)
    return ops.einsum("bkj,bijc->bikc", _shift_matrix(side, horizontal), rows)


def _shift_matrix(side: int, draws):
    """Return matrices of shape (batch, side, side) that shift a vector by whole elements."""
    offsets = ops.round((2 * draws - 1) * MAX_SHIFT * side)
    positions = ops.arange(side, dtype="float32")
    distances = positions[None, None, :] - positions[None, :, None] - offsets[:, :, None]
    return ops.cast(ops.abs(distances) < 0.5, "float32")


def _cutout_mask(side: int, vertical, horizontal):
    """Return masks (batch, side, side, 1): 0 in a random square, which an edge may cut off."""
    rows = _is_near(side, vertical)
    columns = _is_near(side, horizontal)
    return 1 - (rows[:, :, None] * columns[:, None, :])[..., None]


def _is_near(side: int, draws):
    """Return 1 for positions near a random center and 0 for the others, shape (batch, side)."""
    positions = (ops.arange(side, dtype="float32")[None] + 0.5) / side
    return ops.cast(ops.abs(positions - draws) < CUTOUT / 2, "float32")
