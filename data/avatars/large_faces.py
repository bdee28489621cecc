"""Gene's own faces at twice the usual size and with alpha, to train networks for sharp faces.

.cache/faces/toonhead-<style>-128/<split>-<count>/
    images.npy   uint8 of shape (count, 128, 128, 4), read as a memory map
    meta.json    written last

The faces have the same attributes as those of `data.avatars.faces`. The first three channels are
the face on white, the last one is alpha.
"""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from common.files import build_once, write_json
from common.progress import Progress
from data.avatars import toonhead
from data.avatars.faces import CACHE_DIR
from data.avatars.labelled_images import (
    SPLITS,
    LabelledImages,
    mask_invisible,
    sample_labels,
)

SIDE = 128  # pixels
VERSION = 1  # of the cache format


def load(count: int, split: str, cache_dir: str | Path = CACHE_DIR) -> LabelledImages:
    """Load faces; render them first if they are not in the cache.

    Args:
        count: Number of faces.
        split: "training" or "held-out".
        cache_dir: The cache folder.

    Returns:
        The faces; the images are a memory map of shape (count, 128, 128, 4).
    """
    attributes = toonhead.ATTRIBUTES
    labels = sample_labels(np.random.default_rng(SPLITS.index(split)), attributes, count)
    style = f"toonhead-{toonhead.fingerprint()}-{SIDE}"
    folder = Path(cache_dir) / style / f"{split}-{count}"
    build_once(folder, lambda temporary: _render_all(temporary, labels))
    images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
    digest = hashlib.sha256(f"{VERSION} {style} {split} {count}".encode()).hexdigest()
    return LabelledImages(images, mask_invisible(labels, attributes), attributes, digest)


def _render_all(folder: Path, labels: np.ndarray) -> None:
    """Render a face for each row of labels; write images.npy and meta.json."""
    count = len(labels)
    shape = (count, SIDE, SIDE, 4)
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", "uint8", shape)
    progress = Progress(count, 0)
    for i, row in enumerate(labels):
        text = f"{i:,} of {count:,} large faces rendered"
        progress.show(i, lambda speed, text=text: f"{text}  {speed:,.0f} faces/s")  # type: ignore[misc]
        images[i] = render(row)
    progress.end()
    images.flush()
    write_json(folder / "meta.json", {"version": VERSION, "images": count})


def render(labels: Sequence[int]) -> np.ndarray:
    """Render a face on white; return uint8 pixels of shape (128, 128, 4): RGB and alpha."""
    png = toonhead.png(labels, SIDE)
    return on_white(np.asarray(Image.open(BytesIO(png), formats=("PNG",)).convert("RGBA")))


def on_white(pixels: np.ndarray) -> np.ndarray:
    """Put the colors of RGBA pixels on white; keep alpha."""
    alpha = pixels[..., 3:] / np.float32(255)
    colors = pixels[..., :3] * alpha + 255 * (1 - alpha)
    return np.concatenate([np.rint(colors).astype("uint8"), pixels[..., 3:]], axis=-1)
