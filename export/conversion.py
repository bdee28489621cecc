"""Convert a run to the folder of files that its page loads."""

import functools
import hashlib
import re
import shutil
import tempfile
import unicodedata
from importlib.metadata import version
from pathlib import Path
from typing import Any

import common.keras_quiet

import keras

import common
from common.cli import GeneError
from common.files import sha256, write_json
from export import addition, avatars, digits, graph, lyrics
from export.card import read_card
from export.exporter import Exporter

EXPORTERS: dict[str, Exporter] = {
    "lyrics": lyrics.EXPORTER,
    "addition": addition.EXPORTER,
    "avatars": avatars.EXPORTER,
    "digits": digits.EXPORTER,
}
# Maximum ratio of stored numbers to weights: the converter may add a few folded constants, but must
# not store weights twice.
STORAGE_SLACK = 1.05
# The parts of meta.json that the pages read.
PAGE_META_KEYS = (
    "task",
    "recipe",
    "class_name",
    "config",
    "parameter_count",
    "data",
    "metrics",
    "training_seconds",
    "sample",
)
# Files in the folder of a run that no export reads.
IGNORED_FILES = {"state.npz", ".lock", "preview.html"}
# Packages that affect what is exported; if one of them changes, every run is exported again.
PACKAGES = ("common", "data", "models", "generate", "metrics", "export")
# Modules of export/ that do not affect the exported models.
NOT_EXPORTERS = {
    *("bundle.py", "check.py", "dist.py", "error_page.py", "gene.py", "host_rules.py"),
    *("output_folder.py", "precache.py", "published_file.py", "selection.py", "serve.py"),
    *("verify.py",),
}
LIBRARIES = ("keras", "tensorflow", "tensorflowjs")


def hash_inputs(task: str, source: Path) -> str:
    """Hash all inputs of an exported model: files of the run, other files, code and libraries."""
    run_files = [
        path
        for path in sorted(source.rglob("*"))
        if path.is_file() and path.name not in IGNORED_FILES
    ]
    others = [path for path in EXPORTERS[task].inputs(source) if path.is_file()]
    digest = hashlib.sha256(_hash_code())
    for path in [*run_files, *others]:
        digest.update(f"{path.name} {sha256(path)}\n".encode())
    return digest.hexdigest()


@functools.cache
def _hash_code() -> bytes:
    """Hash the code and the library versions, which are the same for all runs."""
    root = Path(common.__file__).parent.parent
    code = [
        path
        for package in PACKAGES
        for path in sorted((root / package).rglob("*.py"))
        if not (package == "export" and path.name in NOT_EXPORTERS)
    ]
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for path in code:
        digest.update(f"{path.name} {sha256(path)}\n".encode())
    return digest.digest()


def export_run(checkpoints: Path, task: str, run: str, out: Path) -> dict:
    """Export one run to an empty folder.

    Args:
        checkpoints: Folder that contains the trained runs.
        task: The kind of network, a key of EXPORTERS.
        run: Name of the run.
        out: Folder in which the folder of the exported model is created.

    Returns:
        The entry of the run for index.json.

    Raises:
        GeneError: If the run is missing or damaged, or the exported model differs too much from
            the original one.
    """
    exporter = EXPORTERS[task]
    source = checkpoints / task / run
    _check_name(source)
    name = published_name(run)
    # Layer names are written to the exported files and contain a counter, which this resets.
    keras.utils.clear_session()
    model, meta = exporter.load(source)
    inputs_hash = hash_inputs(task, source)
    folder = out / task / "new"
    outputs, exported = _export_graph(exporter, model, folder, f"{task}/{run}")
    for file_name in exporter.files:
        shutil.copyfile(source / file_name, folder / file_name)
    exporter.add_files(source, folder)
    write_json(
        folder / "meta.json",
        page_meta(meta) | {"run": name, "outputs": outputs, "exported": exported},
    )
    return _finalize(folder, task, name) | {
        "card": read_card(source),
        "own_data": exporter.has_own_data(meta),
        "inputs_sha256": inputs_hash,
    }


def page_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a meta.json that the pages read."""
    return {key: meta[key] for key in PAGE_META_KEYS if key in meta}


def published_name(run: str) -> str:
    """Return the name of a run in the index and in links.

    The name is normalized to Unicode NFC, because file systems and messaging apps may change the
    encoding of accented letters.
    """
    return unicodedata.normalize("NFC", run)


def _check_name(source: Path) -> None:
    """Check that a link can contain the name of a run.

    Raises:
        GeneError: If the name has line breaks, other control characters or invalid bytes.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in source.name):
        raise GeneError(
            f"{str(source)!r}: the name of this run contains control characters, which a link "
            "cannot contain; rename the folder"
        )


def _export_graph(
    exporter: Exporter, model: Any, folder: Path, name: str
) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """Write a model in the weight format of its page, and compare all formats with Keras.

    Returns:
        The node names of the outputs, and the size in bytes by weight format.
    """
    function = exporter.graph(model)
    with tempfile.TemporaryDirectory() as temporary:
        for dtype in exporter.max_error.keys() - {exporter.dtype}:
            _export_weights(exporter, model, function, Path(temporary) / dtype, dtype, name)
    outputs, size = _export_weights(
        exporter, model, function, folder / exporter.dtype, exporter.dtype, name
    )
    return outputs, {exporter.dtype: {"bytes": size}}


def _export_weights(
    exporter: Exporter, model: Any, function: Any, folder: Path, dtype: str, name: str
) -> tuple[dict[str, str], int]:
    """Write a model with its weights as `dtype`, and check it.

    Returns:
        The node names of the outputs, and the size of the model in bytes.
    """
    outputs = graph.convert(function, model, folder, dtype)
    stored = graph.count_stored_weights(folder)
    weights = model.count_params()
    if stored > STORAGE_SLACK * weights:
        raise GeneError(
            f"{name}: the {dtype} export has {stored:,} weights, but the network has only "
            f"{weights:,}; change the function that is exported"
        )
    error = exporter.compare(model, graph.load(folder, outputs))
    size = sum(path.stat().st_size for path in folder.iterdir())
    max_error = exporter.max_error[dtype]
    print(
        f"{name}  {dtype}  {size / 1e6:.2f} MB  error compared with Keras {error:.2g} "
        f"(at most {max_error})",
        flush=True,
    )
    if not error <= max_error:
        raise GeneError(
            f"{name}: outputs of the {dtype} export differ from Keras by {error:.2g}, more than "
            f"{max_error}; fix the function that is exported"
        )
    return outputs, size


def _finalize(staging: Path, task: str, run: str) -> dict:
    """Rename a folder to the name of the run and a hash of its content.

    Returns:
        The entry of the run for index.json.
    """
    files = [
        {
            "path": path.relative_to(staging).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    ]
    digest = hashlib.sha256("".join(str(file["sha256"]) for file in files).encode()).hexdigest()
    folder = staging.with_name(f"{_portable(run)}-{digest[:12]}")
    staging.rename(folder)
    return {"task": task, "run": run, "folder": f"{task}/{folder.name}", "files": files}


def _portable(run: str) -> str:
    """Replace all but ASCII letters and digits with "-", so that any host can serve the name."""
    return re.sub("[^A-Za-z0-9]+", "-", run).strip("-") or "run"
