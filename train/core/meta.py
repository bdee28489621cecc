"""meta.json of a run: written at the start of training, and read again on `--resume`."""

import json
import os
import platform
import shlex
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from common.cli import GeneError, printable
from common.migrations import VERSION
from common.runs import read_meta
from train.core.collectives import assert_equal

if TYPE_CHECKING:
    from train.core.run import Run

# Flags that do not affect what is trained; they are not saved.
NOT_SAVED = {
    *("given", "fits", "run", "resume", "overwrite", "checkpoint_dir", "cache_dir", "tensorboard"),
    *("coordinator_address", "num_processes", "process_id", "dry_run"),
}
# Flags that are paths of data. Data is identified by its hash, so the paths may change.
DATA_PATHS = {"songs", "more_songs", "vocabulary_from", "faces", "mnist"}
# Flags that may have another value with --resume.
MAY_CHANGE = NOT_SAVED | DATA_PATHS | {"epochs", "patience", "save_steps", "recipe"}


def restore_args(run: "Run", args) -> None:
    """Set flags that are not on the command line to the values that the run was started with.

    Args:
        run: The run to resume; its `meta` is read from meta.json.
        args: Parsed flags; modified.

    Raises:
        GeneError: If the run has another task or recipe, if meta.json is damaged, or if a flag on
            the command line has another value than in meta.json.
    """
    run.meta = read_meta(run.location)
    recipe, task = run.meta.get("recipe"), run.meta.get("task")
    other_recipe = "recipe" in args.given and args.recipe != recipe
    if task != args.task or other_recipe:
        raise GeneError(
            f"{run.folder}: this run has task {printable(task)} and recipe {printable(recipe)}, "
            f"not {args.task} and {args.recipe}; choose another --run NAME"
        )
    if not _is_valid(run.meta, args):
        raise GeneError(
            f"{run.folder / 'meta.json'}: damaged, or written by another version of Gene with "
            "other flags; resume the run with that version, or start another with --run NAME"
        )
    for name, value in run.meta["args"].items():
        if name not in args.given:
            is_path = name in DATA_PATHS and value is not None
            setattr(args, name, _find_data(run, value) if is_path else value)
        elif name not in MAY_CHANGE and getattr(args, name) != value:
            raise GeneError(
                f"--{name.replace('_', '-')}: cannot be changed with --resume; omit it, since the "
                f"run in {run.folder} has {printable(value)}"
            )


def _find_data(run: "Run", path: str) -> str:
    """Convert a path of data from meta.json so that it is valid in the current folder.

    A relative path in meta.json is relative to the folder in which the run was started.
    """
    if Path(path).exists():
        return path
    moved = run.folder / run.meta.get("started_in", "") / path
    return os.path.relpath(moved) if moved.exists() else path


def _is_valid(meta: dict[str, Any], args) -> bool:
    """Return whether the parts of meta.json that are needed to resume have the right types."""
    seconds = meta.get("training_seconds", 0.0)
    saved = meta.get("args")
    return (
        isinstance(meta.get("command", ""), str)
        and isinstance(meta.get("started_in", ""), str)
        and isinstance(seconds, (int, float))
        and 0 <= seconds < 1e12
        and isinstance(saved, dict)
        and all(name == "task" or _fits(args, name, value) for name, value in saved.items())
    )


def _fits(args, name: str, value) -> bool:
    return hasattr(args, name) and args.fits(name, value)


def write_meta(run: "Run", args, network: keras.Model, data: dict[str, Any]) -> None:
    """Write meta.json before the first training step.

    Args:
        run: The run.
        args: Parsed flags.
        network: The untrained network.
        data: JSON description of the training data; it must be the same on `--resume`.

    Raises:
        GeneError: If the data has changed, or if the processes of distributed training have
            different flags or data.
    """
    data = json.loads(json.dumps(data))  # tuples become lists, as in meta.json
    if args.resume and not _is_same(run.meta.get("data"), data):
        raise GeneError(
            f"{run.folder}: the training data has changed since this run began, or this version "
            "of Gene reads it differently; use the same data and version, or start another run "
            "with --run NAME"
        )
    saved = {name: value for name, value in vars(args).items() if name not in NOT_SAVED}
    config = network.get_config()
    backend = keras.backend.backend()
    command = f"python -m train.{args.task} {shlex.join(sys.argv[1:])}".strip()
    run.meta = {
        "version": VERSION,
        "task": args.task,
        "recipe": args.recipe,
        "class_name": type(network).__name__,
        "config": {k: v for k, v in config.items() if k not in {"name", "trainable", "dtype"}},
        "parameter_count": network.count_params(),
        "data": data,
        "args": saved,
        "command": run.meta.get("command") or command,
        "started_in": os.path.relpath(os.getcwd(), run.folder),  # base of relative paths
        "versions": {name: version(name) for name in ("keras", "numpy", backend)}
        | {"python": platform.python_version()},
        "backend": backend,
        "training_seconds": run.meta.get("training_seconds", 0.0),
    }
    # Strings may be paths, which may differ from machine to machine.
    numbers = {name: value for name, value in saved.items() if not isinstance(value, str)}
    assert_equal({name: run.meta[name] for name in ("recipe", "config", "data")} | numbers)
    run.save_meta()


def _is_same(saved, current) -> bool:
    """Compare two JSON values, ignoring keys that only one of them has.

    Earlier versions wrote fewer keys.
    """
    if isinstance(saved, dict) and isinstance(current, dict):
        return all(_is_same(saved[name], current[name]) for name in saved.keys() & current.keys())
    return saved == current


def how_to_continue(run: "Run", args) -> str:
    """Return the hint to print when training is stopped: how to continue, if that is possible."""
    if run.replacement:
        return f"the new run is discarded, and {run.folder} still has the earlier run"
    words = ["python", "-m", f"train.{args.task}", "--run", run.folder.name]
    for name in ("checkpoint_dir", "cache_dir"):
        if name in args.given:
            words += [f"--{name.replace('_', '-')}", str(getattr(args, name))]
    return f"to continue: {shlex.join([*words, '--resume'])}"
