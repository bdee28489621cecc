"""Decoded images of a folder or an archive, cached so that 100,000 of them train in little memory.

<cache>/<fingerprint>/images.npy   uint8 of shape (n, 64, 64, 3), read as a memory map
                      labels.npy   int16 of shape (n, attributes)
                      meta.json    attributes, number of training images, number left out

The order and the split of the images depend only on their names, so a folder and its archive give
the same data. An image that cannot be used is left out with a message that names it; a source is
refused if more than half cannot be used.
"""

import hashlib
import itertools
import json
import os
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, write_json
from common.progress import Progress
from data.avatars import archive, cartoonset
from data.avatars.cartoonset import Header
from data.avatars.decode import CROP_SAMPLE, SUFFIXES, Crop, find_crop
from data.avatars.decode import read as read_image
from data.avatars.labelled_images import IMAGE_SIDE, Attribute

VERSION = 2  # of the cache format
HELD_OUT_SHARE = 0.1
_MAX_MESSAGES = 20  # about images that are left out
_BLOCK = 1000  # images moved at once: 12 MB
_IMAGE_SHAPE = (IMAGE_SIDE, IMAGE_SIDE, 3)
_IMAGE_BYTES = IMAGE_SIDE * IMAGE_SIDE * 3
_SUFFIXES = (*SUFFIXES, ".csv")

Problems = dict[str, str]  # file name -> why the file cannot be used


class ImageCache(NamedTuple):
    """The images of a source as arrays.

    Attributes:
        images: uint8 memory map of shape (n, 64, 64, 3).
        labels: int16 memory map of shape (n, attributes).
        attributes: The attributes, in the order of the columns of `labels`.
        training: Number of training images; they come first, the others are held out.
        hash: SHA-256 of the data, hexadecimal.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[Attribute, ...]
    training: int
    hash: str


class _Decoded(NamedTuple):
    """What the files of a source hold.

    Attributes:
        images: Position of each usable image in the unsorted file, by file name.
        tables: Header and labels by file name without suffix; None for a damaged label file.
        problems: Why files cannot be used.
    """

    images: dict[str, int]
    tables: dict[str, tuple[Header, tuple[int, ...]] | None]
    problems: Problems


def open_cache(source: Path, cache_dir: Path, names: list[str] | None = None) -> ImageCache:
    """Open the cache of a source, and build it first if needed.

    Args:
        source: A folder, or a .tar or .tgz archive.
        cache_dir: Folder of all caches.
        names: Names of the files of the folder to use; None for all.

    Raises:
        GeneError: If the source does not exist, is malicious, or more than half of it cannot be
            used.
    """
    if not (source.is_dir() or source.is_file()):
        raise GeneError(
            f"{source}: no such file; --faces takes a folder or a .tgz archive of images"
        )
    if names is None and source.is_dir():
        names = archive.list_files(source, _SUFFIXES)
    folder = cache_dir / _fingerprint(source, names)
    build_once(folder, lambda temporary: _build(temporary, source, names))
    meta = read_json(folder / "meta.json")
    try:
        images, labels = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("images", "labels")
        )
        attributes = tuple(map(_parse_attribute, meta["attributes"]))
        return ImageCache(images, labels, attributes, meta["training"], meta["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GeneError(
            f"{folder}: damaged cache ({error}); delete the folder and start again"
        ) from None


def _parse_attribute(fields: list) -> Attribute:
    name, variants, probabilities, masked_by = fields
    masks = {other: tuple(masking) for other, masking in masked_by.items()}
    return Attribute(name, tuple(variants), tuple(probabilities), masks)


def _fingerprint(source: Path, names: list[str] | None) -> str:
    """Return 16 hexadecimal digits that change with any file's name, size and modification time."""
    files: list = (
        [_stat(source)] if names is None else [(name, _stat(source / name)) for name in names]
    )
    text = json.dumps([VERSION, str(source.resolve()), files])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:  # a broken link; reading reports it
        return None
    return stat.st_size, stat.st_mtime_ns


def _build(folder: Path, source: Path, names: list[str] | None) -> None:
    """Decode all images into one unsorted file, then put the usable ones in order."""
    unsorted = folder / "unsorted.bin"
    with open(unsorted, "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, about images that are reported here
        decoded = _decode(source, names, file)
    images = decoded.images
    problems = decoded.problems
    header, labels = _match_labels(decoded)
    usable = [name for name in images if labels is None or _stem(name) in labels]
    order = sorted(usable, key=lambda name: (_hash_position(name), name))
    if not order or len(problems) > len(order):
        raise GeneError(_refusal(source, len(order), problems))
    _report(source, problems)
    rows = np.array([labels[_stem(name)] if labels else () for name in order], "int16")
    np.save(folder / "labels.npy", rows)
    digest = _sort_images(unsorted, folder / "images.npy", [images[name] for name in order])
    digest.update(json.dumps(header).encode() + rows.tobytes())
    unsorted.unlink()
    training = sum(_hash_position(name) < 1 - HELD_OUT_SHARE for name in order)
    write_json(
        folder / "meta.json",
        {
            "source": str(source),
            "attributes": cartoonset.attributes_of(header, rows),
            "training": min(max(training, 1), max(len(order) - 1, 1)),
            "left_out": len(problems),
            "sha256": digest.hexdigest(),
        },
    )


def _decode(source: Path, names: list[str] | None, file: IO[bytes]) -> _Decoded:
    """Read all files of a source; images are written to `file` as they come."""
    decoded = _Decoded({}, {}, {})
    files: Iterator[tuple[str, bytes | None]]
    if names is None:
        files = archive.read_archive(source, _SUFFIXES)
    else:
        files = ((name, archive.read_file(source / name)) for name in names)
    first = list(itertools.islice(files, 2 * CROP_SAMPLE))
    crop = find_crop([data for name, data in first if data and not _is_csv(name)])
    progress = Progress(None if names is None else len(names))
    read = _reader(crop)
    for done, (name, content) in enumerate(_in_threads(read, itertools.chain(first, files))):
        is_usable = not isinstance(content, str)
        if not is_usable:
            decoded.problems[name] = content
        if _is_csv(name):
            decoded.tables[_stem(name)] = content if is_usable else None
        elif is_usable:
            file.write(content)
            decoded.images[name] = file.tell() // _IMAGE_BYTES - 1
        text = f"{done:,} files read"
        progress.show(done, lambda speed, text=text: f"{text}  {speed:,.0f} files/s")  # type: ignore[misc]
    progress.end()
    return decoded


def _reader(crop: Crop | None) -> Callable[[str, bytes | None], tuple[str, Any]]:
    def read(name: str, data: bytes | None) -> tuple[str, Any]:
        """Return a file's name and its content, or a string that says why it cannot be used."""
        if data is None:
            return name, f"unreadable, or larger than {archive.MAX_FILE_BYTES:,} bytes"
        try:
            return name, cartoonset.read(data) if _is_csv(name) else read_image(data, crop)
        except ValueError as error:
            return name, str(error)

    return read


def _in_threads(function: Callable, items: Iterable[tuple]) -> Iterator:
    """Yield function(*item) for each item, in order. Pillow releases the global lock."""
    threads = min(os.cpu_count() or 1, 4)  # each may hold an image of 200 MB
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(function, *item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _match_labels(decoded: _Decoded) -> tuple[Header, dict[str, tuple[int, ...]] | None]:
    """Match label files with images; files without a partner become problems.

    Returns:
        The header that most label files have, and the labels by file name without suffix. If no
        label file belongs to an image, the set has no labels, None, and its .csv files are ignored.
    """
    images, tables, problems = decoded
    stems = {_stem(name) for name in (*images, *problems) if not _is_csv(name)}
    if not stems & set(tables):
        for name in [name for name in problems if _is_csv(name)]:
            del problems[name]
        return (), None
    valid = {stem: table for stem, table in tables.items() if table and stem in stems}
    common, differences = cartoonset.common_header([header for header, _ in valid.values()])
    for stem in tables:
        if stem not in stems:
            problems[stem + ".csv"] = "no image belongs to it"
    for stem, (header, _) in valid.items():
        if header in differences:
            problems[stem + ".csv"] = differences[header]
    for name in images:
        if _stem(name) not in tables:
            problems[name] = "no .csv belongs to it"
    return common, {stem: labels for stem, (header, labels) in valid.items() if header == common}


def _sort_images(unsorted: Path, path: Path, positions: Sequence[int]):
    """Write images of the unsorted file in a new order as an .npy file, block by block.

    Args:
        unsorted: The pixels of all images, one after another.
        path: The .npy file to write.
        positions: Positions of the images to write, in their new order.

    Returns:
        The hashlib object of the pixels, to which more can be added.
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


def _report(source: Path, problems: Problems) -> None:
    for name, problem in list(problems.items())[:_MAX_MESSAGES]:
        print(f"{source}: {_printable(name)}: {problem}; left out", file=sys.stderr)
    if len(problems) > _MAX_MESSAGES:
        print(f"{source}: {len(problems) - _MAX_MESSAGES:,} more left out", file=sys.stderr)


def _refusal(source: Path, usable: int, problems: Problems) -> str:
    if not problems:
        return f"{source}: no images found ({', '.join(SUFFIXES)})"
    name, problem = next(iter(problems.items()))
    return (
        f"{source}: only {usable:,} images are usable and {len(problems):,} files are not; "
        f"the first is {_printable(name)}: {problem}"
    )


def _printable(name: str) -> str:
    return name if name.isprintable() else repr(name)


def _is_csv(name: str) -> bool:
    return name.lower().endswith(".csv")


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def _hash_position(name: str) -> float:
    """Return the position of an image in the order, 0 to 1: a hash of its bare name."""
    bare_name = PurePosixPath(name).stem
    digest = hashlib.sha256(bare_name.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)
