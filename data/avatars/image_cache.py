"""A cache for the decoded images of a folder or an archive, so that training uses little memory.

<cache>/<fingerprint>/images.npy   uint8 of shape (n, 64, 64, 3), read as a memory map
                      labels.npy   int16 of shape (n, attributes)
                      meta.json    attributes, number of training images, facts for the summary,
                                   and skipped files

The order and the split do not depend on where the files are (see data/avatars/split.py), so a
folder and an archive of that folder yield the same data. Unusable files are skipped and reported.
A source is rejected if more than half of its pictures are unusable.
"""

import hashlib
import importlib.util
import json
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, write_json
from data.avatars import archive
from data.avatars.labelled_images import IMAGE_SIDE, Attribute
from data.avatars.labels import CARTOON_SOURCE, NO_LABELS, Labels, find_labels
from data.avatars.read_source import Found, Source, read_source
from data.avatars.skipped import Example, Skipped
from data.avatars.split import count_training, sort_keys

VERSION = 4  # of the cache format
_BLOCK = 1000  # images copied at once: 12 MB
_IMAGE_SHAPE = (IMAGE_SIDE, IMAGE_SIDE, 3)


class ImageCache(NamedTuple):
    """The images of a source as arrays.

    Attributes:
        images: uint8 memory map of shape (n, 64, 64, 3).
        labels: int16 memory map of shape (n, attributes).
        attributes: The attributes, in the order of the columns of `labels`.
        training: Number of training images; they come first, and the others are held out.
        hash: SHA-256 of the data, hexadecimal.
        found: Facts about the pictures for the summary, as returned by `_describe`.
        skipped: The skipped files.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[Attribute, ...]
    training: int
    hash: str
    found: dict[str, Any]
    skipped: Skipped


def open_cache(
    source: Path, cache_dir: Path, crop: str = "square", names: list[str] | None = None
) -> ImageCache:
    """Open the cache of a source; build it first if needed.

    Args:
        source: A folder or an archive.
        cache_dir: Folder that contains all caches.
        crop: How to crop, one of `data.avatars.crop.MODES`.
        names: Names of the files in the folder to use; None for all.

    Raises:
        GeneError: If the source does not exist or is malicious, or if more than half of its
            pictures are unusable.
    """
    if not (source.is_dir() or source.is_file()):
        raise GeneError(
            f"{source}: no such file; --faces takes a folder or an archive (.zip, .tar.gz ...) of "
            "pictures"
        )
    folder = cache_dir / _fingerprint(source, crop, names)
    build_once(folder, lambda temporary: _build(temporary, source, crop, names))
    meta = read_json(folder / "meta.json")
    try:
        images, labels = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("images", "labels")
        )
        attributes = tuple(map(_parse_attribute, meta["attributes"]))
        skipped = Skipped({kind: Example(*values) for kind, values in meta["skipped"].items()})
        return ImageCache(
            images, labels, attributes, meta["training"], meta["sha256"], meta["found"], skipped
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeneError(
            f"{folder}: damaged cache ({error}); delete the folder and start again"
        ) from None


def _parse_attribute(fields: list) -> Attribute:
    name, variants, probabilities, masked_by = fields
    masks = {other: tuple(masking) for other, masking in masked_by.items()}
    return Attribute(name, tuple(variants), tuple(probabilities), masks)


def _fingerprint(source: Path, crop: str, names: list[str] | None) -> str:
    """Hash the name, size and modification time of each file, and the options, to 16 hex digits."""
    if names is None and source.is_dir():
        names = archive.list_files(source)[0]
    files: list = (
        [_stat(source)] if names is None else [(name, _stat(source / name)) for name in names]
    )
    reads_heic = importlib.util.find_spec("pillow_heif") is not None
    text = json.dumps([VERSION, str(source.resolve()), crop, reads_heic, files])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:  # a broken link; it is reported when it is read
        return None
    return stat.st_size, stat.st_mtime_ns


def _build(folder: Path, path: Path, crop: str, names: list[str] | None) -> None:
    """Decode all pictures into one unsorted file, then put the usable ones in order."""
    unsorted = folder / "unsorted.bin"
    with open(unsorted, "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about pictures that are reported here anyway
        source = read_source(path, names, crop, file)
    pictures = source.pictures
    labels = _labels(source)
    usable = [name for name in pictures if labels.rows is None or name in labels.rows]
    _refuse_if_unusable(path, len(usable), source.skipped)
    digests = {name: pictures[name].digest for name in usable}
    keys = sort_keys(digests, by_name=labels.source == CARTOON_SOURCE)
    order = sorted(usable, key=lambda name: (keys[name], name))
    rows = np.array([labels.rows[name] if labels.rows else () for name in order], "int16")
    np.save(folder / "labels.npy", rows)
    positions = [pictures[name].position for name in order]
    digest = _sort_images(unsorted, folder / "images.npy", positions)
    header = [(attribute.name, len(attribute.variants)) for attribute in labels.attributes]
    digest.update(json.dumps(header).encode() + rows.tobytes())
    unsorted.unlink()
    write_json(
        folder / "meta.json",
        {
            "source": str(path),
            "attributes": labels.attributes,
            "training": count_training([keys[name] for name in order]),
            "sha256": digest.hexdigest(),
            "found": _describe([pictures[name] for name in order], labels),
            "skipped": source.skipped,
        },
    )


def _labels(source: Source) -> Labels:
    if not source.tables and not source.pictures:
        return NO_LABELS
    return find_labels(list(source.pictures), source.unusable, source.tables, source.skipped)


def _describe(pictures: Sequence[Found], labels: Labels) -> dict[str, Any]:
    """Return the facts about the usable pictures that the summary shows."""
    widths, heights = zip(*(picture.size for picture in pictures), strict=True)
    return {
        "smallest": [min(widths), min(heights)],
        "largest": [max(widths), max(heights)],
        "formats": dict(Counter(picture.format for picture in pictures).most_common()),
        "copies": len(pictures) - len({picture.digest for picture in pictures}),
        "labels_from": labels.source,
    }


def _sort_images(unsorted: Path, path: Path, positions: Sequence[int]):
    """Copy images from the unsorted file to an .npy file in a new order, block by block.

    Args:
        unsorted: The pixels of all images, one after another.
        path: The .npy file to write.
        positions: Positions of the images in the unsorted file, in their new order.

    Returns:
        The SHA-256 hash object of the pixels; more data can be added to it.
    """
    digest = hashlib.sha256()
    shape = (len(positions), *_IMAGE_SHAPE)
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": shape}
        )
        for start in range(0, len(positions), _BLOCK):
            pixels = np.memmap(unsorted, "uint8", "r").reshape(-1, *_IMAGE_SHAPE)
            block = pixels[positions[start : start + _BLOCK]]
            digest.update(block.data)
            file.write(block.data)
    return digest


def _refuse_if_unusable(path: Path, usable: int, skipped: Skipped) -> None:
    lost = skipped.lost_pictures()
    if usable and lost <= usable:
        return
    reasons = "; ".join(skipped.lines()[:3])
    if not usable and not lost:
        found = f", only {reasons}" if reasons else ""
        raise GeneError(
            f"{path}: contains no pictures{found}; --faces takes a folder or an archive of pictures"
        )
    raise GeneError(
        f"{path}: only {usable:,} pictures can be used ({reasons}); fix or delete the other "
        f"{lost:,}"
    )
