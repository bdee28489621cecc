"""Files that are there whole or not at all, and their fingerprints."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from common.cli import GeneError


@contextlib.contextmanager
def atomic(path, sync=True):
    """Yield a temporary path beside `path`; on success it is flushed to disk and takes the place of `path`.

    On any error, a full disk included, `path` keeps what it held and the temporary file is removed.
    sync: False for thousands of files that can be made again; a power cut may then leave one empty.
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
def atomic_folder(path):
    """Yield an empty temporary folder beside `path`; on success it takes the place of `path`, whole.

    Where another process has put its own there at that very moment, that one stays.
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
def locked(folder):
    """Have a folder for oneself: of several processes that want to make the same there, one does, the others wait.

    Where the file system knows no locks on folders, nobody waits.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{folder}: another process is at work there; waiting for it", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            pass
        yield
    finally:
        os.close(handle)


def build_once(folder, make):
    """Have make(temporary) fill a folder unless its meta.json, what it writes last, is there already."""
    with locked(folder.parent):
        if not (folder / "meta.json").exists():
            with atomic_folder(folder) as temporary:
                make(temporary)


def recompress_zip(path):
    """Compress the members of a zip file, in place; the same members always give the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def write_text(path, text):
    """Write `text` to `path` in UTF-8, atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path, value):
    """Write `value` to `path` as indented JSON, atomically."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path):
    """Read a JSON object from `path`. GeneError when it is missing or damaged."""
    try:
        value = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file") from None
    except (ValueError, RecursionError) as error:
        raise GeneError(f"{path}: not readable JSON ({error})") from None
    if not isinstance(value, dict):
        raise GeneError(f"{path}: holds no JSON object")
    return value


def sha256(path):
    """The hexadecimal SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
