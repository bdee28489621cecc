"""Read a user's image file as a digit: light ink on dark paper, as in MNIST."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from common.cli import GeneError
from data.digits.mnist import IMAGE_SIDE

# The only decoders that Pillow may use; others (PSD, EPS ...) have had vulnerabilities.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_MAX_SIDE = 4096  # pixels
_MIN_CONTRAST = 24  # out of 255; anything less counts as uniform
_NOISE = 8  # out of 255; weaker ink counts as paper


def read_image(path: str | Path) -> np.ndarray:
    """Read an image file as a drawing.

    If the image is partly transparent and its opaque part has a single color, the opaque part is
    the ink. In all other images, pixels that differ from the border are ink; transparent parts
    count as white.

    Args:
        path: A PNG, JPEG, WebP, GIF or BMP file.

    Returns:
        The drawing, float64 of shape (height, width), from 0 (paper) to 1 (ink).

    Raises:
        GeneError: If the file is not an image in one of these formats, or is too large, blank, or
            completely covered with ink.
    """
    image = _open(path)
    ink = _ink(path, image)
    if ink.max() < _MIN_CONTRAST:
        raise GeneError(
            f"{path}: the image is blank or completely covered with ink; draw a digit on a plain "
            "background"
        )
    return np.where(ink < _NOISE, 0, ink) / ink.max()


def _ink(path: str | Path, image: Image.Image) -> np.ndarray:
    """Return the ink of an RGBA image, float64 of shape (height, width), from 0 to 255."""
    alpha = np.asarray(image.getchannel("A"), "float64")
    light = np.asarray(image.convert("RGB").convert("L"), "float64")
    on_white = light * alpha / 255 + 255 - alpha
    is_partly_clear = alpha.min() < _MIN_CONTRAST
    if alpha.max() < _MIN_CONTRAST:
        raise GeneError(f"{path}: the image is completely transparent; draw a digit")
    if not is_partly_clear:
        return _contrast_with_border(on_white)
    opaque = light[alpha > 127]
    is_one_color = not len(opaque) or opaque.max() - opaque.min() < _MIN_CONTRAST
    return alpha if is_one_color else _contrast_with_border(on_white)


def _open(path: str | Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as image:
                if max(image.size) > _MAX_SIDE:
                    raise GeneError(
                        f"{path}: {image.width}x{image.height} pixels; resize it to at most "
                        f"{_MAX_SIDE}x{_MAX_SIDE}"
                    )
                return image.convert("RGBA")
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file") from None
    except GeneError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds of exceptions for damaged files
        raise GeneError(
            f"{path}: damaged, or not a PNG, JPEG, WebP, GIF or BMP image "
            f"({type(error).__name__}); convert it to PNG"
        ) from None


def _contrast_with_border(light: np.ndarray) -> np.ndarray:
    """Return how far each pixel differs from the paper, the median of the border pixels."""
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return np.abs(light - np.median(border))


def resize(drawing: np.ndarray) -> np.ndarray:
    """Resize a drawing of any size to 28x28, keeping its proportions and padding with paper.

    Args:
        drawing: Array of shape (height, width), from 0 (paper) to 1 (ink).

    Returns:
        The image, float64 of shape (28, 28).
    """
    height, width = drawing.shape
    scale = IMAGE_SIDE / max(height, width)
    rows = max(1, round(height * scale))
    columns = max(1, round(width * scale))
    small = Image.fromarray(drawing.astype("float32")).resize((columns, rows), Image.Resampling.BOX)
    top = (IMAGE_SIDE - rows) // 2
    left = (IMAGE_SIDE - columns) // 2
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE))
    image[top : top + rows, left : left + columns] = np.asarray(small)
    return image
