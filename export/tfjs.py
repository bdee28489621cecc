"""Export trained runs to TensorFlow.js for the site.

    python -m export.tfjs                   every run in checkpoints/ that has changed
    python -m export.tfjs lyrics/quick      only this run; the others stay as they are

Each run becomes web/models/TASK/RUN-HASH/, with its weights in one or two number formats and every
weight stored once. The files are read back, run and compared with Keras; too large an error stops
the export. index.json is written last and lists every file with its size and SHA-256. The page
loads only what it lists, so a failed export leaves the site as it was.

Without arguments, runs whose checkpoint and exporter have not changed since the last export are
skipped, and models whose run no longer exists are removed.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import functools
import hashlib
import shutil
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import common
from common.cli import GeneError, Parser, add_checkpoint_dir, run_cli
from common.files import atomic_folder, read_json, sha256, write_json
from export import addition, avatars, digits, graph, lyrics
from export.exporter import Exporter

EXPORTERS: dict[str, Exporter] = {
    "lyrics": lyrics.EXPORTER,
    "addition": addition.EXPORTER,
    "avatars": avatars.EXPORTER,
    "digits": digits.EXPORTER,
}
INDEX_VERSION = 2
# The converter may store folded constants besides the weights, but no weight twice.
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
# Files of a run's folder that no export reads.
IGNORED_FILES = {"state.npz", ".lock"}
# Code that decides what is exported; a change exports every run again.
PACKAGES = ("common", "data", "models", "generate", "metrics", "export")
NOT_EXPORTERS = {"dist.py", "precache.py", "serve.py"}
LIBRARIES = ("keras", "tensorflow", "tensorflowjs")


def main(argv: Sequence[str]) -> None:
    """Export runs and write the index.

    Args:
        argv: The command line without the program.
    """
    parser = Parser(__doc__, prog="python -m export.tfjs")
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="TASK/RUN",
        help="what to export, e.g. lyrics/quick (default: every run that has changed)",
    )
    add_checkpoint_dir(parser)
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="web/models",
        help="folder for the exported models (default: %(default)s)",
    )
    args = parser.parse_args(argv)
    checkpoints = Path(args.checkpoint_dir)
    out = Path(args.out)
    exported = _read_index(out)
    if args.runs:
        entries = exported
        for name in args.runs:
            task, run = _parse_name(name, checkpoints)
            entries[f"{task}/{run}"] = export_run(checkpoints, task, run, out)
    else:
        entries = {
            name: _export_if_changed(checkpoints, name, out, exported.get(name))
            for name in _all_runs(checkpoints)
        }
    models = [entries[name] for name in sorted(entries)]
    write_json(out / "index.json", {"version": INDEX_VERSION, "models": models})
    _remove_unlisted(out, models)
    print("To see the site: python -m export.serve")


def _read_index(out: Path) -> dict[str, dict]:
    """Read the entries of complete exported models, by TASK/RUN."""
    path = out / "index.json"
    if not path.exists():
        return {}
    entries = read_json(path).get("models", [])
    return {
        f"{entry['task']}/{entry['run']}": entry for entry in entries if _is_complete(out, entry)
    }


def _is_complete(out: Path, entry: dict) -> bool:
    paths = [(out / entry["folder"] / file["path"], file["bytes"]) for file in entry["files"]]
    return all(path.is_file() and path.stat().st_size == size for path, size in paths)


def _all_runs(checkpoints: Path) -> list[str]:
    """List the runs that the site has a use for, as TASK/RUN."""
    folders = [
        path.parent for task in EXPORTERS for path in checkpoints.glob(f"{task}/*/model.keras")
    ]
    names = []
    for folder in sorted(folders):
        name = str(folder.relative_to(checkpoints))
        if EXPORTERS[folder.parent.name].is_published(folder):
            names.append(name)
        else:
            print(f"{name}  not shown on the site, skipped")
    if not names:
        raise GeneError(
            f"{checkpoints}: no runs to export; train one first, e.g. python -m train.lyrics"
        )
    return names


def _parse_name(name: str, checkpoints: Path) -> tuple[str, str]:
    """Split TASK/RUN; a slash at the end, as a shell completes it, is ignored."""
    task, _, run = name.rstrip("/").partition("/")
    if task in EXPORTERS and run and "/" not in run:
        return task, run
    suggestions = [
        f"{other}/{task}"
        for other in EXPORTERS
        if not run and (checkpoints / other / task).is_dir()
    ]
    if suggestions:
        raise GeneError(f"{name}: did you mean {' or '.join(suggestions)}?")
    raise GeneError(f"{name}: name a run as TASK/RUN, with TASK one of {', '.join(EXPORTERS)}")


def _export_if_changed(checkpoints: Path, name: str, out: Path, entry: dict | None) -> dict:
    task, _, run = name.partition("/")
    if entry and entry.get("inputs_sha256") == _hash_inputs(task, checkpoints / name):
        print(f"{name}  unchanged")
        return entry
    return export_run(checkpoints, task, run, out)


def _hash_inputs(task: str, source: Path) -> str:
    """Hash everything that an exported model depends on: the run, other files, code, libraries."""
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
    """Hash the code and the library versions that decide what is exported, for all runs alike."""
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
    """Export one run to `out`.

    Args:
        checkpoints: Folder of trained runs.
        task: The kind of network, a key of EXPORTERS.
        run: Name of the run.
        out: Folder of exported models.

    Returns:
        The run's entry for index.json.

    Raises:
        GeneError: The run is missing or damaged, or the exported model differs from it too much.
    """
    exporter = EXPORTERS[task]
    source = checkpoints / task / run
    model, meta = exporter.load(source)
    inputs_hash = _hash_inputs(task, source)
    function = exporter.graph(model)
    staging = out / task / f".{run}"
    with atomic_folder(staging) as temporary:
        outputs: dict[str, str] = {}
        exported = {}
        for dtype in exporter.max_error:
            outputs, exported[dtype] = _export_weights(
                exporter, model, function, temporary / dtype, dtype, f"{task}/{run}"
            )
        for name in exporter.files:
            shutil.copyfile(source / name, temporary / name)
        exporter.add_files(source, temporary)
        page_meta = {key: meta[key] for key in PAGE_META_KEYS if key in meta}
        write_json(
            temporary / "meta.json",
            page_meta | {"run": run, "outputs": outputs, "exported": exported},
        )
    return _finalize(staging, out, task, run) | {"inputs_sha256": inputs_hash}


def _export_weights(
    exporter: Exporter, model: Any, function: Any, folder: Path, dtype: str, name: str
) -> tuple[dict[str, str], dict[str, float]]:
    """Write a model with its weights as `dtype`, and check it.

    Returns:
        The node names of the outputs, and the size and error of the exported model.
    """
    outputs = graph.convert(function, model, folder, dtype)
    stored = graph.count_stored_weights(folder)
    weights = model.count_params()
    if stored > STORAGE_SLACK * weights:
        raise GeneError(
            f"{name}: the {dtype} export has {stored:,} weights, but the network only {weights:,}"
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
            f"{name}: outputs of the {dtype} export differ from Keras by {error:.2g}; "
            f"at most {max_error} is allowed"
        )
    return outputs, {"bytes": size, "difference": error}


def _finalize(staging: Path, out: Path, task: str, run: str) -> dict:
    """Rename a folder after the hash of its content.

    Returns:
        The run's entry for index.json.
    """
    files = [
        {
            "path": str(path.relative_to(staging)),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in sorted(staging.rglob("*"))
        if path.is_file()
    ]
    digest = hashlib.sha256("".join(str(file["sha256"]) for file in files).encode()).hexdigest()
    folder = staging.with_name(f"{run}-{digest[:12]}")
    if folder.exists():
        shutil.rmtree(staging)
    else:
        staging.rename(folder)
    return {"task": task, "run": run, "folder": str(folder.relative_to(out)), "files": files}


def _remove_unlisted(out: Path, entries: Iterable[dict]) -> None:
    """Delete model folders that the index does not list."""
    listed = {entry["folder"] for entry in entries}
    for folder in out.glob("*/*"):
        if str(folder.relative_to(out)) not in listed:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    run_cli(main)
