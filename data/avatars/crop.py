"""Crop pictures to squares.

square   Keep the largest square: the middle of a wide picture, or the top of a tall one, where the
         head is. If the pictures in a set are square and have a transparent background, keep one
         smaller square, the same for all of them, that contains all their subjects.
subject  Keep a square around the subject of each picture: the part that is opaque or that differs
         from a background of one color. Without such a background, this is the same as "square".
none     Keep the whole picture and pad it to a square with the color of its border.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

MODES = ("square", "subject", "none")
SAMPLE = 200  # number of images from which a common square is computed

Box = tuple[float, float, float, float]  # left, top, right and bottom
Square = tuple[float, float, float]  # left, top and side, as fractions of the width

_OUTLIERS = 0.01  # fraction of the images that may extend beyond the common square
_MIN_GAIN = 0.95  # a common square is used only if its side is at most this fraction of the image's
_SEARCH_SIDE = 256  # longer side, in pixels, of the small copy in which the subject is found
_TOLERANCE = 24  # maximum difference from the color of the background, out of 255
_MIN_BACKGROUND = 0.7  # fraction of the border that must have the color of the background
_MIN_OPACITY = 16  # out of 255; pixels below it count as transparent
_SPECKS = 0.005  # rows and columns with a smaller fraction of subject pixels are ignored
_MIN_SUBJECT = 0.05  # as a fraction of the longer side; anything smaller counts as dust
_MARGIN = 0.04  # around a subject, as a fraction of its side


class Crop(NamedTuple):
    """How to crop each picture in a set.

    Attributes:
        mode: One of MODES.
        square: For the mode "square": the part of square pictures to keep; None to keep all.
    """

    mode: str = "square"
    square: Square | None = None


def crop_box(image: Image.Image, crop: Crop | None) -> Box:
    """Return the square to keep; it may extend beyond the picture.

    Args:
        image: A picture, RGB or RGBA.
        crop: How to crop; None is the same as `Crop()`.
    """
    crop = crop or Crop()
    if crop.mode == "none":
        return _around(0, 0, image.width, image.height, 0)
    box = subject_box(image) if crop.mode == "subject" else None
    if box:
        return _around(*box, _MARGIN)
    return _largest_square(image.width, image.height, crop.square)


def _largest_square(width: int, height: int, square: Square | None) -> Box:
    if square and width == height:
        left, top, side = (share * width for share in square)
        return left, top, left + side, top + side
    side = min(width, height)
    left = (width - side) / 2
    return left, 0, left + side, side


def _around(left: float, top: float, right: float, bottom: float, margin: float) -> Box:
    """Return the smallest square around a box, enlarged by a margin, with the same center."""
    half = max(right - left, bottom - top) * (0.5 + margin)
    x = (left + right) / 2
    y = (top + bottom) / 2
    return x - half, y - half, x + half, y + half


def subject_box(image: Image.Image) -> Box | None:
    """Find the bounding box of the subject of a picture.

    Args:
        image: A picture, RGB or RGBA.

    Returns:
        The box in pixels; None if there is no uniform background, or no subject.
    """
    scale = max(1.0, max(image.size) / _SEARCH_SIDE)
    size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
    small = np.asarray(image.resize(size, Image.Resampling.BOX), "int16")
    mask = _subject_mask(small)
    if mask is None:
        return None
    rows = np.flatnonzero(mask.mean(axis=1) > _SPECKS)
    columns = np.flatnonzero(mask.mean(axis=0) > _SPECKS)
    if not len(rows) or not len(columns):
        return None
    spans = (np.ptp(rows) + 1, np.ptp(columns) + 1)
    if max(spans) < _MIN_SUBJECT * max(size):
        return None
    left, top = columns[0] * scale, rows[0] * scale
    return left, top, left + spans[1] * scale, top + spans[0] * scale


def _subject_mask(pixels: np.ndarray) -> np.ndarray | None:
    """Return a bool mask of the subject, shape (height, width); None without a background."""
    if pixels.shape[2] == 4 and (border_pixels(pixels)[:, 3] < _MIN_OPACITY).any():
        return pixels[:, :, 3] >= _MIN_OPACITY
    border = border_pixels(pixels[:, :, :3])
    color = np.median(border, axis=0)
    if (np.abs(border - color).max(axis=1) <= _TOLERANCE).mean() < _MIN_BACKGROUND:
        return None
    return np.abs(pixels[:, :, :3] - color).max(axis=2) > _TOLERANCE


def border_pixels(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels along the border, shape (n, channels)."""
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return np.concatenate(edges)


def common_square(boxes: Sequence[Box | None]) -> Square | None:
    """Find the square that contains the subjects of all images with a transparent background.

    Args:
        boxes: The `opaque_box` of each image.

    Returns:
        The square; None if most images have no such box, or if the subjects fill the images.
    """
    found = [box for box in boxes if box]
    if not found or len(found) < len(boxes) / 2:
        return None
    left, top = np.quantile(np.array(found)[:, :2], _OUTLIERS, axis=0)
    right, bottom = np.quantile(np.array(found)[:, 2:], 1 - _OUTLIERS, axis=0)
    side = max(right - left, bottom - top)
    if side > _MIN_GAIN:
        return None
    return (
        float(np.clip((left + right - side) / 2, 0, 1 - side)),
        float(np.clip((top + bottom - side) / 2, 0, 1 - side)),
        float(side),
    )


def opaque_box(image: Image.Image) -> Box | None:
    """Return the bounding box of the pixels of a square image that are not fully transparent.

    Returns:
        Left, top, right and bottom as fractions of the width; None if the image is not square, has
        no alpha channel, or is completely transparent.
    """
    if image.width != image.height or image.mode != "RGBA":
        return None
    box = image.getchannel("A").getbbox()
    if not box:
        return None
    left, top, right, bottom = (edge / image.width for edge in box)
    return left, top, right, bottom
