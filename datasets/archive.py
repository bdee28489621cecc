"""The files of a folder or of a .tar or .tgz archive, read where they are: nothing is unpacked to disk.

An archive is refused as a whole when it was made to do harm: names that lead out of it, links, devices, or a gzip
stream that swells without end.
"""

import gzip
import os
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from common.cli import GeneError

LARGEST_FILE = 1 << 26      # bytes; a Cartoon Set picture has about 45,000
MOST_FILES = 2_000_000
_SWELL, _FREE = 100, 1 << 26    # an archive may unpack to 100 times its size and 64 MiB


def files(path, suffixes):
    """Yield (name, bytes) of every file below `path` whose name ends in one of `suffixes`, hidden ones left out.

    bytes is None for a file of more than LARGEST_FILE bytes. GeneError for what is neither a folder nor such an
    archive, and for a hostile or damaged archive; what was yielded until then must not be used.
    """
    path = Path(path)
    if path.is_dir():
        for name in listing(path, suffixes):
            yield name, _read(path / name)
        return
    try:
        with open(path, "rb") as file:
            yield from _members(path, file, suffixes)
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file; --faces takes a folder of pictures or a .tgz of one") from None


def listing(folder, suffixes):
    """The names of those files below a folder, relative to it, sorted. GeneError if there are too many."""
    names = []
    for root, folders, here in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        names += [os.path.relpath(os.path.join(root, name), folder) for name in here if _wanted(name, suffixes)]
        if len(names) > MOST_FILES:
            raise GeneError(f"{folder}: more than {MOST_FILES:,} files")
    return sorted(names)


def _wanted(name, suffixes):
    return not name.startswith(".") and name.lower().endswith(suffixes)


def _read(path):
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:    # opening a pipe would wait for ever
        return None
    return path.read_bytes()


def _members(path, file, suffixes):
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    stream = _Bounded(path, gzip.GzipFile(fileobj=file) if packed else file, os.fstat(file.fileno()).st_size)
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            for count, member in enumerate(iter(archive.next, None)):
                if count > MOST_FILES:
                    raise GeneError(f"{path}: more than {MOST_FILES:,} files")
                _refuse_harm(path, member)
                archive.members.clear()     # or 200,000 of them stay in memory
                if member.isfile() and _wanted(PurePosixPath(member.name).name, suffixes):
                    yield str(PurePosixPath(member.name)), _extract(archive, member)
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise GeneError(f"{path}: not a whole .tar or .tgz archive ({error})") from None


def _refuse_harm(path, member):
    name = PurePosixPath(member.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in member.name[:3]:
        raise GeneError(f"{path}: {member.name!r} leads out of the archive; refused")
    if not (member.isfile() or member.isdir()):
        raise GeneError(f"{path}: {member.name!r} is a link or a device, not a file; refused")


def _extract(archive, member):
    return None if member.size > LARGEST_FILE else archive.extractfile(member).read()


class _Bounded:
    """A file that may be read only so far, and in no gulp larger than LARGEST_FILE."""

    def __init__(self, path, file, size):
        self._path, self._file, self._most = path, file, size * _SWELL + _FREE

    def _check(self, end, gulp=0):
        if end > self._most or gulp > LARGEST_FILE:
            raise GeneError(f"{self._path}: unpacks to more than {self._most:,} bytes or holds a header of more than "
                            f"{LARGEST_FILE:,}; refused")

    def read(self, count):
        self._check(self._file.tell() + count, count)
        return self._file.read(count)

    def seek(self, position):
        self._check(position)
        return self._file.seek(position)

    def tell(self):
        return self._file.tell()
