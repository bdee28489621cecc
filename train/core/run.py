"""The folder of a training run, the same for all networks.

    checkpoints/<task>/<run>/  model.keras   best network so far, by the monitored metric
                               meta.json     recipe, flags, data, progress, metrics, versions
                               history.csv   one row per epoch; history.png plots it
                               samples/      what the network generated after each epoch
                               state.npz     what only --resume needs; not in git

Everything is written atomically. state.npz alone decides how a run continues; the rest is written
from it or can be made again. So a run that is killed at any moment resumes to the same weights.
"""

import atexit
import io
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from filelock import FileLock

from common.cli import GeneError, add_checkpoint_dir, bounded_int
from common.files import LOCK_NAME, atomic, recompress_zip, try_lock, write_json, write_text
from common.migrations import migrate_record
from common.runs import find_run
from train.core.collectives import broadcast_files, raise_first_error
from train.core.distributed import add_distributed_flags, initialize
from train.core.meta import restore_args

RUN_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")  # what a link to the site can hold


def add_run_flags(parser, task: str) -> None:
    """Add the flags that every `python -m train.*` has.

    Args:
        parser: The parser of the entry point.
        task: Name of the task, such as "lyrics".
    """
    add_folder_flags(parser)
    parser.add_argument(
        "--epochs",
        type=bounded_int(1, 100_000),
        metavar="COUNT",
        help="maximum number of passes over the training data",
    )
    parser.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        metavar="EPOCHS",
        help="stop after this many epochs without an improvement",
    )
    parser.add_argument(
        "--save-steps",
        type=bounded_int(1, 10**9),
        metavar="STEPS",
        default=200,
        help="training steps between two saved states",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**31 - 1),
        metavar="SEED",
        default=1,
        help="seed of all random numbers of the run",
    )
    add_distributed_flags(parser)
    parser.set_defaults(task=task)


def add_folder_flags(parser) -> None:
    """Add the flags that name the run folder and say what to do if it exists."""
    parser.add_argument(
        "--run",
        metavar="NAME",
        help="name of the run and its folder (default: name of the recipe)",
    )
    add_checkpoint_dir(parser)
    parser.add_argument("--resume", action="store_true", help="continue the run where it stopped")
    parser.add_argument(
        "--overwrite", action="store_true", help="delete the run if it exists, and start again"
    )


class Run:
    """An open run folder.

    Attributes:
        folder: The folder.
        meta: Content of meta.json, or what it will be.
        state: Arrays that `load_state` has read and `restore` will use.
    """

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)
        self.meta: dict[str, Any] = {}
        self.state: list[np.ndarray] | None = None
        self.lock: FileLock | None = None
        self.scratch: TemporaryDirectory | None = None  # deleted together with the run

    def path(self, name: str) -> Path:
        """Return the path of a file of the run."""
        return self.folder / name

    def save_meta(self) -> None:
        """Write meta.json."""
        write_json(self.path("meta.json"), self.meta)

    def save_model(self, network: keras.Model) -> None:
        """Write model.keras, recompressed, which saves a tenth of its size."""
        with atomic(self.path("model.keras")) as temporary:
            network.save(temporary)
            recompress_zip(temporary)

    def update_progress(self, record: dict[str, Any], monitor: str) -> None:
        """Write meta.json with the epochs that are finished.

        Args:
            record: The JSON part of the state.
            monitor: Name of the metric that was minimized.
        """
        self.meta.update(epoch=record["epoch"], wait=record["wait"])
        if record["history"]:
            self.meta["best"] = min(record["history"], key=lambda row: row[monitor])
        self.save_meta()

    def write_sample(self, name: str, text: str) -> None:
        """Write a text file to samples/."""
        write_text(self.path("samples") / name, text)

    def save_state(self, variables: Sequence, record: dict[str, Any]) -> None:
        """Write state.npz.

        Args:
            variables: Variables or arrays, in an order that does not change.
            record: Anything else that resuming needs, as JSON.
        """
        arrays = {f"v{i}": keras.ops.convert_to_numpy(v) for i, v in enumerate(variables)}
        record_bytes = np.frombuffer(json.dumps(record).encode(), dtype="uint8")
        buffer = io.BytesIO()  # written at once, since NumPy fails with a traceback on a full disk
        np.savez(buffer, record=record_bytes, **arrays)
        with atomic(self.path("state.npz")) as temporary:
            temporary.write_bytes(buffer.getbuffer())

    def load_state(self, is_valid: Callable[[Any], bool]) -> Any:
        """Read state.npz and keep its arrays for `restore`.

        Args:
            is_valid: Returns whether a record is one that this program can have written.

        Returns:
            The record.

        Raises:
            GeneError: If the file is missing or damaged.
        """
        path = self.path("state.npz")
        try:
            with np.load(path, allow_pickle=False) as file:
                if sum(info.file_size for info in file.zip.infolist()) > path.stat().st_size:
                    raise ValueError("larger than the file")  # a zip bomb
                self.state = [file[f"v{i}"] for i in range(len(file.files) - 1)]
                record = migrate_record(json.loads(file["record"].tobytes()))
            are_arrays = all(isinstance(array, np.ndarray) for array in self.state)
            if not are_arrays or not is_valid(record):
                raise ValueError("invalid record")
            return record
        except FileNotFoundError:
            raise _nothing_to_resume(path) from None
        except Exception as error:  # a damaged zip file raises a dozen types of errors
            raise GeneError(
                f"{path}: damaged ({type(error).__name__}); start again with --overwrite"
            ) from None

    def restore(self, variables: Sequence) -> None:
        """Assign the arrays of the loaded state.

        Args:
            variables: The variables that were saved, in the same order.

        Raises:
            GeneError: If shapes or dtypes differ.
        """
        state = self.state or []
        shapes = [(tuple(variable.shape), variable.dtype) for variable in variables]
        if shapes != [(array.shape, array.dtype.name) for array in state]:
            raise GeneError(
                f"{self.path('state.npz')}: does not fit this network; start again with --overwrite"
            )
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value)
        self.state = None


def open_run(args) -> Run:
    """Open and lock the run that the flags name; with `--resume`, restore its flags.

    Of several processes that train together, process 0 uses the folder and the others a temporary
    copy.

    Args:
        args: Parsed flags; on `--resume` they get the values that the run began with.

    Returns:
        The run.

    Raises:
        GeneError: If another process is using it, if it already exists, or if its task differs.
    """
    folder = _folder(args)
    scratch = initialize(args)
    run = Run(scratch.name if scratch else folder)
    if scratch:
        run.scratch = scratch
        raise_first_error("")
        broadcast_files(run.folder)
        _prepare(run, args)
        return run
    try:
        _prepare(run, args)
    except GeneError as error:
        raise_first_error(str(error))
        raise
    raise_first_error("")
    broadcast_files(run.folder)
    return run


def _prepare(run: Run, args) -> None:
    """Check, lock and clean the folder of a run, and restore the flags of a run to resume."""
    if args.resume:
        restore_args(run, args)
    elif run.path("meta.json").exists() and not args.overwrite:
        raise GeneError(
            f"{run.folder}: already exists; continue it with --resume, delete it with --overwrite, "
            "or start another with --run NAME"
        )
    _lock(run)
    if args.resume and not run.path("state.npz").exists():
        raise _nothing_to_resume(run.path("state.npz"))
    _remove_temp_files(run.folder)
    if args.overwrite:
        _clear(run.folder)


def _folder(args) -> Path:
    name = args.run or args.recipe
    if args.resume:
        return find_run(args.task, name, args.checkpoint_dir)
    if not RUN_NAME.fullmatch(name):
        raise GeneError(
            f"--run: {name!r} is not a name of up to 40 letters, digits, hyphens and underscores"
        )
    return Path(args.checkpoint_dir) / args.task / name


def _nothing_to_resume(path: Path) -> GeneError:
    return GeneError(
        f"{path}: no such file, so there is nothing to resume; start a new run of your "
        "own with --run NAME"
    )


def _lock(run: Run) -> None:
    run.lock = try_lock(run.folder)
    if run.lock is None:
        raise GeneError(
            f"{run.folder}: another process is training this run; wait for it or choose another "
            "--run NAME"
        )
    atexit.register(_remove_if_unused, run.folder)


def _remove_if_unused(folder: Path) -> None:
    """Remove a run folder in which nothing was saved, because its training failed to start."""
    if [path.name for path in folder.glob("*")] == [LOCK_NAME]:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_temp_files(folder: Path) -> None:
    """Delete what a process was writing when it was killed (see `common.files.atomic`)."""
    for path in folder.rglob(".*-*"):
        path.unlink()


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK_NAME:
            path.unlink()
