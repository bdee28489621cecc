"""Read the files in a folder, a .zip or a tar archive without unpacking it to disk.

Tar archives may be compressed as .gz, .bz2, .xz, .lzma or .zst. An archive is rejected as a whole
if it looks malicious: if a name points outside the archive, if it contains a device, or if its data
unpack to far more than its own size. Links are skipped.
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
from typing import IO, NamedTuple

import zstandard

from common.cli import GeneError, printable
from data.avatars.decompress import (
    MAX_FILE_BYTES,
    BoundedStream,
    decompressed,
    max_unpacked_bytes,
)
from data.avatars.file_types import (
    HEAD_BYTES,
    archive_format,
    is_office_name,
    is_picture_name,
    is_table_name,
    picture_format,
    reason_to_skip,
)

MAX_FILES = 2_000_000
_DAMAGE = (
    *(tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, zstandard.ZstdError),
    *(EOFError, OSError, ValueError, OverflowError, RecursionError, NotImplementedError),
    *(RuntimeError, struct.error, MemoryError),
)


class File(NamedTuple):
    """A file in a folder or an archive.

    Attributes:
        name: Path inside the folder or archive.
        data: Content of the file; None if it is skipped.
        skipped: Why it is skipped, a key of `data.avatars.skipped.KINDS`; "" if it is not skipped.
    """

    name: str
    data: bytes | None
    skipped: str = ""


def list_files(folder: Path) -> tuple[list[str], list[File]]:
    """List the files in a folder and its subfolders.

    Args:
        folder: The folder.

    Returns:
        The sorted names of the files to read, relative to the folder, and the files and links that
        are skipped: files because of their names, and links because they lead to other folders.
    """
    names: list[str] = []
    skipped: list[File] = []
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        relative = os.path.relpath(root, folder)
        skipped += [File(os.path.normpath(f"{relative}/{name}"), None, "link") for name in links]
        for name in files:
            path = os.path.normpath(os.path.join(relative, name))
            kind = reason_to_skip(path)
            if kind:
                skipped.append(File(path, None, kind))
            else:
                names.append(path)
        if len(names) + len(skipped) > MAX_FILES:
            raise GeneError(f"{folder}: more than {MAX_FILES:,} files; use fewer")
    return sorted(names), sorted(skipped)


def read_file(folder: Path, name: str) -> File:
    """Read a file in a folder; skip it if it is neither a picture nor a table."""
    path = folder / name
    try:
        if not path.is_file():  # opening a pipe would block
            return File(name, None, "unreadable")
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
            kind = _kind_by_content(name, head)
            if not kind and os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                kind = "large"
            return File(name, None, kind) if kind else File(name, head + file.read())
    except OSError:
        return File(name, None, "unreadable")


def _kind_by_content(name: str, head: bytes) -> str:
    """Return why a file is skipped, or "" if its content or name is that of a picture or table."""
    if picture_format(head) or is_picture_name(name) or is_table_name(name):
        return ""
    if is_office_name(name):
        return "office"
    return "archive" if archive_format(head) else "other"


def read_archive(path: Path) -> Iterator[File]:
    """Yield the files in a .zip or tar archive.

    Args:
        path: The archive.

    Raises:
        GeneError: If the file is not an archive, or if the archive is malicious or damaged. In that
            case, discard the files that were yielded before.
    """
    with open(path, "rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        kind = archive_format(head)
        _refuse_other_kinds(path, head, kind)
        size = os.fstat(file.fileno()).st_size
        try:
            if kind == "zip":
                yield from _read_zip(path, zipfile.ZipFile(file), max_unpacked_bytes(size))
            else:
                stream = BoundedStream(path, decompressed(file), size)
                archive = tarfile.open(fileobj=stream, mode="r:")  # type: ignore[call-overload]
                yield from _read_tar(path, archive)
        except _DAMAGE as error:
            name = ".zip" if kind == "zip" else ".zip or tar"
            reason = printable(str(error) or type(error).__name__)
            raise GeneError(
                f"{path}: not a complete {name} archive ({reason}); download it again"
            ) from None


def _refuse_other_kinds(path: Path, head: bytes, kind: str | None) -> None:
    if picture_format(head):
        raise GeneError(
            f"{path}: a single picture; --faces takes a folder or an archive of pictures, so put "
            "at least 20 pictures into a folder and pass it to --faces"
        )
    if kind and kind != "zip":
        raise GeneError(
            f"{path}: {kind} archives are not supported; unpack this one and pass the folder to "
            "--faces"
        )


def _read_tar(path: Path, archive: tarfile.TarFile) -> Iterator[File]:
    for count, member in enumerate(iter(archive.next, None)):
        _check_member(path, member.name, count)
        archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps all members in memory
        name = str(PurePosixPath(member.name))
        if member.issym() or member.islnk():
            yield File(name, None, "link")
        elif not (member.isfile() or member.isdir()) or member.issparse():
            raise GeneError(
                f"{path}: {member.name!r} is a device or a sparse file; if you trust the "
                "archive, unpack it yourself"
            )
        elif member.isfile():
            yield _read_member(name, member.size, archive.extractfile(member))


def _read_zip(path: Path, archive: zipfile.ZipFile, max_bytes: int) -> Iterator[File]:
    left = max_bytes
    for count, member in enumerate(archive.infolist()):
        _check_member(path, member.filename, count)
        name = str(PurePosixPath(member.filename))
        if member.is_dir():
            continue
        if stat.S_ISLNK(member.external_attr >> 16):
            yield File(name, None, "link")
            continue
        file = _read_zip_member(archive, member, name)
        left -= len(file.data or b"")
        if left < 0:
            raise GeneError(
                f"{path}: unpacks to more than {max_bytes:,} bytes; if you trust the archive, "
                "unpack it yourself"
            )
        yield file


def _read_zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> File:
    """Read a file; skip it if it is damaged or protected by a password."""
    try:
        with archive.open(member) as file:
            return _read_member(name, member.file_size, file)
    except _DAMAGE:
        return File(name, None, "unreadable")


def _read_member(name: str, size: int, file: IO[bytes] | None) -> File:
    """Read a file in an archive; skip it if it is neither a picture nor a table."""
    kind = reason_to_skip(name)
    if kind:
        return File(name, None, kind)
    if file is None:
        return File(name, None, "unreadable")
    head = file.read(HEAD_BYTES)
    kind = _kind_by_content(name, head)
    if not kind and size > MAX_FILE_BYTES:
        kind = "large"
    return File(name, None, kind) if kind else File(name, head + file.read(MAX_FILE_BYTES))


def _check_member(path: Path, name: str, count: int) -> None:
    if count > MAX_FILES:
        raise GeneError(f"{path}: more than {MAX_FILES:,} files; use fewer")
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name[:3]:
        raise GeneError(
            f"{path}: {name!r} points outside the archive; if you trust the archive, unpack it "
            "yourself"
        )
