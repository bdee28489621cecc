"""Augmentation of faces: random shift, blur, brightness, contrast and noise.

Generated faces are less sharp than rendered ones, so a classifier that was trained only on rendered
faces would misclassify them.
"""

import numpy as np

MAX_SHIFT = 2  # pixels


def to_float(images: np.ndarray) -> np.ndarray:
    """Return uint8 images as float32 from -1 to 1."""
    return images.astype("float32") / 127.5 - 1


def augment(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Shift and blur images, change brightness and contrast, and add noise, by random amounts.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        random: Source of random numbers.

    Returns:
        float32 array of the same shape, from -1 to 1.
    """
    count = len(images)
    offsets = random.integers(-MAX_SHIFT, MAX_SHIFT + 1, (count, 2))
    images = to_float(shift(images, offsets))

    def uniform(low: float, high: float) -> np.ndarray:
        return random.uniform(low, high, (count, 1, 1, 1)).astype("float32")

    blur_amount = np.maximum(uniform(-0.5, 1), 0)  # a third of the images stay sharp
    brightness = uniform(-0.08, 0.08)
    contrast = uniform(0.9, 1.1)
    noise_level = uniform(0, 0.06)
    images += blur_amount * (blur(blur(images)) - images)
    noise = random.standard_normal(images.shape, "float32")
    return np.clip(images * contrast + brightness + noise_level * noise, -1, 1)


def shift(images: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Shift images, filling the gaps with the pixels of the edge.

    Args:
        images: Shape (n, side, side, channels).
        offsets: Shifts in whole pixels, down and to the right, shape (n, 2).
    """
    pixels = np.arange(images.shape[1])
    rows = np.clip(pixels - offsets[:, 0, None], 0, len(pixels) - 1)
    columns = np.clip(pixels - offsets[:, 1, None], 0, len(pixels) - 1)
    return images[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


def blur(images: np.ndarray) -> np.ndarray:
    """Apply a 3 x 3 binomial filter to images, repeating their edges."""
    for axis in (1, 2):
        padding = [(1, 1) if i == axis else (0, 0) for i in range(4)]
        padded = np.pad(images, padding, mode="edge")
        before, center, after = (
            padded.take(range(i, i + images.shape[axis]), axis=axis) for i in range(3)
        )
        images = (before + 2 * center + after) / 4
    return images
