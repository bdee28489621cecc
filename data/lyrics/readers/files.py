"""Open the files in a source: a file, a folder or an archive, in any common compression format.

Nothing is unpacked to disk, and names inside an archive are never used as paths. An archive that
unpacks to more than 100 times its size plus 64 MiB is refused.
"""

import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

import zstandard

from common.cli import GeneError, printable
from data.avatars.decompress import Readable, decompressed, max_unpacked_bytes
from data.avatars.file_types import reason_to_skip
from data.lyrics.encoding import BLOCK_BYTES
from data.lyrics.readers.streams import Budget, Chained, Rewindable
from data.lyrics.summary import Summary

DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, zstandard.ZstdError),
    *(EOFError, OSError, ValueError, OverflowError, RecursionError, NotImplementedError),
    *(RuntimeError, struct.error, MemoryError),
)
_MAX_FILES = 2_000_000
_ENCRYPTED = 1  # flag of a member of a .zip archive
_MAX_LAYERS = 3  # of compression; some files are gzip-compressed twice
NO_SONGS = (
    *("readme", "license", "licence", "requirements", "changelog", "credits", "copying", "notice"),
    *("citation", "attribution", "authors", "contributing", "metadata", "codebook", "datasheet"),
    *("data_dictionary", "data-dictionary", "dataset_card", "thumbs"),
)
_OFFICE_MEMBERS = ("xl/", "word/", "ppt/", "META-INF/container.xml", "content.xml")
WITHOUT_SONGS = "files without songs"


class SongFile(NamedTuple):
    """A file that may contain songs.

    Attributes:
        name: Path of the file within the source, or the path of the source itself.
        folder: Name of the folder that contains the file within the source, or "".
        stream: The rest of the content after `head`, uncompressed.
        head: The beginning of the content, which has already been read from `stream`.
        is_alone: Whether the source consists of this file only.
    """

    name: str
    folder: str
    stream: Readable
    head: bytes
    is_alone: bool


def open_files(path: str | Path, summary: Summary) -> Iterator[SongFile]:
    """Yield the files in a source in the order of their names.

    Args:
        path: A file, a folder or an archive.
        summary: Counts the files skipped.

    Raises:
        GeneError: If the source cannot be opened.
    """
    path = Path(path)
    refuse_pipes(path)
    if path.is_dir():
        yield from _folder_files(path, summary)
        return
    try:
        with open(path, "rb") as file:
            max_bytes = max_unpacked_bytes(os.fstat(file.fileno()).st_size)
            yield from _unpack(str(path), file, max_bytes, summary)
    except OSError as error:
        if not error.strerror or not error.filename:
            raise
        raise GeneError(
            f"{path}: {error.strerror}; --songs takes a file, a folder or an archive of songs"
        ) from None


def refuse_pipes(path: Path) -> None:
    """Raise GeneError for a pipe or a device, which cannot be read more than once."""
    try:
        mode = stat.S_IFIFO if str(path) == "-" else path.stat().st_mode
    except OSError as error:
        raise GeneError(
            f"{path}: {error.strerror}; --songs takes a file, a folder or an archive of songs"
        ) from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise GeneError(
            f"{path}: a pipe or device, which can be read only once, but resuming and exporting "
            "need the songs again; save them to a file and pass it to --songs"
        )


def _folder_files(folder: Path, summary: Summary) -> Iterator[SongFile]:
    for name in list_folder(folder, summary):
        path = folder / name
        try:
            with open(path, "rb") as file:
                max_bytes = max_unpacked_bytes(os.fstat(file.fileno()).st_size)
                for found in _unpack(name, file, max_bytes, summary):
                    yield found._replace(is_alone=False)
        except OSError as error:
            summary.skip("files that cannot be opened", name, error.strerror or "")
        except GeneError as error:
            summary.skip(WITHOUT_SONGS, name, str(error).partition(": ")[2])


def list_folder(folder: Path, summary: Summary | None = None) -> list[str]:
    """Return the sorted names of the regular files in a folder and its subfolders; skip links."""
    names = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not os.path.islink(os.path.join(root, name))]
        for file in files:
            path = os.path.join(root, file)
            name = os.path.relpath(path, folder)
            reason = _reason_to_skip(name)
            if not reason and (os.path.islink(path) or not os.path.isfile(path)):
                reason = "links"
            if reason and summary:
                summary.skip(reason, name)
            elif not reason:
                names.append(name)
        if len(names) > _MAX_FILES:
            raise GeneError(f"{folder}: more than {_MAX_FILES:,} files; use fewer")
    return sorted(names)


def _reason_to_skip(name: str) -> str:
    if reason_to_skip(name):
        return "hidden or system files"
    return "files that are not songs" if PurePosixPath(name).stem.lower() in NO_SONGS else ""


def _unpack(name: str, file: BinaryIO, max_bytes: int, summary: Summary) -> Iterator[SongFile]:
    """Yield the files in an archive, or the file itself, uncompressed."""
    head = file.read(4)
    file.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _unpack_zip(name, file, max_bytes, summary)
        return
    try:
        stream = _uncompressed(file, Budget(name, max_bytes))
    except DAMAGE as error:
        raise GeneError(
            f"{name}: damaged or incomplete ({_reason(error)}); download it again"
        ) from None
    head = _first_bytes(name, stream)
    if head[257:262] == b"ustar":
        yield from _unpack_tar(name, Chained(head, stream), summary)
    elif head:
        yield SongFile(name, _parent(name), stream, head, True)
    else:
        raise GeneError(f"{name}: the file is empty")


def _uncompressed(file: Readable, budget: Budget) -> Readable:
    """Return the content of a file after up to three layers of decompression."""
    stream = file
    for _ in range(_MAX_LAYERS):
        start = Rewindable(stream)
        inner = decompressed(start)  # type: ignore[arg-type]
        if inner is start:
            return start
        stream = budget.bound(inner)
    return stream


def _first_bytes(name: str, stream: Readable) -> bytes:
    head = b""
    try:
        while len(head) < BLOCK_BYTES and (block := stream.read(BLOCK_BYTES - len(head))):
            head += block
    except DAMAGE as error:
        if not head:
            raise GeneError(
                f"{name}: damaged or incomplete ({_reason(error)}); download it again"
            ) from None
    return head


def rest_of(file: SongFile, summary: Summary) -> Iterator[bytes]:
    """Yield the content of a file block by block; stop where it is damaged."""
    block = file.head
    try:
        while block:
            yield block
            block = file.stream.read(BLOCK_BYTES)
    except DAMAGE as error:
        summary.skip("files whose end is damaged", file.name, _reason(error))


def _reason(error: BaseException) -> str:
    return printable(str(error) or type(error).__name__)


def _unpack_zip(name: str, file: BinaryIO, max_bytes: int, summary: Summary) -> Iterator[SongFile]:
    try:
        archive = zipfile.ZipFile(file)
        members = sorted(archive.infolist(), key=lambda member: member.filename)
    except DAMAGE as error:
        raise GeneError(
            f"{name}: not a complete .zip archive ({_reason(error)}); download it again"
        ) from None
    if any(member.filename.startswith(_OFFICE_MEMBERS) for member in members):
        raise GeneError(f"{name}: an office document; save it as CSV (UTF-8) or as plain text")
    budget = Budget(name, max_bytes)
    for member in members:
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if member.is_dir() or _is_skipped(name, member.filename, is_link, summary):
            continue
        if member.flag_bits & _ENCRYPTED:
            summary.skip("encrypted files; unpack the archive yourself", member.filename)
            continue
        try:
            with archive.open(member) as content:
                stream = _uncompressed(budget.bound(content), budget)
                yield _member(member.filename, stream)
        except DAMAGE as error:
            summary.skip("files that cannot be read", member.filename, _reason(error))


def _unpack_tar(name: str, stream: Readable, summary: Summary) -> Iterator[SongFile]:
    try:
        archive = tarfile.open(fileobj=stream, mode="r|")  # type: ignore[call-overload]
        for member in archive:
            archive.members.clear()  # tarfile keeps all members in memory
            is_link = not (member.isfile() or member.isdir())
            if member.isdir() or _is_skipped(name, member.name, is_link, summary):
                continue
            content = archive.extractfile(member)
            if content:
                yield _member(member.name, content)
    except DAMAGE as error:
        summary.skip("archives whose end is damaged", name, _reason(error))


def _member(name: str, stream: Readable) -> SongFile:
    return SongFile(name, _parent(name), stream, _first_bytes(name, stream), False)


def _is_skipped(archive: str, name: str, is_link: bool, summary: Summary) -> bool:
    """Return whether a file in an archive is skipped; if so, count it in the summary."""
    parts = PurePosixPath(name.replace("\\", "/"))
    reason = _reason_to_skip(name)
    if is_link:
        reason = "links"
    elif parts.is_absolute() or ".." in parts.parts:
        reason = "files with a path outside the archive"
    if reason:
        summary.skip(reason, f"{archive}/{printable(name)}")
    return bool(reason)


def _parent(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).parent.name
