"""Read the files of a folder or of a .tar or .tgz archive without unpacking it to disk.

A malicious archive is refused as a whole: names that point outside it, links, devices, and gzip
streams that unpack to far more than their size.
"""

import gzip
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from common.cli import GeneError

MAX_FILE_BYTES = 1 << 26  # an image of the Cartoon Set has about 45,000
MAX_FILES = 2_000_000
# An archive may unpack to 100 times its size plus 64 MiB.
_MAX_RATIO = 100
_FREE_BYTES = 1 << 26


def list_files(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """List the files below a folder by suffix.

    Args:
        folder: The folder.
        suffixes: Lowercase suffixes with their dots.

    Returns:
        Sorted names relative to the folder, without hidden files and folders.
    """
    names: list[str] = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [
            os.path.relpath(os.path.join(root, name), folder)
            for name in files
            if _is_wanted(name, suffixes)
        ]
        if len(names) > MAX_FILES:
            raise GeneError(f"{folder}: more than {MAX_FILES:,} files")
    return sorted(names)


def read_file(path: Path) -> bytes | None:
    """Read a file; None if it is unreadable, not a regular file, or above MAX_FILE_BYTES."""
    try:
        # is_file first: opening a pipe would block
        is_readable = path.is_file() and path.stat().st_size <= MAX_FILE_BYTES
        return path.read_bytes() if is_readable else None
    except OSError:
        return None


def read_archive(path: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, bytes | None]]:
    """Yield the name and content of the files in an archive by suffix, without hidden files.

    Args:
        path: A .tar or .tgz file.
        suffixes: Lowercase suffixes with their dots.

    Yields:
        Name and content; the content is None for a file above MAX_FILE_BYTES.

    Raises:
        GeneError: If the archive is malicious or damaged. Whatever was yielded before must then
            not be used.
    """
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        size = os.fstat(file.fileno()).st_size
        stream = _BoundedFile(path, gzip.GzipFile(fileobj=file) if is_gzip else file, size)
        try:
            archive = tarfile.open(fileobj=stream, mode="r:")  # type: ignore[call-overload]
            yield from _read_members(path, archive, suffixes)
        except (
            tarfile.TarError,
            EOFError,
            OSError,
            zlib.error,
            ValueError,
            OverflowError,
            RecursionError,
        ) as error:
            raise GeneError(f"{path}: not a complete .tar or .tgz archive ({error})") from None


def _read_members(
    path: Path, archive: tarfile.TarFile, suffixes: tuple[str, ...]
) -> Iterator[tuple[str, bytes | None]]:
    for count, member in enumerate(iter(archive.next, None)):
        if count > MAX_FILES:
            raise GeneError(f"{path}: more than {MAX_FILES:,} files")
        _refuse_malicious(path, member)
        archive.members.clear()  # type: ignore[attr-defined]  # otherwise 200,000 of them stay in memory
        name = PurePosixPath(member.name)
        if not member.isfile() or not _is_wanted(name.name, suffixes):
            continue
        file = archive.extractfile(member) if member.size <= MAX_FILE_BYTES else None
        yield str(name), None if file is None else file.read()


def _is_wanted(name: str, suffixes: tuple[str, ...]) -> bool:
    return not name.startswith(".") and name.lower().endswith(suffixes)


def _refuse_malicious(path: Path, member: tarfile.TarInfo) -> None:
    name = PurePosixPath(member.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.name[:3]:
        raise GeneError(f"{path}: {member.name!r} points outside the archive; refused")
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise GeneError(f"{path}: {member.name!r} is a link, a device or a sparse file; refused")


class _BoundedFile:
    """A file with a limit on its total size and on the size of one read.

    Args:
        path: Path of the archive, for messages.
        file: The uncompressed stream.
        size: Compressed size of the archive in bytes.
    """

    def __init__(self, path: Path, file: BinaryIO | gzip.GzipFile, size: int):
        self._path = path
        self._file = file
        self._max_bytes = size * _MAX_RATIO + _FREE_BYTES

    def _check(self, end: int, count: int = 0) -> None:
        if end > self._max_bytes or count > MAX_FILE_BYTES:
            raise GeneError(
                f"{self._path}: unpacks to more than {self._max_bytes:,} bytes or holds a header "
                f"of more than {MAX_FILE_BYTES:,}; refused"
            )

    def read(self, count: int) -> bytes:
        self._check(self._file.tell() + count, count)
        return self._file.read(count)

    def seek(self, position: int) -> int:
        self._check(position)
        return self._file.seek(position)

    def tell(self) -> int:
        return self._file.tell()
