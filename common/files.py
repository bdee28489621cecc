"""Write files atomically, lock folders, and hash files."""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from common.cli import GeneError

LOCK_NAME = ".lock"


@contextlib.contextmanager
def atomic(path: str | Path, sync: bool = True) -> Iterator[Path]:
    """Yield a temporary path next to `path`, which replaces `path` on success.

    On any error, a full disk included, `path` keeps its content and the temporary file is removed.

    Args:
        path: File to write. Its folder is created if necessary.
        sync: Flush to disk first. False for thousands of files that can be made again: a power
            failure may then leave one empty.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if sync:
            with open(temporary, "rb") as file:
                os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder next to `path`, which replaces `path` on success.

    If another process puts its own folder there at the same moment, that one stays.

    Args:
        path: Folder to write.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        yield temporary
        os.chmod(temporary, 0o755)
        old = temporary.with_name(temporary.name + "-old")
        if path.exists():
            os.replace(path, old)
        try:
            os.replace(temporary, path)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: str | Path) -> Iterator[None]:
    """Hold an exclusive lock on a folder; other processes wait and print a message.

    A folder in which no lock file can be created, such as a read-only one, is not locked: nobody
    can build anything there either.

    Args:
        folder: Created if necessary.
    """
    try:
        lock = try_lock(folder)
    except OSError:
        yield
        return
    if lock is None:
        print(f"{folder}: another process is working there; waiting for it", flush=True)
        lock = FileLock(Path(folder) / LOCK_NAME)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def try_lock(folder: str | Path) -> FileLock | None:
    """Lock a folder without waiting.

    On a file system without locks the mere existence of the lock file counts (a soft lock).

    Args:
        folder: Created if necessary.

    Returns:
        The lock, to be released by the caller; None if another process holds it.

    Raises:
        OSError: If the lock file cannot be created.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


def build_once(folder: Path, build: Callable[[Path], None]) -> None:
    """Build a folder unless it exists; of several processes one builds and the others wait.

    Args:
        folder: The folder to build.
        build: Fills the temporary folder that it is given, with meta.json last.
    """
    with locked(folder.parent):
        if not (folder / "meta.json").exists():
            with atomic_folder(folder) as temporary:
                build(temporary)


def recompress_zip(path: str | Path) -> None:
    """Compress the members of a zip file in place; the same members always give the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def write_text(path: str | Path, text: str) -> None:
    """Write text as UTF-8, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented JSON, atomically."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        GeneError: If the file is missing, damaged or holds anything but an object.
    """
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file") from None
    except (ValueError, RecursionError) as error:
        raise GeneError(f"{path}: not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise GeneError(f"{path}: not a JSON object")
    return value


def sha256(path: str | Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
