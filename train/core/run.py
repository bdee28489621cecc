"""A run's folder, the same for the four networks.

    checkpoints/<network>/<run>/  model.keras   the best network so far, by the watched measure
                                  meta.json     recipe, every flag, data, epoch, best, wait, measures, versions, command
                                  history.csv   one row an epoch, history.png its curves
                                  samples/      what the network made after each epoch
                                  state.npz     what only --resume needs; out of git

Everything is written atomically. state.npz is the one truth of a run: all the rest is written from it or can be
made again, so a run killed at any moment goes on to the same weights.
"""

import io
import json
import platform
import shlex
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from common.checkpoint import read_meta
from common.cli import GeneError, bounded_int, printable
from common.files import LOCK_NAME, atomic, recompress_zip, try_lock, write_json, write_text
from common.migrations import VERSION, migrate_record
from train.core import distributed

MAY_CHANGE = {
    "epochs",
    "patience",
    "save_steps",
    "resume",
    "overwrite",
    "checkpoint_dir",
    "cache_dir",
    "run",
    "recipe",
}


def add_run_flags(parser, task):
    """The flags that every `python -m train.*` has."""
    parser.add_argument(
        "--run", metavar="NAME", help="folder name of the run (default: the recipe's name)"
    )
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="folder of all runs"
    )
    parser.add_argument("--resume", action="store_true", help="continue the run where it stopped")
    parser.add_argument(
        "--overwrite", action="store_true", help="delete the run if it exists, and start again"
    )
    parser.add_argument(
        "--epochs", type=bounded_int(1, 100_000), help="passes over the data, at most"
    )
    parser.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        help="stop after so many epochs without a better measure",
    )
    parser.add_argument(
        "--save-steps",
        type=bounded_int(1, 10**9),
        default=200,
        help="steps between two saved states",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**31 - 1),
        default=1,
        help="of every random number in the run",
    )
    distributed.add_distributed_flags(parser)
    parser.set_defaults(task=task)


class Run:
    """An open run folder, locked against a second process. `meta` is what meta.json says or will say."""

    def __init__(self, folder):
        self.folder, self.meta, self.state = Path(folder), {}, None

    def path(self, name):
        """Where a file of the run lies."""
        return self.folder / name

    def save_meta(self):
        """Write meta.json."""
        write_json(self.path("meta.json"), self.meta)

    def save_model(self, network):
        """Write model.keras, packed: a tenth smaller than Keras leaves it."""
        with atomic(self.path("model.keras")) as temporary:
            network.save(temporary)
            recompress_zip(temporary)

    def update_progress(self, record, monitor):
        """Write meta.json with what the record, the JSON half of the state, knows of the epochs."""
        self.meta.update(epoch=record["epoch"], wait=record["wait"])
        if record["history"]:
            self.meta["best"] = min(record["history"], key=lambda row: row[monitor])
        self.save_meta()

    def write_sample(self, name, text):
        """Write a text into samples/."""
        write_text(self.path("samples") / name, text)

    def save_state(self, variables, record):
        """Write state.npz: the values of `variables` and `record`, a JSON object, in one piece."""
        arrays = {f"v{i}": keras.ops.convert_to_numpy(v) for i, v in enumerate(variables)}
        buffer = io.BytesIO()  # NumPy leaves a file on a full disk with a traceback
        np.savez(buffer, record=np.frombuffer(json.dumps(record).encode(), dtype="uint8"), **arrays)
        with atomic(self.path("state.npz")) as temporary:
            temporary.write_bytes(buffer.getbuffer())

    def load_state(self, is_valid):
        """Read state.npz; returns the record, if it `is_valid`. The values wait for `restore`."""
        path = self.path("state.npz")
        try:
            with np.load(path, allow_pickle=False) as file:
                if sum(info.file_size for info in file.zip.infolist()) > path.stat().st_size:
                    raise ValueError("swells")
                self.state = [file[f"v{i}"] for i in range(len(file.files) - 1)]
                record = migrate_record(json.loads(file["record"].tobytes()))
            if not all(isinstance(array, np.ndarray) for array in self.state) or not is_valid(
                record
            ):
                raise ValueError("no record")
            return record
        except FileNotFoundError:
            raise GeneError(
                f"{path}: no such file; there is nothing to resume, leave out --resume"
            ) from None
        except Exception as error:  # a damaged zip file raises a dozen kinds of error
            raise GeneError(
                f"{path}: damaged ({type(error).__name__}); start again with --overwrite"
            ) from None

    def restore(self, variables):
        """Give `variables` the values of the loaded state. GeneError when they do not fit."""
        if [(tuple(v.shape), v.dtype) for v in variables] != [
            (a.shape, a.dtype.name) for a in self.state
        ]:
            raise GeneError(
                f"{self.path('state.npz')}: does not fit this network; start again with --overwrite"
            )
        for variable, value in zip(variables, self.state):
            variable.assign(value)
        self.state = None


def open_run(args):
    """The Run that the flags ask for, locked. On --resume the flags take the values that the run began with.

    Where several processes train together, process 0 has the folder, and the others a temporary copy.
    GeneError when another process has it, when it holds a run already, or another one than is asked for.
    """
    scratch = distributed.initialize(args)
    run = Run(
        scratch.name
        if scratch
        else Path(args.checkpoint_dir) / args.task / (args.run or args.recipe)
    )
    if scratch:
        run.scratch = scratch  # it is removed with the run
        distributed.borrow(run.folder)
    if args.resume:
        _restore_args(run, args)
    elif run.path("meta.json").exists() and not args.overwrite:
        raise GeneError(
            f"{run.folder}: holds a run already; --resume goes on with it, --overwrite deletes it, "
            "--run NAME starts another"
        )
    run.folder.mkdir(parents=True, exist_ok=True)
    _lock(run)
    _remove_temp_files(run.folder)
    if args.overwrite:
        _clear(run.folder)
    if not scratch:
        distributed.lend(run.folder)
    return run


def _restore_args(run, args):
    run.meta = read_meta(run.folder)
    if (
        run.meta.get("task") != args.task
        or "recipe" in args.given
        and args.recipe != run.meta.get("recipe")
    ):
        recipe, network = (printable(run.meta.get(name)) for name in ("recipe", "task"))
        raise GeneError(
            f"{run.folder}: belongs to recipe {recipe} of {network}, not to {args.recipe} of "
            f"{args.task}; give --run another name"
        )
    if not _is_valid(run.meta, args):
        raise GeneError(
            f"{run.path('meta.json')}: its command, seconds or flags are none; start again with --overwrite"
        )
    for name, value in run.meta["args"].items():
        if name in args.given and name not in MAY_CHANGE and getattr(args, name) != value:
            raise GeneError(
                f"--{name.replace('_', '-')}: the run in {run.folder} has {printable(value)}; "
                "that cannot change on --resume"
            )
        if name not in args.given and name not in {"resume", "overwrite"}:
            setattr(args, name, value)


def _is_valid(meta, args):
    """Whether what a resumed run takes from its meta.json is of the kinds that it was written with."""
    seconds, kept = meta.get("training_seconds", 0.0), meta.get("args")
    return (
        isinstance(meta.get("command", ""), str)
        and isinstance(seconds, (int, float))
        and 0 <= seconds < 1e12
        and isinstance(kept, dict)
        and all(
            name == "task" or hasattr(args, name) and args.fits(name, value)
            for name, value in kept.items()
        )
    )


def _lock(run):
    run.lock = try_lock(run.folder)
    if run.lock is None:
        raise GeneError(
            f"{run.folder}: another process is training this run; wait for it or choose another "
            "--run NAME"
        )


def _remove_temp_files(folder):
    """Delete what a process was writing when it was killed (see `common.files.atomic`)."""
    for path in folder.rglob(".*-*"):
        path.unlink()


def _clear(folder):
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK_NAME:
            path.unlink()


def write_meta(run, args, network, data):
    """Fill meta.json with what is known before the first step. `data`: what is to be said of the data."""
    data = json.loads(json.dumps(data))  # a tuple comes back from meta.json as a list
    if args.resume and run.meta.get("data") != data:
        raise GeneError(
            f"{run.folder}: the data have changed since this run began; give the same ones, or --overwrite"
        )
    left_out = {
        "given",
        "fits",
        "checkpoint_dir",
        "cache_dir",
        "resume",
        "overwrite",
        "run",
        "coordinator",
        "processes",
        "index",
    }
    kept = {name: value for name, value in vars(args).items() if name not in left_out}
    run.meta = {
        "version": VERSION,
        "task": args.task,
        "recipe": args.recipe,
        "class_name": type(network).__name__,
        "config": {
            k: v for k, v in network.get_config().items() if k not in {"name", "trainable", "dtype"}
        },
        "parameter_count": network.count_params(),
        "data": data,
        "args": kept,
        "command": run.meta.get("command")
        or f"python -m train.{args.task} {' '.join(sys.argv[1:])}".strip(),
        "versions": {name: version(name) for name in ("keras", "numpy", keras.backend.backend())}
        | {"python": platform.python_version()},
        "backend": keras.backend.backend(),
        "training_seconds": run.meta.get("training_seconds", 0.0),
    }
    distributed.assert_equal(
        {name: run.meta[name] for name in ("recipe", "config", "data")}
        | {name: value for name, value in kept.items() if not isinstance(value, str)}
    )
    run.save_meta()


def resume_command(run, args):
    """Return the command line that continues a run."""
    words = ["python", "-m", f"train.{args.task}", "--run", run.folder.name]
    for name in ("checkpoint_dir", "cache_dir"):
        if name in args.given:
            words += [f"--{name.replace('_', '-')}", str(getattr(args, name))]
    return shlex.join([*words, "--resume"])
