"""A run's folder, the same for the four networks.

    checkpoints/<network>/<run>/  model.keras   the best network so far, by the watched measure
                                  meta.json     recipe, every flag, data, epoch, best, wait, measures, versions, command
                                  history.csv   one row an epoch, history.png its curves
                                  samples/      what the network made after each epoch
                                  state.npz     what only --resume needs; out of git

Everything is written atomically. state.npz is the one truth of a run: all the rest is written from it or can be
made again, so a run killed at any moment goes on to the same weights.
"""

import fcntl
import json
import platform
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

import keras
import numpy as np

from common.cli import GeneError, whole
from common.files import atomic, read_json, write_json, write_text

MAY_CHANGE = {"epochs", "patience", "save_steps", "resume", "fresh", "checkpoints", "cache", "run", "recipe"}


def add_run_flags(parser, network):
    """The flags that every `python -m train.*` has."""
    parser.add_argument("--run", metavar="NAME", help="folder name of the run (default: the recipe's name)")
    parser.add_argument("--checkpoints", metavar="DIR", default="checkpoints", help="where runs live")
    parser.add_argument("--resume", action="store_true", help="go on with the run where it stopped")
    parser.add_argument("--fresh", action="store_true", help="delete what the run's folder holds and start anew")
    parser.add_argument("--epochs", type=whole(1, 100_000), help="passes over the data, at most")
    parser.add_argument("--patience", type=whole(1, 100_000), help="stop after so many epochs without a better measure")
    parser.add_argument("--save-steps", type=whole(1, 10**9), default=200, help="steps between two saved states")
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=1, help="of every random number in the run")
    parser.set_defaults(network=network)


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
        """Write model.keras."""
        with atomic(self.path("model.keras")) as temporary:
            network.save(temporary)

    def tell(self, record, monitor):
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
        with atomic(self.path("state.npz")) as temporary, open(temporary, "wb") as file:
            np.savez(file, record=np.frombuffer(json.dumps(record).encode(), dtype="uint8"), **arrays)

    def load_state(self):
        """Read state.npz; returns the record. The values wait for `restore`."""
        path = self.path("state.npz")
        try:
            with np.load(path, allow_pickle=False) as file:
                self.state = [file[f"v{i}"] for i in range(len(file.files) - 1)]
                return json.loads(file["record"].tobytes())
        except FileNotFoundError:
            raise GeneError(f"{path}: no such file; there is nothing to resume, leave out --resume") from None
        except Exception as error:  # a damaged zip file raises a dozen kinds of error
            raise GeneError(f"{path}: damaged ({type(error).__name__}); start again with --fresh") from None

    def restore(self, variables):
        """Give `variables` the values of the loaded state. GeneError when they do not fit."""
        if [tuple(v.shape) for v in variables] != [a.shape for a in self.state]:
            raise GeneError(f"{self.path('state.npz')}: does not fit this network; start again with --fresh")
        for variable, value in zip(variables, self.state):
            variable.assign(value)
        self.state = None


def open_run(flags):
    """The Run that the flags ask for, locked. On --resume the flags take the values that the run began with.

    GeneError when another process has it, when it holds a run already, or another one than is asked for.
    """
    run = Run(Path(flags.checkpoints) / flags.network / (flags.run or flags.recipe))
    if flags.resume:
        _take_back_flags(run, flags)
    elif run.path("meta.json").exists() and not flags.fresh:
        raise GeneError(f"{run.folder}: holds a run already; --resume goes on with it, --fresh deletes it, "
                        "--run NAME starts another")
    run.folder.mkdir(parents=True, exist_ok=True)
    _lock(run)
    if flags.fresh:
        _empty(run.folder)
    return run


def _take_back_flags(run, flags):
    run.meta = read_json(run.path("meta.json"))
    if run.meta.get("network") != flags.network or "recipe" in flags.given and flags.recipe != run.meta.get("recipe"):
        raise GeneError(f"{run.folder}: belongs to recipe {run.meta.get('recipe')} of {run.meta.get('network')}, "
                        f"not to {flags.recipe} of {flags.network}; give --run another name")
    for name, value in run.meta.get("flags", {}).items():
        if name in flags.given and name not in MAY_CHANGE and getattr(flags, name) != value:
            raise GeneError(f"--{name.replace('_', '-')}: the run in {run.folder} has {value}; "
                            "that cannot change on --resume")
        if name not in flags.given and name not in {"resume", "fresh"}:
            setattr(flags, name, value)


def _lock(run):
    run.lock = open(run.path(".lock"), "w", encoding="utf-8")
    try:
        fcntl.flock(run.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise GeneError(f"{run.folder}: another process trains this run; wait for it or give --run another name") \
            from None


def _empty(folder):
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != ".lock":
            path.unlink()


def describe(run, flags, network, data):
    """Fill meta.json with what is known before the first step. `data`: what is to be said of the data."""
    data = json.loads(json.dumps(data))     # a tuple comes back from meta.json as a list
    if flags.resume and run.meta.get("data") != data:
        raise GeneError(f"{run.folder}: the data have changed since this run began; give the same ones, or --fresh")
    left_out = {"given", "checkpoints", "cache", "resume", "fresh", "run"}
    kept = {name: value for name, value in vars(flags).items() if name not in left_out}
    run.meta = {
        "network": flags.network, "recipe": flags.recipe, "kind": type(network).__name__,
        "config": {k: v for k, v in network.get_config().items() if k not in {"name", "trainable", "dtype"}},
        "parameters": network.count_params(), "data": data, "flags": kept,
        "command": run.meta.get("command") or f"python -m train.{flags.network} {' '.join(sys.argv[1:])}".strip(),
        "versions": {name: version(name) for name in ("keras", "numpy", keras.backend.backend())}
        | {"python": platform.python_version()},
        "engine": keras.backend.backend(), "seconds": run.meta.get("seconds", 0.0),
    }
    run.save_meta()
