"""Enlarge images with flat colors so that their edges stay sharp.

A bicubic enlargement spreads each edge over several pixels. Then every pixel takes the color of a
point farther away from the edge, so that all of the change happens on a narrow line. All of this is
done with premultiplied colors, so the outline of a figure stays sharp, too.

`web/core/enlarge.js` does the same.
"""

import numpy as np
from PIL import Image

STRENGTH = 0.5
REACH = 1.0  # largest distance that a color moves, in input pixels
FLAT = 0.008  # change per input pixel; colors hardly move where the change is well below this
ALPHA_MARGIN = 0.03  # an alpha this close to 0 or 1 becomes 0 or 1, as in web/core/avatars.js
BLUR = 4  # the change is averaged over a radius of 1 / BLUR input pixels


def resize(image: np.ndarray, side: int) -> np.ndarray:
    """Resize a generated image; return RGB on white, uint8 of shape (side, side, 3).

    Args:
        image: uint8 array of shape (s, s, 3 or 4): RGB on white, and alpha if there are 4 channels.
        side: Width and height of the result in pixels.
    """
    if side <= len(image):
        small = Image.fromarray(np.ascontiguousarray(image[..., :3]))
        return np.asarray(small.resize((side, side), Image.Resampling.BICUBIC))
    large = enlarge(to_rgba(image), side).astype("float32")
    alpha = large[..., 3:] / 255
    return np.rint(large[..., :3] * alpha + 255 * (1 - alpha)).astype("uint8")


def to_rgba(image: np.ndarray) -> np.ndarray:
    """Remove the white background from the colors of a generated image.

    Args:
        image: As in `resize`.

    Returns:
        uint8 array of shape (s, s, 4), RGBA without premultiplication; opaque if `image` has no
        alpha channel.
    """
    if image.shape[-1] == 3:
        return np.pad(image, [(0, 0), (0, 0), (0, 1)], constant_values=255)
    alpha = image[..., 3:].astype("float32")
    colors = (image[..., :3] - (255 - alpha)) * 255 / np.maximum(alpha, 1)
    firm = (alpha / 255 - ALPHA_MARGIN) / (1 - 2 * ALPHA_MARGIN) * 255
    pixels = np.concatenate([colors, firm], axis=-1)
    return np.rint(pixels.clip(0, 255)).astype("uint8")


def enlarge(pixels: np.ndarray, side: int) -> np.ndarray:
    """Enlarge a square image.

    Args:
        pixels: uint8 array of shape (s, s, 4), RGBA.
        side: Width and height of the result in pixels.

    Returns:
        uint8 array of shape (side, side, 4); `pixels` itself if it is already this large.
    """
    if side <= len(pixels):
        return pixels
    alpha = pixels[..., 3:] / np.float32(255)
    colors = np.concatenate([pixels[..., :3] / np.float32(255) * alpha, alpha], axis=-1)
    weights = _bicubic_weights(len(pixels), side)
    smooth = np.einsum("yi,xj,ijc->yxc", weights, weights, colors, optimize=True)
    sharp = _steepen(smooth, side / len(pixels))
    alpha = np.minimum(sharp[..., 3:], 1)
    straight = np.where(alpha > 0, sharp[..., :3] / np.where(alpha > 0, alpha, 1), 0)
    result = np.concatenate([straight, np.maximum(alpha, 0)], axis=-1)
    return np.rint(np.clip(result, 0, 1) * 255).astype("uint8")


def _bicubic_weights(small: int, large: int) -> np.ndarray:
    """Return the matrix of bicubic interpolation (Keys, 1981), shape (large, small)."""
    centers = (np.arange(large) + 0.5) * small / large - 0.5
    weights = np.zeros((large, small), "float32")
    for k in range(-1, 3):
        places = np.floor(centers).astype(int) + k
        values = _cubic(np.abs(centers - places))
        np.add.at(weights, (np.arange(large), places.clip(0, small - 1)), values)
    return weights


def _cubic(distance: np.ndarray) -> np.ndarray:
    near = (1.5 * distance - 2.5) * distance**2 + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return np.where(distance < 1, near, far)


def _steepen(colors: np.ndarray, factor: float) -> np.ndarray:
    """Move colors toward edges; `factor` is the number of output pixels per input pixel."""
    change = np.sqrt(sum((part**2).sum(axis=-1) for part in _slopes(colors)))
    radius = int(factor / BLUR + 0.5)
    for axis in (0, 1, 0, 1):
        change = _blur(change, radius, axis)
    dy, dx = _slopes(change)
    steepness = np.sqrt(dx**2 + dy**2)
    length = STRENGTH * factor**2 * steepness / (change + FLAT / factor)
    reach = REACH * factor
    scale = -reach * np.tanh(length / reach) / np.where(steepness > 0, steepness, 1)
    y, x = np.mgrid[: len(colors), : len(colors)]
    return _sample(colors, y + scale * dy, x + scale * dx)


def _slopes(values: np.ndarray) -> list[np.ndarray]:
    """Return the central differences of values, first vertical, then horizontal."""
    last = len(values) - 1
    before = np.maximum(np.arange(last + 1) - 1, 0)
    after = np.minimum(np.arange(last + 1) + 1, last)
    return [(values.take(after, axis) - values.take(before, axis)) / 2 for axis in (0, 1)]


def _blur(values: np.ndarray, radius: int, axis: int) -> np.ndarray:
    places = np.arange(len(values))
    shifted = [
        values.take((places + shift).clip(0, len(values) - 1), axis)
        for shift in range(-radius, radius + 1)
    ]
    return np.mean(shifted, axis=0)


def _sample(colors: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return colors at fractional positions by bilinear interpolation."""
    last = len(colors) - 1
    y, x = y.clip(0, last), x.clip(0, last)
    top, left = y.astype(int), x.astype(int)
    bottom, right = np.minimum(top + 1, last), np.minimum(left + 1, last)
    b, a = (y - top)[..., None], (x - left)[..., None]
    upper = (1 - a) * colors[top, left] + a * colors[top, right]
    lower = (1 - a) * colors[bottom, left] + a * colors[bottom, right]
    return (1 - b) * upper + b * lower
