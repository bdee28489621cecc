"""Decode an image file of any size into 64 x 64 RGB pixels on white."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from data.avatars.labelled_images import IMAGE_SIDE

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
# The only decoders that Pillow may use: others, such as those of PSD and EPS, have had
# vulnerabilities, and no face needs them.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
MAX_PIXELS = 50_000_000  # photos have 12 to 48 million
CROP_SAMPLE = 200  # images that `find_crop` looks at
_OUTLIERS = 0.01  # share of them that may extend beyond the crop
_MIN_GAIN = 0.95  # a crop whose side is larger than this share of the image is not worth it

Crop = tuple[float, float, float]  # left, top and side, as shares of the width


def read(data: bytes, crop: Crop | None = None) -> np.ndarray:
    """Decode an image.

    Args:
        data: The content of an image file.
        crop: What to keep of a square image. Other images are cropped to a centered square.

    Returns:
        uint8 array of shape (64, 64, 3).

    Raises:
        ValueError: If the data are not an image in one of FORMATS, are damaged, or are too large;
            the message says which.
    """
    image = _open(data)
    try:
        # A JPEG need not be decoded at its full size.
        image.draft("RGB", (4 * IMAGE_SIDE, 4 * IMAGE_SIDE))
        image = _to_rgb(ImageOps.exif_transpose(image))
    except Exception as error:  # Pillow's decoders raise errors of all kinds for damaged files
        raise ValueError(f"damaged image ({error})") from None
    box = _crop_box(image.size, crop)
    if box != (0, 0, IMAGE_SIDE, IMAGE_SIDE) or image.size != (IMAGE_SIDE, IMAGE_SIDE):
        image = image.resize((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS, box=box)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return np.asarray(image)


def _open(data: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise ValueError(f"more than {MAX_PIXELS:,} pixels") from None
    except Exception as error:  # as above
        reason = type(error).__name__ if "BytesIO" in str(error) else error
        raise ValueError(f"not a PNG, JPEG, WebP, GIF or BMP image ({reason})") from None
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f"{image.width:,} x {image.height:,}, more than {MAX_PIXELS:,} pixels")
    return image


def _to_rgb(image: Image.Image) -> Image.Image:
    """Convert to RGB, or to RGBA if part of the image is transparent."""
    if image.mode.startswith("I"):  # 16-bit gray, which Pillow would clip
        return Image.fromarray((np.asarray(image) // 257).astype("uint8")).convert("RGB")
    image.load()
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _crop_box(size: tuple[int, int], crop: Crop | None) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom in pixels."""
    width, height = size
    if crop and width == height:
        left, top, side = (share * width for share in crop)
    else:
        side = min(size)
        left = (width - side) / 2
        top = (height - side) / 2
    return left, top, left + side, top + side


def find_crop(samples: Sequence[bytes]) -> Crop | None:
    """Find the square that holds the faces of images with a transparent background.

    Args:
        samples: The contents of image files; the first CROP_SAMPLE are used.

    Returns:
        The crop, or None if the images are not square, are opaque or fill their frame already.
    """
    samples = samples[:CROP_SAMPLE]
    boxes = [box for box in map(_opaque_box, samples) if box]
    if not boxes or len(boxes) < len(samples) / 2:
        return None
    left, top = np.quantile(np.array(boxes)[:, :2], _OUTLIERS, axis=0)
    right, bottom = np.quantile(np.array(boxes)[:, 2:], 1 - _OUTLIERS, axis=0)
    side = max(right - left, bottom - top)
    if side > _MIN_GAIN:
        return None
    return (
        float(np.clip((left + right - side) / 2, 0, 1 - side)),
        float(np.clip((top + bottom - side) / 2, 0, 1 - side)),
        float(side),
    )


def _opaque_box(data: bytes) -> list[float] | None:
    """Return the bounding box of what is not transparent in a square image.

    Returns:
        Left, top, right and bottom as shares of the width; None if there is no such box.
    """
    try:
        image = _open(data)
        if image.width != image.height or image.mode != "RGBA":
            return None
        box = image.getchannel("A").getbbox()
    except Exception:  # the file is reported when it is read
        return None
    return [edge / image.width for edge in box] if box else None
