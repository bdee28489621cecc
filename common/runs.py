"""Find the folder of a training run and read its metadata."""

import os
import re
from pathlib import Path
from typing import Any

from common.cli import GeneError, printable
from common.files import read_json, write_json
from common.migrations import RUN_NAMES, VERSION, migrate_meta

BACKENDS = ("tensorflow", "jax")  # the supported Keras backends
PROJECT_FOLDER = Path(__file__).resolve().parents[1]
GENE_SUFFIX = ".gene"  # suffix of files that hold one network; see `common/gene_archive.py`
MAX_NAME_BYTES = 240  # file systems allow 255; the lock file's name is longer than the run's
RESTORE_RUN = "restore the run, or train it again"  # the remedy for damaged files
RUN_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")  # valid names of new runs: safe in links to the site


def find_run(task: str, name: str | Path, checkpoint_dir: str | Path | None = None) -> Path:
    """Return the path of a run folder, given its name or path, or of a .gene file, given its path.

    Args:
        task: Task of the run, e.g. "lyrics".
        name: Name of the run (its current name or one from an earlier version), or a path.
        checkpoint_dir: Folder that contains all runs. If None, search `checkpoints` in the working
            directory, then `checkpoints` next to this package.

    Returns:
        The path of the folder or file. It may not exist; loading it reports that.

    Raises:
        GeneError: If no run can have this name.
    """
    if os.sep in str(name) or is_gene_file(name):
        return Path(name)
    check_name(str(name))
    if checkpoint_dir is None:
        roots = [Path("checkpoints"), PROJECT_FOLDER / "checkpoints"]
    else:
        roots = [Path(checkpoint_dir)]
    names = [str(name), RUN_NAMES.get(task, {}).get(str(name), str(name))]
    candidates = [root / task / candidate for root in roots for candidate in names]
    return next((folder for folder in candidates if folder.is_dir()), candidates[0])


def is_gene_file(name: str | Path) -> bool:
    """Return whether a name is that of a .gene file; no run can have such a name."""
    return str(name).endswith(GENE_SUFFIX)


def find_any_run(task: str, name: str, checkpoint_dir: str | Path) -> Path:
    """Find a run in `checkpoint_dir` or, if it is not there, in the default folders."""
    folder = find_run(task, name, checkpoint_dir)
    default = find_run(task, name)
    return folder if folder.is_dir() or not default.is_dir() else default


def check_name(name: str) -> None:
    """Raise GeneError if no run of this or an earlier version of Gene can have this name."""
    is_path = name in ("", ".", "..") or "/" in name or "\\" in name
    if is_path or len(os.fsencode(name)) > MAX_NAME_BYTES:
        raise GeneError(
            f"{printable(repr(name))} is not a valid run name; use at most {MAX_NAME_BYTES} "
            "bytes and no slashes"
        )


def read_meta(folder: str | Path) -> dict[str, Any]:
    """Read the metadata of a run in the current format.

    Raises:
        GeneError: If meta.json is missing, damaged, or from a later version of Gene.
    """
    path = Path(folder) / "meta.json"
    return current_meta(read_json(path), path)


def save_metrics(folder: str | Path, metrics: dict[str, Any]) -> None:
    """Add measurements to meta.json, which is read again first: training may have changed it."""
    meta = read_meta(folder)
    meta["metrics"] = meta.get("metrics", {}) | metrics
    write_json(Path(folder) / "meta.json", meta)


def current_meta(meta: dict[str, Any], source: str | Path) -> dict[str, Any]:
    """Convert the content of a meta.json to the current format.

    Args:
        meta: The content, as written by any version of Gene.
        source: Where it comes from, for error messages.

    Raises:
        GeneError: If the content is from a later version of Gene.
    """
    saved_version = meta.get("version", 1)
    if type(saved_version) is not int or not 1 <= saved_version <= VERSION:
        raise GeneError(
            f"{source}: format version {printable(saved_version)} is not supported; this version "
            f"of Gene reads versions up to {VERSION}, so update Gene"
        )
    return migrate_meta(meta)
