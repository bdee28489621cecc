"""Export trained runs to TensorFlow.js for the site.

    python -m export.tfjs                   export every run in checkpoints/ that has changed
    python -m export.tfjs lyrics/quick      export only this run; keep the others
    python -m export.tfjs lyrics/mine --title "Kitchen Songs" --license "CC BY 4.0, Ada"

Each run is exported to web/models/TASK/RUN-HASH/. Its weights are stored once, in the number format
that the page loads. The exported files are then loaded, and their outputs are compared with Keras.
If a run cannot be exported, or its outputs differ too much, it is skipped and reported, and its
previous export is kept. index.json is written last and lists every file with its size and SHA-256.

Without arguments, runs are skipped if their checkpoint and the code have not changed since the last
export, and models are removed if their run no longer exists. Files that this command did not write
are never changed.
"""

import os

from common.cli import exit_on_error, exit_on_interrupt

if __name__ == "__main__":
    exit_on_interrupt()
    # The converter needs TensorFlow, so override the environment and keras.json.
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with exit_on_error():
        import common.keras_quiet  # noqa: F401

import shlex
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from common.cli import GeneError, Parser, add_checkpoint_dir, printable, run_cli
from common.files import read_json, sha256, write_json
from export.card import add_card_flags, update_card
from export.conversion import EXPORTERS, export_run, hash_inputs, published_name
from export.output_folder import OutputFolder
from export.serve import TASKS_WITH_MENU

MODELS = "web/models"
MANIFEST = "exported-files.json"
INDEX_VERSION = 2


def main(argv: Sequence[str]) -> None:
    """Export runs and write the index.

    Args:
        argv: The command line without the program.

    Raises:
        GeneError: If a run could not be exported. The others are exported anyway.
    """
    parser = Parser(__doc__, prog="python -m export.tfjs")
    parser.add_argument(
        "runs",
        nargs="*",
        metavar="TASK/RUN",
        help="runs to export, e.g. lyrics/quick (default: every run that has changed)",
    )
    add_checkpoint_dir(parser)
    parser.add_argument(
        "--out",
        metavar="DIR",
        default=MODELS,
        help="folder for the exported models; other files in it are kept (default: %(default)s)",
    )
    add_card_flags(parser)
    args = parser.parse_args(argv)
    checkpoints = Path(args.checkpoint_dir)
    output = OutputFolder(Path(args.out), MANIFEST, own_part=MODELS, legacy_files=_legacy_files)
    output.check()
    names = [_parse_name(name, checkpoints) for name in args.runs] or _all_runs(checkpoints)
    update_card([checkpoints / name for name in names], args)
    with output.locked():
        entries = _read_index(output.folder)
        if not args.runs:
            keys = {published_name(name) for name in names}
            entries = {key: entry for key, entry in entries.items() if key in keys}
        results = [_export(checkpoints, name, output, entries, bool(args.runs)) for name in names]
        errors = [error for error in results if error]
        if not entries and not errors:
            raise _no_runs(checkpoints)
        if entries:
            _publish(output, entries)
    _raise_last(errors)
    print(f"to view the result: {_serve_command(names if args.runs else [])}")


def _export(
    checkpoints: Path, name: str, output: OutputFolder, entries: dict[str, dict], always: bool
) -> GeneError | None:
    """Export a run if it has changed, and update its entry.

    Args:
        checkpoints: Folder that contains the trained runs.
        name: The run, TASK/RUN.
        output: Folder for the exported models.
        entries: Entries of the index by TASK/RUN. They are updated, except if the export fails.
        always: Whether to export the run even if it has not changed or is not shown on the site.

    Returns:
        The error if the run cannot be exported, else None.
    """
    task, _, run = name.partition("/")
    key = published_name(name)
    try:
        if not always and not EXPORTERS[task].is_published(checkpoints / name):
            print(f"{name}  not shown on the site, skipped")
            entries.pop(key, None)
        elif always or not _is_unchanged(checkpoints, name, entries.get(key)):
            with tempfile.TemporaryDirectory() as staging:
                entries[key] = export_run(checkpoints, task, run, Path(staging))
                _publish(output, entries, Path(staging))
        else:
            print(f"{name}  unchanged")
    except GeneError as error:
        print(f"{printable(name)}  failed, skipped; see the error at the end", flush=True)
        return error
    return None


def _serve_command(names: Sequence[str]) -> str:
    """Return the command that opens the page of the network, or the site if there are several."""
    opened = [name for name in names if name.partition("/")[0] in TASKS_WITH_MENU]
    flag = f" --open {shlex.quote(opened[0])}" if len(opened) == 1 else ""
    return f"python -m export.serve{flag}"


def _raise_last(errors: Sequence[GeneError]) -> None:
    """Print all errors except the last, one line each, and raise the last one."""
    for error in errors[:-1]:
        print(f"error: {error}", file=sys.stderr)
    if errors:
        raise errors[-1]


def _read_index(out: Path) -> dict[str, dict]:
    """Read the entries of complete exported models, by TASK/RUN."""
    path = out / "index.json"
    entries = read_json(path).get("models", []) if path.exists() else []
    return {
        f"{entry['task']}/{entry['run']}": entry for entry in entries if _is_complete(out, entry)
    }


def _is_complete(out: Path, entry: dict) -> bool:
    paths = [(out / entry["folder"] / file["path"], file["sha256"]) for file in entry["files"]]
    return all(path.is_file() and sha256(path) == digest for path, digest in paths)


def _legacy_files(out: Path) -> dict[str, str]:
    """Return the files of an index that an earlier version of Gene wrote without a manifest."""
    path = out / "index.json"
    return {path.name: sha256(path)} | _files_of(_read_index(out).values()) if path.exists() else {}


def _files_of(entries: Iterable[dict]) -> dict[str, str]:
    """Return {path: SHA-256} for the files of models; paths are relative to the index."""
    return {
        f"{entry['folder']}/{file['path']}": file["sha256"]
        for entry in entries
        for file in entry["files"]
    }


def _publish(output: OutputFolder, entries: dict[str, dict], staging: Path | None = None) -> None:
    """Write the models in `staging` and the index; delete models that are not in the index."""
    models = [entries[name] for name in sorted(entries)]
    files = {}
    for path in _files_of(models):
        is_new = staging is not None and (staging / path).exists()
        files[path] = (staging if is_new and staging else output.folder) / path
    with tempfile.TemporaryDirectory() as temporary:
        index = Path(temporary) / "index.json"
        write_json(index, {"version": INDEX_VERSION, "models": models})
        output.publish(files | {index.name: index})


def _all_runs(checkpoints: Path) -> list[str]:
    """List the runs as TASK/RUN, except those whose names begin with a dot."""
    names = sorted(
        f"{task}/{path.parent.name}"
        for task in EXPORTERS
        for path in checkpoints.glob(f"{task}/[!.]*/model.keras")
    )
    if not names:
        raise _no_runs(checkpoints)
    return names


def _no_runs(checkpoints: Path) -> GeneError:
    return GeneError(
        f"{checkpoints}: no runs to export; train one first, e.g. python -m train.lyrics"
    )


def _parse_name(name: str, checkpoints: Path) -> str:
    """Parse TASK/RUN, ignoring a slash at the end, which shells add when they complete a name."""
    task, _, run = name.rstrip("/").partition("/")
    if task in EXPORTERS and run and "/" not in run and not run.startswith("."):
        return f"{task}/{run}"
    suggestions = [
        f"{other}/{task}"
        for other in EXPORTERS
        if not run and (checkpoints / other / task).is_dir()
    ]
    if suggestions:
        raise GeneError(f"{name}: did you mean {' or '.join(suggestions)}?")
    raise GeneError(
        f"{name}: not the name of a run; use TASK/RUN, where TASK is one of {', '.join(EXPORTERS)} "
        "and RUN does not start with a dot"
    )


def _is_unchanged(checkpoints: Path, name: str, entry: dict | None) -> bool:
    task = name.partition("/")[0]
    return entry is not None and entry.get("inputs_sha256") == hash_inputs(task, checkpoints / name)


if __name__ == "__main__":
    run_cli(main)
