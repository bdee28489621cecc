"""meta.json of a run: written at the start of training, and read again on `--resume`."""

import json
import platform
import shlex
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import keras

from common.checkpoint import read_meta
from common.cli import GeneError, printable
from common.migrations import VERSION
from train.core.collectives import assert_equal

if TYPE_CHECKING:
    from train.core.run import Run

# Flags that say how to run, not what to train; they are not saved.
NOT_SAVED = {
    *("given", "fits", "run", "resume", "overwrite", "checkpoint_dir", "cache_dir"),
    *("coordinator_address", "num_processes", "process_id"),
}
# Saved flags that may have another value on --resume.
MAY_CHANGE = NOT_SAVED | {"epochs", "patience", "save_steps", "recipe"}


def restore_args(run: "Run", args) -> None:
    """Set flags that are not on the command line to the values that the run was started with.

    Args:
        run: The run to resume; its `meta` is read.
        args: Parsed flags; modified.

    Raises:
        GeneError: If the run is of another task or recipe, if meta.json is damaged, or if a flag
            contradicts it.
    """
    run.meta = read_meta(run.folder)
    recipe, task = run.meta.get("recipe"), run.meta.get("task")
    other_recipe = "recipe" in args.given and args.recipe != recipe
    if task != args.task or other_recipe:
        raise GeneError(
            f"{run.folder}: this run has task {printable(task)} and recipe {printable(recipe)}, "
            f"not {args.task} and {args.recipe}; choose another --run NAME"
        )
    if not _is_valid(run.meta, args):
        raise GeneError(
            f"{run.path('meta.json')}: invalid command, training time or flags; start again with "
            "--overwrite"
        )
    for name, value in run.meta["args"].items():
        if name not in args.given:
            setattr(args, name, value)
        elif name not in MAY_CHANGE and getattr(args, name) != value:
            raise GeneError(
                f"--{name.replace('_', '-')}: cannot be changed on --resume; the run in "
                f"{run.folder} has {printable(value)}"
            )


def _is_valid(meta: dict[str, Any], args) -> bool:
    """Return whether the parts of meta.json that resuming uses have the right types."""
    seconds = meta.get("training_seconds", 0.0)
    saved = meta.get("args")
    return (
        isinstance(meta.get("command", ""), str)
        and isinstance(seconds, (int, float))
        and 0 <= seconds < 1e12
        and isinstance(saved, dict)
        and all(name == "task" or _fits(args, name, value) for name, value in saved.items())
    )


def _fits(args, name: str, value) -> bool:
    return hasattr(args, name) and args.fits(name, value)


def write_meta(run: "Run", args, network: keras.Model, data: dict[str, Any]) -> None:
    """Write what is known before the first step to meta.json.

    Args:
        run: The run.
        args: Parsed flags.
        network: The untrained network.
        data: Description of the training data, as JSON; it must be the same on `--resume`.

    Raises:
        GeneError: If the data changed, or if the processes of a training were started differently.
    """
    data = json.loads(json.dumps(data))  # tuples become lists, as in meta.json
    if args.resume and not _is_same(run.meta.get("data"), data):
        raise GeneError(
            f"{run.folder}: the training data has changed since this run began; use the same "
            "data, or start again with --overwrite"
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
        "versions": {name: version(name) for name in ("keras", "numpy", backend)}
        | {"python": platform.python_version()},
        "backend": backend,
        "training_seconds": run.meta.get("training_seconds", 0.0),
    }
    # Paths may differ from machine to machine.
    numbers = {name: value for name, value in saved.items() if not isinstance(value, str)}
    assert_equal({name: run.meta[name] for name in ("recipe", "config", "data")} | numbers)
    run.save_meta()


def _is_same(saved, current) -> bool:
    """Compare two JSON values; keys that only one of them has are ignored.

    An earlier version may have written fewer keys.
    """
    if isinstance(saved, dict) and isinstance(current, dict):
        return all(_is_same(saved[name], current[name]) for name in saved.keys() & current.keys())
    return saved == current


def resume_command(run: "Run", args) -> str:
    """Return the command line that continues a run."""
    words = ["python", "-m", f"train.{args.task}", "--run", run.folder.name]
    for name in ("checkpoint_dir", "cache_dir"):
        if name in args.given:
            words += [f"--{name.replace('_', '-')}", str(getattr(args, name))]
    return shlex.join([*words, "--resume"])
