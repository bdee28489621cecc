"""A picture file of the user's as a digit: 28x28, light ink on dark paper as MNIST has it."""

import warnings

import numpy as np
from PIL import Image

from common.cli import GeneError

IMAGE_SIDE = 28
_LARGEST = 4096  # pixels a side
_CLEAR = 24  # of 255: less contrast is none


def read_picture(path):
    """The drawing (height, width) of a picture file, float64 from 0 (paper) to 1 (ink).

    Transparent pictures are ink where they are opaque, if that is not everywhere; others are ink where they differ from
    their border. GeneError for files that are no picture, too large, empty, or covered all over.
    """
    image = _open(path)
    alpha = np.asarray(image.getchannel("A"), "float64")
    light = np.asarray(image.convert("RGB").convert("L"), "float64")
    if alpha.min() < 255 - _CLEAR and alpha.max() < _CLEAR:
        raise GeneError(f"{path}: is transparent all over; draw something")
    if alpha.min() < _CLEAR:
        seen = light[alpha > 127]
        flat = not len(seen) or seen.max() - seen.min() < _CLEAR
        ink = alpha if flat else _from_border(light * alpha / 255 + 255 - alpha)
    else:
        ink = _from_border(light * alpha / 255 + 255 - alpha)
    if ink.max() < _CLEAR:
        raise GeneError(f"{path}: is empty, or covered all over: there is nothing to tell apart")
    return np.where(ink < 8, 0, ink) / ink.max()


def _open(path):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if max(image.size) > _LARGEST:
                    raise GeneError(
                        f"{path}: {image.width}x{image.height} pixels; {_LARGEST} a side at most"
                    )
                return image.convert("RGBA")
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file") from None
    except GeneError:
        raise
    except Exception as error:  # Pillow raises a dozen kinds for damaged files
        raise GeneError(f"{path}: no picture, or damaged ({type(error).__name__})") from None


def _from_border(light):
    """How far each pixel is from the paper, which is what the border mostly has."""
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return np.abs(light - np.median(border))


def shrink(drawing):
    """A drawing of any size as a picture (28, 28), whole, its sides kept in proportion; paper fills the rest."""
    height, width = drawing.shape
    scale = IMAGE_SIDE / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    small = Image.fromarray(drawing.astype("float32")).resize((columns, rows), Image.Resampling.BOX)
    picture = np.zeros((IMAGE_SIDE, IMAGE_SIDE))
    top, left = (IMAGE_SIDE - rows) // 2, (IMAGE_SIDE - columns) // 2
    picture[top : top + rows, left : left + columns] = np.asarray(small)
    return picture
