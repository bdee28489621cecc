"""Decode all files in a folder or an archive: write pixels to a file, keep the rest in memory."""

import hashlib
import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, NamedTuple

from common.progress import Progress
from data.avatars import archive
from data.avatars.archive import File
from data.avatars.crop import SAMPLE, Crop
from data.avatars.decode import Picture, UnreadableFormatError, decode, find_crop
from data.avatars.file_types import is_table_name
from data.avatars.labels import Table, read_table
from data.avatars.skipped import LOST_PICTURES, Skipped

_MAX_SAMPLE_BYTES = 1 << 27  # total size of the files from which a common crop is computed
_MAX_TABLE_BYTES = 1 << 25  # total size of all label files, which are kept in memory


class Found(NamedTuple):
    """A usable picture.

    Attributes:
        position: Index of the picture in the file of all pixels.
        digest: Hash of the content of its file.
        size: Width and height of the original.
        format: Format of the file.
    """

    position: int
    digest: bytes
    size: tuple[int, int]
    format: str


class Source(NamedTuple):
    """The content of a folder or an archive.

    Attributes:
        pictures: The usable pictures, by name.
        unusable: Names of the pictures that cannot be used.
        tables: The label files, by name.
        skipped: The skipped files.
    """

    pictures: dict[str, Found]
    unusable: list[str]
    tables: dict[str, Table]
    skipped: Skipped


class _Read(NamedTuple):
    """A file after decoding; exactly one of `picture`, `table` and `skipped` is set."""

    name: str
    picture: Picture | None = None
    digest: bytes = b""
    table: Table | None = None
    skipped: str = ""
    reason: str = ""


def read_source(path: Path, names: list[str] | None, mode: str, file: IO[bytes]) -> Source:
    """Read all files in a source.

    Args:
        path: A folder or an archive.
        names: Names of the files in the folder to read; None for all.
        mode: How to crop, one of `data.avatars.crop.MODES`.
        file: The pixels of all pictures are written to it, one picture after another.
    """
    files, total = _files(path, names)
    first = _first_files(files)
    samples = (file.data for file in first if file.data and not is_table_name(file.name))
    read = _reader(find_crop(mode, samples))
    source = Source({}, [], {}, Skipped())
    progress = Progress(total)
    table_bytes = 0
    for done, result in enumerate(_in_threads(read, itertools.chain(first, files))):
        if result.table and table_bytes + len(result.table.data) > _MAX_TABLE_BYTES:
            result = _Read(result.name, skipped="table", reason="too many label files")
        table_bytes += len(result.table.data) if result.table else 0
        _keep(source, result, file)
        text = f"{done:,} files read"
        progress.show(done, lambda speed, text=text: f"{text}  {speed:,.0f} files/s")  # type: ignore[misc]
    progress.end()
    return source


def _files(path: Path, names: list[str] | None) -> tuple[Iterator[File], int | None]:
    """Return the files in a source and, if known, their number."""
    if not path.is_dir():
        return archive.read_archive(path), None
    skipped: list[File] = []
    if names is None:
        names, skipped = archive.list_files(path)
    files = (archive.read_file(path, name) for name in names)
    return itertools.chain(skipped, files), len(names)


def _first_files(files: Iterator[File]) -> list[File]:
    """Return the files from which a common crop is computed."""
    first: list[File] = []
    size = 0
    for file in itertools.islice(files, 2 * SAMPLE):
        first.append(file)
        size += len(file.data or b"")
        if size > _MAX_SAMPLE_BYTES:
            break
    return first


def _reader(crop: Crop) -> Callable[[File], _Read]:
    def read(file: File) -> _Read:
        if file.data is None:
            return _Read(file.name, skipped=file.skipped)
        if is_table_name(file.name):
            return _Read(file.name, table=read_table(file.data))
        try:
            digest = hashlib.sha256(file.data).digest()
            return _Read(file.name, decode(file.data, crop), digest)
        except UnreadableFormatError as error:
            return _Read(file.name, skipped=error.kind, reason=str(error))
        except ValueError as error:
            return _Read(file.name, skipped="damaged", reason=str(error))

    return read


def _keep(source: Source, result: _Read, file: IO[bytes]) -> None:
    """Add one file to the source; write its pixels if it is a picture."""
    name = result.name
    if result.picture:
        file.write(result.picture.pixels.tobytes())
        position = len(source.pictures)
        source.pictures[name] = Found(
            position, result.digest, result.picture.size, result.picture.format
        )
    elif result.table:
        source.tables[name] = result.table
    else:
        source.skipped.add(result.skipped, name, result.reason)
        if result.skipped in LOST_PICTURES:
            source.unusable.append(name)


def _in_threads(function: Callable[[File], Any], items: Iterable[File]) -> Iterator[Any]:
    """Yield function(item) for each item, in order, using threads (Pillow releases the GIL)."""
    threads = min(os.cpu_count() or 1, 4)  # each thread may need 200 MB to decode an image
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
