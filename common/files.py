"""Write files atomically, lock folders, and hash files."""

import contextlib
import errno
import functools
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from common.cli import GeneError, exit_without_packages

try:
    from filelock import FileLock, Timeout
except ModuleNotFoundError:  # in every command, the first import of a package that may be missing
    exit_without_packages()

_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}
_TEMPORARY_NAME = re.compile(r"\..+-[a-z0-9_]{8}\.tmp(\.\w+)?")  # as created by `atomic`
LOCK_NAME = ".lock"
GZIP_MAGIC = b"\x1f\x8b"


@contextlib.contextmanager
def atomic(path: str | Path, sync: bool = True) -> Iterator[Path]:
    """Yield a temporary path next to `path`, which replaces `path` on success.

    On any error, such as a full disk, `path` keeps its content and the temporary file is removed.

    Args:
        path: File to write. Its folder is created if necessary.
        sync: Whether to flush the file to disk first. Without it, a power failure may leave an
            empty file; use False for thousands of files that can be created again.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix = f".tmp{path.suffix}"
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if sync:
            with open(temporary, "rb") as file:
                os.fsync(file.fileno())
        set_mode(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def set_mode(path: Path, mode: int) -> None:
    """Set the permissions of a file or folder, if its file system supports them."""
    with contextlib.suppress(OSError):
        os.chmod(path, mode)


def remove_temporary_files(folder: Path) -> None:
    """Delete the temporary files of `atomic` that a killed process left in a folder."""
    for path in folder.rglob(".*-*"):
        if _TEMPORARY_NAME.fullmatch(path.name) and path.is_file():
            path.unlink()


@contextlib.contextmanager
def atomic_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder next to `path`, which replaces `path` on success.

    If another process creates the folder at the same time, its folder is kept.

    Args:
        path: Folder to write.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    try:
        yield temporary
        set_mode(temporary, 0o755)
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

    If no lock file can be created in the folder, the folder is not locked: it is probably
    read-only, so no other process can write to it either.

    Args:
        folder: The folder to lock. It is created if necessary.
    """
    path = Path(folder) / LOCK_NAME
    try:
        lock = try_lock(path)
    except OSError:
        yield
        return
    if lock is None:
        print(f"{folder}: waiting for another process that is using this folder", flush=True)
        lock = FileLock(path)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def try_lock(path: Path) -> FileLock | None:
    """Lock a file without waiting.

    On a file system without locks, print a warning and lock nothing. The fallback of `filelock`, a
    file whose mere existence is the lock, would be left behind by a killed process and block all
    later ones.

    Args:
        path: The lock file. It is created if necessary, with its folder.

    Returns:
        The lock, which the caller must release; None if another process holds it.

    Raises:
        OSError: If the lock file cannot be created.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        _report_missing_locks()
    return lock


@functools.cache
def _report_missing_locks() -> None:
    print(
        "this file system does not support locks: do not run the same command twice at once",
        file=sys.stderr,
        flush=True,
    )


def build_once(folder: Path, build: Callable[[Path], None]) -> None:
    """Build a folder unless it exists; while one process builds it, other processes wait.

    Args:
        folder: The folder to build.
        build: Fills the temporary folder that it is called with. It must write meta.json last,
            because a folder that contains meta.json counts as complete.
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
    r"""Write text as UTF-8, atomically.

    Python reads bytes of file names that are not valid UTF-8 as surrogates. They are written as
    the escapes \udcXX, which are valid in JSON.
    """
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_json(path: str | Path, value: Any) -> None:
    """Write a value as indented JSON, atomically."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        GeneError: If the file is missing or damaged, or does not contain a JSON object.
    """
    try:
        return parse_json(Path(path).read_bytes(), path)
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file") from None


def parse_json(content: bytes, source: str | Path) -> dict[str, Any]:
    """Parse a JSON object in UTF-8.

    Args:
        content: The JSON object.
        source: Where the content comes from, for error messages.

    Raises:
        GeneError: If the content is damaged or is not a JSON object.
    """
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise GeneError(f"{source}: not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise GeneError(f"{source}: not a JSON object")
    return value


def sha256(path: str | Path) -> str:
    """Return the hexadecimal SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_sha256(path: str | Path) -> str:
    r"""Return the SHA-256 of a text file, computed with Unix line endings.

    This way, the hash stays the same if Git or an editor converts a table to Windows line endings.
    A gzip file is hashed as it is.
    """
    with open(path, "rb") as file:
        if file.read(2) == GZIP_MAGIC:
            return sha256(path)
    digest = hashlib.sha256()
    # Latin-1 maps every byte to a character and back, so only line endings can change.
    with open(path, encoding="latin-1", newline=None) as lines:
        while block := lines.read(1 << 20):
            digest.update(block.encode("latin-1"))
    return digest.hexdigest()
