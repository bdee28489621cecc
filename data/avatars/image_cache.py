"""Pictures of a folder or an archive, packed once so that 100,000 of them train in little memory.

    <cache>/<fingerprint>/images.npy    the pictures, (count, 64, 64, 3), uint8; read as a memory map
                          labels.npy    their labels, (count, features), int16
                          meta.json     the features, how many pictures are for training, how many were left out

The order hangs on the pictures' names alone, and so does who is held out: a folder and its archive give the same.
A picture that cannot be used is left out with a line that names it; a source is refused when more than half cannot.
"""

import hashlib
import itertools
import json
import os
import sys
import warnings
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, write_json
from common.progress import Progress
from data.avatars import archive, cartoonset
from data.avatars.decode import SAMPLE, SUFFIXES, find_frame
from data.avatars.decode import read as read_picture
from data.avatars.labelled_images import IMAGE_SIDE, Attribute

VERSION = 1
HELD_OUT = 0.1
_SHOWN = 20  # lines about pictures that are left out
_BLOCK = 1000  # pictures moved at once: 12 MB
_PIXELS = IMAGE_SIDE, IMAGE_SIDE, 3
_BYTES = IMAGE_SIDE * IMAGE_SIDE * 3
_SUFFIXES = *SUFFIXES, ".csv"


class Pack(NamedTuple):
    """A source as arrays. The first `training` pictures are for training, the rest are held out; hash: SHA-256."""

    images: np.ndarray
    labels: np.ndarray
    features: tuple
    training: int
    hash: str


def open_pack(source, cache, names=None):
    """The pack of a folder or archive, made if `cache` does not have it yet; names: only these files of a folder.

    GeneError for a source that is not there, was made to do harm, or of which more than half cannot be used.
    """
    if not (source.is_dir() or source.is_file()):
        raise GeneError(
            f"{source}: no such file; --faces takes a folder of pictures or a .tgz of one"
        )
    if names is None and source.is_dir():
        names = archive.listing(source, _SUFFIXES)
    folder = cache / _fingerprint(source, names)
    build_once(folder, lambda temporary: _pack(temporary, source, names))
    meta = read_json(folder / "meta.json")
    try:
        images, labels = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("images", "labels")
        )
        features = tuple(
            Attribute(name, tuple(variants), tuple(shares), {k: tuple(v) for k, v in masks.items()})
            for name, variants, shares, masks in meta["features"]
        )
        return Pack(images, labels, features, meta["training"], meta["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GeneError(
            f"{folder}: a damaged cache ({error}); delete the folder and start again"
        ) from None


def _fingerprint(source, names):
    """Changes with every file's name, size and time of change."""
    files = [_stat(source)] if names is None else [(name, _stat(source / name)) for name in names]
    return hashlib.sha256(json.dumps([VERSION, str(source.resolve()), files]).encode()).hexdigest()[
        :16
    ]


def _stat(path):
    try:
        stat = path.stat()
        return stat.st_size, stat.st_mtime_ns
    except OSError:  # a link that leads nowhere; reading will say so
        return None


def _pack(folder, source, names):
    """First every picture is decoded, as it comes, into one loose file; then those that can be used are put in order."""
    loose = folder / "loose.bin"
    with open(loose, "wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's own, about pictures that are told of here
        pictures, tables, complaints = _decode(source, names, file)
    header, labels = _match(pictures, tables, complaints)
    usable = [name for name in pictures if labels is None or _stem(name) in labels]
    names = sorted(usable, key=lambda name: (_place(name), name))
    if not names or len(complaints) > len(names):
        raise GeneError(_refusal(source, len(names), complaints))
    _warn(source, complaints)
    rows = np.array([labels[_stem(name)] if labels else () for name in names], "int16")
    np.save(folder / "labels.npy", rows)
    digest = _arrange(loose, folder / "images.npy", [pictures[name] for name in names])
    digest.update(json.dumps(header).encode() + rows.tobytes())
    loose.unlink()
    features = cartoonset.features(header, rows)
    training = sum(_place(name) < 1 - HELD_OUT for name in names)
    write_json(
        folder / "meta.json",
        {
            "source": str(source),
            "features": features,
            "training": min(max(training, 1), max(len(names) - 1, 1)),
            "left_out": len(complaints),
            "sha256": digest.hexdigest(),
        },
    )


def _decode(source, names, file):
    """Pictures {name: place in `file`}, tables {stem: (header, labels), or None when damaged}, complaints {name: why}."""
    pictures, tables, complaints = {}, {}, {}
    files = (
        archive.members(source, _SUFFIXES)
        if names is None
        else ((name, archive.read(source / name)) for name in names)
    )
    first = list(itertools.islice(files, 2 * SAMPLE))
    frame = find_frame([data for name, data in first if data and not _is_csv(name)])
    progress = Progress(names and len(names))
    for done, (name, read) in enumerate(_in_threads(_reader(frame), itertools.chain(first, files))):
        if isinstance(read, str):
            complaints[name] = read
        if _is_csv(name):
            tables[_stem(name)] = None if isinstance(read, str) else read
        elif not isinstance(read, str):
            file.write(read)
            pictures[name] = file.tell() // _BYTES - 1
        progress.show(done, lambda speed: f"{done:,} files read  {speed:,.0f} files/s")
    progress.end()
    return pictures, tables, complaints


def _reader(frame):
    def read(name, data):
        """What a file holds, or in words why it cannot be used."""
        if data is None:
            return name, f"larger than {archive.LARGEST_FILE:,} bytes, or not to be read"
        try:
            return name, cartoonset.read(data) if _is_csv(name) else read_picture(data, frame)
        except ValueError as error:
            return name, str(error)

    return read


def _in_threads(function, items):
    """function(*item) of each item, in order; Pillow decodes outside of the interpreter's lock."""
    threads = min(os.cpu_count() or 1, 4)  # each may hold a picture of 200 MB
    with ThreadPoolExecutor(threads) as pool:
        waiting = deque()
        for item in items:
            waiting.append(pool.submit(function, *item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _match(pictures, tables, complaints):
    """The header of most tables and {stem: labels}; adds to the complaints what has no partner or another header.

    If no table goes with a picture, the set has no labels, None, and its tables are somebody else's business.
    """
    stems = {_stem(name) for name in (*pictures, *complaints) if not _is_csv(name)}
    if not stems & set(tables):
        for name in [name for name in complaints if _is_csv(name)]:
            del complaints[name]
        return (), None
    whole = {stem: table for stem, table in tables.items() if table and stem in stems}
    complaints |= {stem + ".csv": "no picture goes with it" for stem in tables if stem not in stems}
    common, wrong = cartoonset.common_header([header for header, _ in whole.values()])
    complaints |= {
        stem + ".csv": wrong[header] for stem, (header, _) in whole.items() if header in wrong
    }
    for name in pictures:
        if _stem(name) not in tables:
            complaints[name] = "no csv goes with it"
    return common, {stem: labels for stem, (header, labels) in whole.items() if header == common}


def _arrange(loose, path, places):
    """Write those pictures of the loose file at `places` as an array, block by block; returns their SHA-256 so far."""
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (len(places), *_PIXELS)}
        )
        for start in range(0, len(places), _BLOCK):
            pixels = np.memmap(loose, "uint8", "r").reshape(-1, *_PIXELS)[
                places[start : start + _BLOCK]
            ]
            digest.update(pixels)
            file.write(pixels)
    return digest


def _warn(source, complaints):
    for name, complaint in list(complaints.items())[:_SHOWN]:
        print(f"{source}: {_shown(name)}: {complaint}; left out", file=sys.stderr)
    if len(complaints) > _SHOWN:
        print(f"{source}: and {len(complaints) - _SHOWN:,} more left out", file=sys.stderr)


def _refusal(source, usable, complaints):
    if not complaints:
        return f"{source}: no picture in it ({', '.join(SUFFIXES)})"
    name, complaint = next(iter(complaints.items()))
    return (
        f"{source}: {usable:,} pictures can be used, {len(complaints):,} files cannot, first "
        f"{_shown(name)}: {complaint}"
    )


def _shown(name):
    return name if name.isprintable() else repr(name)


def _is_csv(name):
    return name.lower().endswith(".csv")


def _stem(name):
    return name.rpartition(".")[0]


def _place(name):
    """Where a picture comes in the order, 0 to 1: hangs on its name without folder and ending."""
    digest = hashlib.sha256(PurePosixPath(name).stem.encode(errors="surrogateescape")).digest()
    return int.from_bytes(digest[:6], "big") / (1 << 48)
