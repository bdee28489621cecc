"""Tiny training runs of every network, and a comparison of their folders."""

import csv
import gzip
import io
import json
import struct
import time

import h5py
import numpy as np
from PIL import Image

from data.lyrics.vocabulary import Vocabulary
from tests.helpers import TINY, TINY_AVATARS
from tests.robustness.damage import unzip

TRAININGS = {  # name: (module, flags, globals to set in the module)
    "lyrics": (
        "train.lyrics",
        [
            "--recipe",
            "gene-lyrica-two",
            *TINY,
            "--batch-size",
            8,
            "--sequence-length",
            16,
            "--epochs",
            3,
            "--save-steps",
            4,
        ],
        {},
    ),
    "avatars": (
        "train.avatars",
        ["--recipe", "ellipses-white", *TINY_AVATARS, "--epochs", 3, "--save-steps", 1],
        {},
    ),
    "digits": (
        "train.digits",
        [
            "--recipe",
            "modern",
            "--allow-other-digits",
            "--batch-size",
            16,
            "--channels",
            4,
            "--downsample",
            1,
            "--epochs",
            2,
            "--save-steps",
            5,
        ],
        {},
    ),
    "sweep": (
        "train.addition",
        ["--recipe", "sweep", "--hidden", 1, 2, "--max-sum", 16, "--seeds", 2, "--epochs", 40],
        {"SAVE_INTERVAL": 0},
    ),
    "original": (
        "train.addition",
        ["--recipe", "original", "--hidden", 2, "--max-sum", 16, "--seeds", 3, "--epochs", 1],
        {},
    ),
    "attributes": (
        "train.attributes",
        [
            "--max-images",
            80,
            "--channels",
            4,
            8,
            "--embedding-dim",
            8,
            "--batch-size",
            16,
            "--epochs",
            3,
            "--save-steps",
            1,
        ],
        {},
    ),
}
NETWORKS = {name: module.split(".")[1] for name, (module, _, _) in TRAININGS.items()}


class TinyRuns:
    """Starts tiny trainings."""

    def __init__(self, fork_server, songs, mnist, cache):
        self.fork_server, self.cache, self.whole, self.seconds = fork_server, cache, {}, {}
        self.data = {"lyrics": ["--songs", songs], "digits": ["--mnist", mnist]}

    def start(self, name, folder, *more, resume=False):
        """Start or resume a training whose run folder is `folder`/task/r."""
        module, args, changes = TRAININGS[name]
        if resume:
            return self.fork_server.start(
                self.cache,
                module,
                "--checkpoint-dir",
                folder,
                "--run",
                "r",
                "--resume",
                *more,
                **changes,
            )
        cached = (
            ["--cache-dir", self.cache / name]
            if name in ("lyrics", "avatars", "attributes")
            else []
        )
        folder.mkdir(parents=True, exist_ok=True)
        return self.fork_server.start(
            self.cache,
            module,
            *args,
            *self.data.get(name, []),
            *cached,
            "--checkpoint-dir",
            folder,
            "--run",
            "r",
            "--overwrite",
            *more,
            **changes,
        )

    def finish(self, name, folder, *more, resume=False):
        """Train to the end and return the run folder; arguments as for `start`."""
        ended = self.start(name, folder, *more, resume=resume).wait()
        assert ended.returncode == 0, ended.stderr
        return folder / NETWORKS[name] / "r"

    def unbroken(self, name):
        """Return the folder of an uninterrupted run; `seconds` has its duration."""
        if name not in self.whole:
            begun = time.monotonic()
            self.whole[name] = self.finish(name, self.cache / "whole" / name)
            self.seconds[name] = time.monotonic() - begun
        return self.whole[name]


def idx(array):
    """An array uint8 as an IDX file of bytes."""
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_digits(folder):
    """Write 240 training and 60 test digits, which are noise, as IDX files."""
    folder.mkdir(exist_ok=True)
    for part, count in (("train", 240), ("t10k", 60)):
        labels = np.arange(count, dtype="uint8") % 10
        images = np.random.default_rng(1).integers(0, 25, (count, 28, 28), dtype="uint8") * (
            1 + labels[:, None, None]
        )
        (folder / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))


def contents(folder):
    """Read a run folder into {path: content}, without durations."""
    return {
        str(path.relative_to(folder)): READERS[path.suffix](path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def _json(path):
    value = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: part
        for name, part in value.items()
        if name not in ("training_seconds", "command", "started_in", "wait")
    }


def _rows(path):
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), strict=True))
    assert rows and not any(None in row or None in row.values() for row in rows), path
    return [{name: cell for name, cell in row.items() if name != "seconds"} for row in rows]


def _state(path):
    with np.load(path, allow_pickle=False) as file:
        arrays = [file[f"v{i}"].tobytes() for i in range(len(file.files) - 1)]
        record = json.loads(file["record"].tobytes())
    if not record:  # a sweep has its seconds in the last array
        del arrays[-1]
    return arrays, {name: part for name, part in record.items() if name != "seconds"}


def _weights(path):
    found = {}
    with h5py.File(io.BytesIO(unzip(path.read_bytes())["model.weights.h5"])) as file:
        file.visititems(found.__setitem__)
        found = {
            name: part[()].tobytes()
            for name, part in found.items()
            if isinstance(part, h5py.Dataset)
        }
    assert found, path
    return found


def _picture(path):
    with Image.open(path) as image:
        image.load()
        return image.size, image.tobytes()


READERS = {
    ".json": _json,
    ".csv": _rows,
    ".npz": _state,
    ".keras": _weights,
    ".png": _picture,
    ".webp": _picture,
    ".html": lambda path: path.read_text(encoding="utf-8"),
    ".txt": lambda path: path.read_text(encoding="utf-8"),
    ".tsv": lambda path: Vocabulary.load(path).words,
    ".md": lambda path: len(path.read_text(encoding="utf-8").splitlines()),
}
