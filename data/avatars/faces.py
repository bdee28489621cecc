"""Load faces to train on: the ones that come with Gene, or any folder or archive of pictures.

.cache/faces/toonhead-<style>/<split>/   Gene's own faces, rendered once in the format of the
                                         Cartoon Set: cs0.png and cs0.csv, cs1.png ...
.cache/faces/<fingerprint>/              the images of any source as arrays
                                         (see data/avatars/image_cache.py)

Gene's own faces: ToonHead by Johan Melin, CC BY 4.0, changed (data/avatars/toonhead.py).
The Cartoon Set: Google, CC BY 4.0, https://google.github.io/cartoonset, downloaded by the user.
"""

import hashlib
from pathlib import Path
from typing import Any

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
from data.avatars.summary import summary_lines

CACHE_DIR = Path(".cache/faces")
COUNT = 10_000  # number of Gene's own faces in each split
_HEADER = tuple((attribute.name, len(attribute.variants)) for attribute in toonhead.ATTRIBUTES)


def load(
    source: str | Path | None = None,
    count: int | None = None,
    split: str = "training",
    cache_dir: str | Path = CACHE_DIR,
    crop: str = "square",
    use_labels: bool = True,
) -> LabelledImages:
    """Load faces; render or decode them first if they are not in the cache.

    Args:
        source: A folder or an archive of pictures; None for Gene's own faces.
        count: Maximum number of faces; None for COUNT of Gene's own faces, or for all faces of a
            source.
        split: "training", or "held-out" for faces that are never trained on (see
            data/avatars/split.py).
        cache_dir: The cache folder.
        crop: How to crop each picture, one of `data.avatars.crop.MODES`.
        use_labels: Whether to read labels.

    Returns:
        The faces; the images are a memory map.

    Raises:
        GeneError: If the source does not exist, is malicious, or has too few usable pictures.
    """
    if source is None:
        cache, start, end, attributes = _load_own(Path(cache_dir), count or COUNT, split)
    else:
        cache = open_cache(Path(source), Path(cache_dir), crop)
        start, end, attributes = _select(cache, count, split)
    digest = hashlib.sha256(f"{cache.hash} {start} {end}".encode()).hexdigest()
    labels = mask_invisible(cache.labels[start:end], attributes)
    images = LabelledImages(cache.images[start:end], labels, attributes, digest)
    return images if use_labels else images._replace(labels=labels[:, :0], attributes=())


def load_splits(
    source: str | Path | None = None, count: int | None = None, **options: Any
) -> tuple[LabelledImages, LabelledImages]:
    """Load training and held-out faces; takes the same arguments as `load`, except `split`."""
    training, held_out = SPLITS
    return load(source, count, training, **options), load(source, count, held_out, **options)


def describe(
    source: str | Path,
    cache_dir: str | Path = CACHE_DIR,
    crop: str = "square",
    use_labels: bool = True,
) -> list[str]:
    """Return the summary of a source, as lines of text: pictures, labels, split and skipped files.

    Takes the same arguments as `load`, except `count` and `split`, and raises the same errors.
    """
    cache = open_cache(Path(source), Path(cache_dir), crop)
    return summary_lines(cache, _attributes(cache) if use_labels else ())


def _load_own(
    cache_dir: Path, count: int, split: str
) -> tuple[ImageCache, int, int, tuple[Attribute, ...]]:
    with locked(cache_dir):
        folder = _render_missing(cache_dir, count, split)
    names = [f"cs{i}.{suffix}" for i in range(count) for suffix in ("png", "csv")]
    cache = open_cache(folder, cache_dir, names=names)
    if len(cache.images) < count:
        reasons = "; ".join(cache.skipped.lines())
        raise GeneError(f"{folder}: damaged faces ({reasons}); delete the folder and start again")
    return cache, 0, count, toonhead.ATTRIBUTES


def _select(
    cache: ImageCache, count: int | None, split: str
) -> tuple[int, int, tuple[Attribute, ...]]:
    """Return the first row of a split, the row after its last one, and the attributes."""
    start = 0 if split == "training" else cache.training
    end = cache.training if split == "training" else len(cache.images)
    return start, min(end, start + (count or end)), _attributes(cache)


def _attributes(cache: ImageCache) -> tuple[Attribute, ...]:
    """Return the attributes of a source.

    For a folder of Gene's own faces, return `toonhead.ATTRIBUTES`, because label files do not
    contain the names of the variants.
    """
    header = tuple((attribute.name, len(attribute.variants)) for attribute in cache.attributes)
    return toonhead.ATTRIBUTES if header == _HEADER else cache.attributes


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
