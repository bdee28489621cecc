"""Open the folder of a run that is new, is resumed, or replaces an earlier run."""

import weakref
from pathlib import Path

from common.cli import GeneError, printable
from common.files import read_json, remove_temporary_files, try_lock
from common.runs import RUN_NAME, check_name, find_run
from train.core.collectives import broadcast_files, raise_first_error
from train.core.distributed import initialize
from train.core.meta import restore_args
from train.core.replacement import Replacement
from train.core.run import Run

_CAN_START_FROM = ("lstm", "relativistic")  # models for which the advice is to use --init-from
# A folder with any of the files in _CONTENT is a run. If it has only meta.json, it counts as
# trained only if meta.json has one of the keys in _TRAINED.
_CONTENT = ("meta.json", "model.keras", "state.npz")
_TRAINED = {"best", "epoch", "finished", "metrics"}


def open_run(args) -> Run:
    """Open and lock the run that the flags name; with `--resume`, restore its flags.

    In distributed training, process 0 uses the folder and the other processes a temporary copy.

    Args:
        args: Parsed flags. On `--resume`, they get the values that the run was started with. If
            that run was never saved, `resume` becomes False, so that it starts from the beginning.

    Returns:
        The run.

    Raises:
        GeneError: If another process is using the run, if it already exists, or if there is
            nothing to resume.
    """
    folder = _folder(args)
    scratch = initialize(args)
    run = Run(folder, scratch)
    if scratch:
        raise_first_error("")
        broadcast_files(run.location)
        if args.resume:
            _resume(run, args)
        return run
    try:
        if args.resume and not folder.parent.is_dir():
            raise _no_such_run(run)
        _lock(run)
        _prepare(run, args)
    except GeneError as error:
        raise_first_error(str(error))
        raise
    raise_first_error("")
    broadcast_files(run.location)
    return run


def _folder(args) -> Path:
    name = args.recipe if args.run is None else args.run
    if args.resume and args.overwrite:
        raise GeneError(
            "--resume and --overwrite: one continues a run, the other replaces it; use only one"
        )
    if args.resume:
        check_name(name)
        return find_run(args.task, name, args.checkpoint_dir)
    if not RUN_NAME.fullmatch(name):
        raise GeneError(
            f"--run: {printable(repr(name))} is not a valid run name; use up to 40 letters, "
            "digits, hyphens and underscores"
        )
    return Path(args.checkpoint_dir) / args.task / name


def _lock(run: Run) -> None:
    path = run.folder.with_name(f".{run.folder.name}.lock")
    run.lock = try_lock(path)
    if run.lock is None:
        raise GeneError(
            f"{run.folder}: another process is training this run; wait until it ends, or choose "
            "another --run NAME"
        )
    weakref.finalize(run, _remove_unused_lock, run.folder, path)


def _remove_unused_lock(folder: Path, lock_path: Path) -> None:
    """Remove the lock file of a run that failed before it wrote anything."""
    if not folder.exists():
        lock_path.unlink(missing_ok=True)


def _prepare(run: Run, args) -> None:
    """Prepare the folder for a new run; on `--resume`, restore the flags of the run."""
    replacement = Replacement(run.folder)
    replacement.recover()
    if args.resume:
        _resume(run, args)
    elif _is_worth_keeping(run.folder):
        if not args.overwrite:
            raise GeneError(
                f"{run.folder}: already exists; continue it with --resume or start another with "
                "--run NAME"
            )
        run.write_to(replacement)
    remove_temporary_files(run.folder)


def _resume(run: Run, args) -> None:
    if not run.location.exists():
        raise _no_such_run(run)
    restore_args(run, args)
    if run.path("state.npz").exists():
        return
    if _is_worth_keeping(run.location):
        raise _nothing_to_resume(run, args)
    args.resume = False


def _no_such_run(run: Run) -> GeneError:
    return GeneError(f"{run.folder}: no such run; omit --resume to start it")


def _nothing_to_resume(run: Run, args) -> GeneError:
    advice = "start another with --run NAME"
    if getattr(args, "model", None) in _CAN_START_FROM:
        advice = f"continue from its weights with --init-from {run.folder.name} --run NAME"
    return GeneError(f"{run.folder}: state.npz is missing, so the run cannot be resumed; {advice}")


def _is_worth_keeping(folder: Path) -> bool:
    """Return whether a folder holds a trained run, not one that ended before its first save."""
    found = [name for name in _CONTENT if (folder / name).exists()]
    if "meta.json" not in found or "state.npz" in found:
        return bool(found)
    try:
        meta = read_json(folder / "meta.json")
    except GeneError:
        return True
    return not _TRAINED.isdisjoint(meta)
