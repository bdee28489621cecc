"""Pictures of any size and kind become 64 x 64 pixels in red, green and blue, on white."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

from data.avatars.labelled_images import IMAGE_SIDE

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
MOST_PIXELS = 50_000_000  # a photo has 12 to 48 million
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
SAMPLE = 200  # pictures that are looked at to find the frame
_RARE = 0.01  # of them may stick out of it
_CLOSE = 0.95  # a frame with a side of more than this is not worth a cut


def read(data, frame=None):
    """The picture in the bytes of an image file, (64, 64, 3), uint8.

    frame: (left, top, side) in shares of the width, for square pictures; others lose the ends of their longer side.
    ValueError, in words, for bytes that are no picture, are damaged, or are too large to decode.
    """
    image = _open(data)
    try:
        image.draft(
            "RGB", (4 * IMAGE_SIDE, 4 * IMAGE_SIDE)
        )  # a JPEG need not be decoded at its full size
        image = _plain(ImageOps.exif_transpose(image))
    except Exception as error:  # Pillow's decoders raise errors of all kinds over damaged files
        raise ValueError(f"a damaged picture ({error})") from None
    box = _box(image.size, frame)
    if box != (0, 0, IMAGE_SIDE, IMAGE_SIDE) or image.size != (IMAGE_SIDE, IMAGE_SIDE):
        image = image.resize((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS, box=box)
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return np.asarray(image)


def _open(data):
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise ValueError(f"more than {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # as above
        name = type(error).__name__ if "BytesIO" in str(error) else error
        raise ValueError(f"no PNG, JPEG, WebP, GIF or BMP picture ({name})") from None
    if image.width * image.height > MOST_PIXELS:
        raise ValueError(f"{image.width:,} x {image.height:,}, more than {MOST_PIXELS:,} pixels")
    return image


def _plain(image):
    """The same as RGB, or as RGBA if something in it is transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip
        return Image.fromarray((np.asarray(image) // 257).astype("uint8")).convert("RGB")
    image.load()
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _box(size, frame):
    width, height = size
    if frame and width == height:
        left, top, side = (share * width for share in frame)
        return left, top, left + side, top + side
    side = min(size)
    left, top = (width - side) / 2, (height - side) / 2
    return left, top, left + side, top + side


def find_frame(samples):
    """Where the faces are in pictures (bytes each) on a transparent ground: (left, top, side) in shares of the width.

    None when the pictures are not square, are opaque, or fill their frame already.
    """
    boxes = [box for box in map(_drawn, samples[:SAMPLE]) if box]
    if not boxes or len(boxes) < len(samples[:SAMPLE]) / 2:
        return None
    left, top = np.quantile(np.array(boxes)[:, :2], _RARE, axis=0)
    right, bottom = np.quantile(np.array(boxes)[:, 2:], 1 - _RARE, axis=0)
    side = max(right - left, bottom - top)
    if side > _CLOSE:
        return None
    return tuple(
        float(np.clip((low + high - side) / 2, 0, 1 - side))
        for low, high in ((left, right), (top, bottom))
    ) + (float(side),)


def _drawn(data):
    """What is not transparent in a square picture: left, top, right, bottom in shares of the width, or None."""
    try:
        image = _open(data)
        if image.width != image.height or image.mode != "RGBA":
            return None
        box = image.getchannel("A").getbbox()
    except Exception:  # it will be reported when it is read
        return None
    return [edge / image.width for edge in box] if box else None
