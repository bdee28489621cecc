"""Faces to train on: the ones that come with Gene, Google's Cartoon Set, or any folder of images.

.cache/faces/toonhead-<style>/<split>/   Gene's own faces, rendered once in the format of the
                                         Cartoon Set: cs0.png and cs0.csv, cs1.png ...
.cache/faces/<fingerprint>/              any source as arrays (see data/avatars/image_cache.py)

Gene's own faces: ToonHead by Johan Melin, CC BY 4.0, changed (data/avatars/toonhead.py).
The Cartoon Set: Google, CC BY 4.0, https://google.github.io/cartoonset, downloaded by the user.
"""

import hashlib
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.files import atomic, locked
from common.progress import Progress
from data.avatars import cartoonset, toonhead
from data.avatars.image_cache import ImageCache, open_cache
from data.avatars.labelled_images import (
    IMAGE_SIDE,
    SPLITS,
    Attribute,
    LabelledImages,
    mask_invisible,
    sample_labels,
)

CACHE_DIR = Path(".cache/faces")
COUNT = 10_000  # of Gene's own faces in each split
_HEADER = tuple((attribute.name, len(attribute.variants)) for attribute in toonhead.ATTRIBUTES)


def load(
    source: str | Path | None = None,
    count: int | None = None,
    split: str = "training",
    cache_dir: str | Path = CACHE_DIR,
) -> LabelledImages:
    """Load faces; they are rendered or decoded first if the cache does not have them.

    Args:
        source: A folder or a .tar or .tgz archive of images; None for Gene's own faces.
        count: Maximum number of faces. None for COUNT of Gene's own faces, or all of a source.
        split: "training", or "held-out" for faces that are never trained on: a tenth of a source,
            chosen by file name.
        cache_dir: Folder of the cache.

    Returns:
        The faces; the images are a memory map.

    Raises:
        GeneError: If the source cannot be used.
    """
    if source is None:
        cache, start, end, attributes = _load_own(Path(cache_dir), count or COUNT, split)
    else:
        cache, start, end, attributes = _load_source(Path(source), Path(cache_dir), count, split)
    digest = hashlib.sha256(f"{cache.hash} {start} {end}".encode()).hexdigest()
    labels = mask_invisible(cache.labels[start:end], attributes)
    return LabelledImages(cache.images[start:end], labels, attributes, digest)


def load_splits(
    source: str | Path | None = None,
    count: int | None = None,
    cache_dir: str | Path = CACHE_DIR,
) -> tuple[LabelledImages, LabelledImages]:
    """Load training and held-out faces; the arguments are those of `load`."""
    training, held_out = SPLITS
    return load(source, count, training, cache_dir), load(source, count, held_out, cache_dir)


def _load_own(
    cache_dir: Path, count: int, split: str
) -> tuple[ImageCache, int, int, tuple[Attribute, ...]]:
    with locked(cache_dir):
        folder = _render_missing(cache_dir, count, split)
    names = [f"cs{i}.{suffix}" for i in range(count) for suffix in ("png", "csv")]
    cache = open_cache(folder, cache_dir, names)
    if len(cache.images) < count:
        raise GeneError(f"{folder}: damaged faces; delete the folder and start again")
    return cache, 0, count, toonhead.ATTRIBUTES


def _load_source(
    source: Path, cache_dir: Path, count: int | None, split: str
) -> tuple[ImageCache, int, int, tuple[Attribute, ...]]:
    cache = open_cache(source, cache_dir)
    start = 0 if split == "training" else cache.training
    end = cache.training if split == "training" else len(cache.images)
    header = tuple((attribute.name, len(attribute.variants)) for attribute in cache.attributes)
    # A folder of Gene's own faces has names of variants, which the files do not hold.
    attributes = toonhead.ATTRIBUTES if header == _HEADER else cache.attributes
    return cache, start, min(end, start + (count or end)), attributes


def _render_missing(cache_dir: Path, count: int, split: str) -> Path:
    """Render the missing faces among the first `count` of a split; return their folder."""
    folder = cache_dir / f"toonhead-{toonhead.fingerprint()}" / split
    labels = sample_labels(np.random.default_rng(SPLITS.index(split)), toonhead.ATTRIBUTES, count)
    missing = [i for i in range(count) if not (folder / f"cs{i}.csv").exists()]
    progress = Progress(count, count - len(missing))
    for done, i in enumerate(missing, count - len(missing)):
        text = f"{done:,} of {count:,} faces rendered"
        progress.show(done, lambda speed, text=text: f"{text}  {speed:,.0f} faces/s")  # type: ignore[misc]
        with atomic(folder / f"cs{i}.png", sync=False) as path:
            path.write_bytes(toonhead.png(labels[i], IMAGE_SIDE))
        # The label file comes last: if it exists, the face is complete.
        with atomic(folder / f"cs{i}.csv", sync=False) as path:
            path.write_text(cartoonset.write(_HEADER, labels[i]), encoding="utf-8")
    progress.end()
    return folder
