"""The files of a folder or of a .tar or .tgz archive, read where they are: nothing is unpacked to disk.

An archive is refused as a whole when it was made to do harm: names that lead out of it, links, devices, or a gzip
stream that swells without end.
"""

import gzip
import os
import tarfile
import zlib
from pathlib import PurePosixPath

from common.cli import GeneError

LARGEST_FILE = 1 << 26  # bytes; a Cartoon Set picture has about 45,000
MOST_FILES = 2_000_000
_SWELL, _FREE = 100, 1 << 26  # an archive may unpack to 100 times its size and 64 MiB


def listing(folder, suffixes):
    """The names of the files below a folder that end in one of `suffixes`, relative to it, sorted, none hidden."""
    names = []
    for root, folders, here in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [
            os.path.relpath(os.path.join(root, name), folder)
            for name in here
            if _wanted(name, suffixes)
        ]
        if len(names) > MOST_FILES:
            raise GeneError(f"{folder}: more than {MOST_FILES:,} files")
    return sorted(names)


def read(path):
    """The bytes of a file; None if it cannot be read, is larger than LARGEST_FILE, or is no file."""
    try:
        whole = (
            path.is_file() and path.stat().st_size <= LARGEST_FILE
        )  # opening a pipe would wait for ever
        return path.read_bytes() if whole else None
    except OSError:
        return None


def members(path, suffixes):
    """Yield (name, bytes) of the files in an archive that end in one of `suffixes`, none hidden.

    bytes is None for a file of more than LARGEST_FILE bytes. GeneError for a hostile or damaged archive; what was
    yielded until then must not be used.
    """
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = _Bounded(
            path, gzip.GzipFile(fileobj=file) if packed else file, os.fstat(file.fileno()).st_size
        )
        try:
            yield from _each(path, tarfile.open(fileobj=stream, mode="r:"), suffixes)
        except (
            tarfile.TarError,
            EOFError,
            OSError,
            zlib.error,
            ValueError,
            OverflowError,
            RecursionError,
        ) as error:
            raise GeneError(f"{path}: not a whole .tar or .tgz archive ({error})") from None


def _each(path, archive, suffixes):
    for count, member in enumerate(iter(archive.next, None)):
        if count > MOST_FILES:
            raise GeneError(f"{path}: more than {MOST_FILES:,} files")
        _refuse_harm(path, member)
        archive.members.clear()  # or 200,000 of them stay in memory
        if member.isfile() and _wanted(PurePosixPath(member.name).name, suffixes):
            whole = member.size <= LARGEST_FILE
            yield (
                str(PurePosixPath(member.name)),
                archive.extractfile(member).read() if whole else None,
            )


def _wanted(name, suffixes):
    return not name.startswith(".") and name.lower().endswith(suffixes)


def _refuse_harm(path, member):
    name = PurePosixPath(member.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.name[:3]:
        raise GeneError(f"{path}: {member.name!r} leads out of the archive; refused")
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise GeneError(
            f"{path}: {member.name!r} is a link, a device or full of holes, not a file; refused"
        )


class _Bounded:
    """A file that may be read only so far, and in no gulp larger than LARGEST_FILE."""

    def __init__(self, path, file, size):
        self._path, self._file, self._most = path, file, size * _SWELL + _FREE

    def _check(self, end, gulp=0):
        if end > self._most or gulp > LARGEST_FILE:
            raise GeneError(
                f"{self._path}: unpacks to more than {self._most:,} bytes or holds a header of more than "
                f"{LARGEST_FILE:,}; refused"
            )

    def read(self, count):
        self._check(self._file.tell() + count, count)
        return self._file.read(count)

    def seek(self, position):
        self._check(position)
        return self._file.seek(position)

    def tell(self):
        return self._file.tell()
