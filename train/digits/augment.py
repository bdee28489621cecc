"""Augmentation of digits by small random affine transformations."""

import numpy as np

from data.digits.mnist import IMAGE_SIDE

_CENTER = (IMAGE_SIDE - 1) / 2
_PADDED_SIDE = IMAGE_SIDE + 2


def augment(
    images: np.ndarray,
    random: np.random.Generator,
    translation: float,
    rotation: float,
    shear_zoom: float,
) -> np.ndarray:
    """Apply a different random affine transformation to each image.

    Args:
        images: Images, uint8 of shape (n, 28, 28).
        random: Source of random numbers.
        translation: Maximum shift in pixels, in each direction.
        rotation: Maximum rotation in degrees, in each direction.
        shear_zoom: Maximum change of width, height and shear, as a fraction.

    Returns:
        Images, float32 of shape (n, 28, 28), from 0 to 1.
    """
    matrices = _random_matrices(len(images), random, rotation, shear_zoom)
    grid = np.indices((IMAGE_SIDE, IMAGE_SIDE)).reshape(2, -1) - _CENTER
    positions = matrices.astype("float32") @ grid.astype("float32")
    shifts = random.uniform(-translation, translation, (len(images), 2, 1))
    positions += (_CENTER + shifts).astype("float32")
    return _bilinear(images, positions).reshape(-1, IMAGE_SIDE, IMAGE_SIDE)


def _random_matrices(
    count: int, random: np.random.Generator, rotation: float, shear_zoom: float
) -> np.ndarray:
    """Return random matrices, float64 of shape (count, 2, 2), that rotate, scale and shear."""
    angle = np.radians(random.uniform(-rotation, rotation, count))
    height, width = np.exp(random.uniform(-shear_zoom, shear_zoom, (count, 2))).T
    shear = random.uniform(-shear_zoom, shear_zoom, count)
    sine = np.sin(angle)
    cosine = np.cos(angle)
    row_1 = [cosine * height, (shear * cosine - sine) * width]
    row_2 = [sine * height, (shear * sine + cosine) * width]
    return np.stack([*row_1, *row_2], axis=1).reshape(count, 2, 2)


def _bilinear(images: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Interpolate images at fractional positions; everything outside an image is 0.

    Args:
        images: Images, uint8 of shape (n, 28, 28).
        positions: Positions (y, x) in pixels, float32 of shape (n, 2, 784).

    Returns:
        Values, float32 of shape (n, 784), from 0 to 1.
    """
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(len(images), -1)
    positions = np.clip(positions + 1, 0, _PADDED_SIDE - 1.001)
    corner = positions.astype("int32")
    down, right = np.moveaxis(positions - corner, 1, 0)
    index = corner[:, 0] * _PADDED_SIDE + corner[:, 1]

    def at(offset):
        return np.take_along_axis(padded, index + offset, axis=1).astype("float32")

    upper = at(0) * (1 - right) + at(1) * right
    lower = at(_PADDED_SIDE) * (1 - right) + at(_PADDED_SIDE + 1) * right
    return (upper * (1 - down) + lower * down) / np.float32(255)
