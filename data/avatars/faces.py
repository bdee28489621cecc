"""Faces to learn from: those that come with the project, Google's Cartoon Set, or any folder of pictures.

    .cache/faces/toonhead-<style>/<part>/   the project's own faces, drawn once, in the Cartoon Set's form: cs0.png and
                                            cs0.csv, cs1.png ...; a run that was broken off goes on where it stopped
    .cache/faces/<source>/                  any source, packed (data/avatars/image_cache.py)

The project's own: ToonHead by Johan Melin, CC BY 4.0, changed (data/avatars/toonhead.py). The Cartoon Set: Google, CC BY
4.0, https://google.github.io/cartoonset; the user downloads it.
"""

import hashlib
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.files import atomic, locked
from common.progress import Progress
from data.avatars import cartoonset, toonhead
from data.avatars import image_cache as packing
from data.avatars.labelled_images import (
    IMAGE_SIDE,
    SPLITS,
    LabelledImages,
    mask_invisible,
    sample_labels,
)

CACHE = Path(".cache/faces")
COUNT = 10_000  # faces in each part of the project's own
_HEADER = tuple((feature.name, len(feature.variants)) for feature in toonhead.FEATURES)


def load(source=None, count=None, part="training", cache=CACHE):
    """The faces of a part as Pictures, the images a memory map; made first if `cache` does not have them yet.

    source: a folder or a .tar or .tgz archive, the Cartoon Set or any pictures; None for the project's own faces.
    count: at most so many (default: COUNT of the project's own, all of others).
    part: "training", or "held-out", which no training sees; of a user's pictures a tenth, chosen by their names.
    GeneError for a source that cannot be used.
    """
    if source is None:
        pack, begin, end, features = _own(Path(cache), count or COUNT, part)
    else:
        pack, begin, end, features = _given(Path(source), Path(cache), count, part)
    digest = hashlib.sha256(f"{pack.hash} {begin} {end}".encode()).hexdigest()
    return LabelledImages(
        pack.images[begin:end], mask_invisible(pack.labels[begin:end], features), features, digest
    )


def split(source=None, count=None, cache=CACHE):
    """Both parts: training, held-out."""
    return tuple(load(source, count, part, cache) for part in SPLITS)


def _own(cache, count, part):
    with locked(cache):
        folder = _drawn(cache, count, part)
    pack = packing.open_pack(
        folder, cache, [f"cs{i}.{end}" for i in range(count) for end in ("png", "csv")]
    )
    if len(pack.images) < count:
        raise GeneError(f"{folder}: faces are damaged; delete the folder and start again")
    return pack, 0, count, toonhead.FEATURES


def _given(source, cache, count, part):
    pack = packing.open_pack(source, cache)
    begin, end = (0, pack.training) if part == "training" else (pack.training, len(pack.images))
    header = tuple((feature.name, len(feature.variants)) for feature in pack.features)
    features = (
        toonhead.FEATURES if header == _HEADER else pack.features
    )  # a folder of the project's own faces
    return pack, begin, min(end, begin + (count or end)), features


def _drawn(cache, count, part):
    """The folder of the project's own faces of a part; those that are missing among the first `count` are drawn."""
    folder = cache / f"toonhead-{toonhead.fingerprint()}" / part
    faces = sample_labels(np.random.default_rng(SPLITS.index(part)), toonhead.FEATURES, count)
    missing = [i for i in range(count) if not (folder / f"cs{i}.csv").exists()]
    progress = Progress(count, count - len(missing))
    for done, i in enumerate(missing, count - len(missing)):
        progress.show(
            done, lambda speed: f"{done:,} of {count:,} faces drawn  {speed:,.0f} faces/s"
        )
        with atomic(folder / f"cs{i}.png", sync=False) as path:
            path.write_bytes(toonhead.png(faces[i], IMAGE_SIDE))
        with atomic(
            folder / f"cs{i}.csv", sync=False
        ) as path:  # last, so that it says that the face is whole
            path.write_text(cartoonset.write(_HEADER, faces[i]), encoding="utf-8")
    progress.end()
    return folder
