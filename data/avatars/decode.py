"""Decode a picture of any size into 64 x 64 RGB pixels on a white background."""

import itertools
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from data.avatars.crop import SAMPLE, Box, Crop, border_pixels, common_square, crop_box, opaque_box
from data.avatars.file_types import FORMAT_NAMES, FORMATS, HEAD_BYTES, HEIF, picture_format
from data.avatars.labelled_images import IMAGE_SIDE

MAX_PIXELS = 50_000_000  # typical photos have 12 to 48 million
_DRAFT_SIDE = 4 * IMAGE_SIDE  # a JPEG need not be decoded at its full size


class Picture(NamedTuple):
    """A decoded picture.

    Attributes:
        pixels: uint8 array of shape (64, 64, 3).
        size: Width and height of the original in pixels.
        format: The format of the file, such as "PNG".
    """

    pixels: np.ndarray
    size: tuple[int, int]
    format: str


class UnreadableFormatError(ValueError):
    """The file may be a picture, but its format is not supported.

    Attributes:
        kind: "heic" if the file needs a library that is not installed, otherwise "format".
    """

    def __init__(self, kind: str, message: str):
        super().__init__(message)
        self.kind = kind


def read(data: bytes, crop: Crop | None = None) -> np.ndarray:
    """Return the pixels of a picture; takes the arguments and raises the errors of `decode`."""
    return decode(data, crop).pixels


def decode(data: bytes, crop: Crop | None = None) -> Picture:
    """Decode a picture.

    Args:
        data: The content of a file.
        crop: How to crop the picture; None for the largest square.

    Raises:
        UnreadableFormatError: If the format of the data is not supported.
        ValueError: If the data are damaged, or the picture is too large.
    """
    image = open_image(data)
    size = image.size
    kind = image.format or ""
    try:
        image.draft("RGB", (_DRAFT_SIDE, _DRAFT_SIDE))
        image = _to_rgb(ImageOps.exif_transpose(image))
    except Exception as error:  # Pillow's decoders raise all kinds of exceptions for damaged files
        raise ValueError(f"damaged image ({error})") from None
    return Picture(np.asarray(_on_white(_resized(image, crop))), size, kind)


def open_image(data: bytes) -> Image.Image:
    """Open a picture without decoding it; raises the same errors as `decode`."""
    if not data:
        raise ValueError("empty file")
    formats: tuple[str, ...] = FORMATS
    if picture_format(data[:HEAD_BYTES]) == HEIF:
        _register_heif()
        formats = (*FORMATS, HEIF)
    try:
        image = Image.open(BytesIO(data), formats=formats)
    except Image.DecompressionBombError:
        raise ValueError(f"more than {MAX_PIXELS:,} pixels") from None
    except Exception as error:  # as in `decode`, there are many kinds
        reason = type(error).__name__ if "BytesIO" in str(error) else error
        message = f"not a {FORMAT_NAMES} image ({reason})"
        if picture_format(data[:HEAD_BYTES]):
            raise ValueError(message) from None
        raise UnreadableFormatError("format", message) from None
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(
            f"{image.width:,} x {image.height:,} pixels; at most {MAX_PIXELS:,} are supported"
        )
    return image


def _register_heif() -> None:
    """Let Pillow read HEIC, the photo format of iPhones, if pillow-heif is installed."""
    try:
        import pillow_heif
    except ImportError:
        raise UnreadableFormatError("heic", "") from None
    pillow_heif.register_heif_opener()


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert to RGB, or to RGBA if part of the image is transparent."""
    if image.mode.startswith("I"):  # 16-bit gray, which Pillow would clip
        return Image.fromarray((np.asarray(image) // 257).astype("uint8")).convert("RGB")
    image.load()
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _resized(image: Image.Image, crop: Crop | None) -> Image.Image:
    """Crop an image and resize it to IMAGE_SIDE x IMAGE_SIDE pixels."""
    size = (IMAGE_SIDE, IMAGE_SIDE)
    left, top, right, bottom = box = crop_box(image, crop)
    if image.size == size and box == (0, 0, *size):
        return image
    width, height = image.size
    if left < 0 or top < 0 or right > width or bottom > height:
        return _padded(image, box)
    return image.resize(size, Image.Resampling.LANCZOS, box=box)


def _padded(image: Image.Image, box: Box) -> Image.Image:
    """Crop to a square that extends beyond the picture; pad with the color of its border."""
    left, top, right, bottom = box
    scale = IMAGE_SIDE / (right - left)
    visible = (max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height))
    size = [max(1, round((visible[i + 2] - visible[i]) * scale)) for i in (0, 1)]
    part = image.resize(size, Image.Resampling.LANCZOS, box=visible)
    color = tuple(np.median(border_pixels(np.asarray(part)), axis=0).astype(int).tolist())
    canvas = Image.new(image.mode, (IMAGE_SIDE, IMAGE_SIDE), color)
    offset = [min(round((visible[i] - box[i]) * scale), IMAGE_SIDE - size[i]) for i in (0, 1)]
    canvas.paste(part, (offset[0], offset[1]))
    return canvas


def _on_white(image: Image.Image) -> Image.Image:
    """Replace transparency with a white background."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def find_crop(mode: str, samples: Iterable[bytes]) -> Crop:
    """Choose how to crop the pictures in a set.

    Args:
        mode: One of `data.avatars.crop.MODES`.
        samples: Contents of some picture files in the set.
    """
    if mode != "square":
        return Crop(mode)
    boxes = [_opaque_box(data) for data in itertools.islice(samples, SAMPLE)]
    return Crop(mode, common_square(boxes))


def _opaque_box(data: bytes) -> Box | None:
    try:
        return opaque_box(open_image(data))
    except Exception:  # the file is reported when it is read
        return None
