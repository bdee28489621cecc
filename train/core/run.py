"""The folder of a training run, the same for all networks.

    checkpoints/<task>/<run>/  model.keras   best network so far, by the monitored metric
                               meta.json     recipe, flags, data, progress, metrics, versions
                               history.csv   one row per epoch; history.png plots it
                               preview.html  samples and progress, to watch in a browser
                               samples/      what the network generated after each epoch
                               state.npz     needed only for --resume; not in git

All files are written atomically. Only state.npz determines how a run continues; the other files
follow from it. So a run that is killed at any moment and resumed ends with the same weights.
"""

import io
import json
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from filelock import FileLock

from common.cli import GeneError
from common.files import atomic, recompress_zip, write_json, write_text
from common.migrations import migrate_record
from train.core.replacement import Replacement


class Run:
    """An open run folder.

    Args:
        folder: The folder.
        scratch: A temporary folder for the files; None except in distributed training, where all
            processes but process 0 have one.

    Attributes:
        folder: The folder.
        location: Folder that currently holds the files: `folder`, unless there is a scratch folder
            or this run has yet to replace an earlier one.
        meta: Current content of meta.json, possibly not saved yet.
        state: Arrays that `load_state` has read, for `restore`.
        lock: The lock of the folder; None in processes that do not write to it.
        replacement: The earlier run that this run will replace after its first epoch; None if
            there is none, or once it has been replaced.
    """

    def __init__(self, folder: str | Path, scratch: TemporaryDirectory | None = None):
        self.folder = Path(folder)
        self.location = Path(scratch.name) if scratch else self.folder
        self.meta: dict[str, Any] = {}
        self.state: list[np.ndarray] | None = None
        self.lock: FileLock | None = None
        self.replacement: Replacement | None = None
        self._scratch = scratch  # its folder is deleted together with this object

    def path(self, name: str) -> Path:
        """Return the path of a file of the run."""
        return self.location / name

    def write_to(self, replacement: Replacement) -> None:
        """Write to a temporary folder until `replace_earlier` is called."""
        self.replacement = replacement
        self.location = replacement.new
        self.location.mkdir(parents=True)
        weakref.finalize(self, replacement.discard)  # if the run fails before its first epoch

    def replace_earlier(self) -> None:
        """Replace the earlier run, if there still is one; called after each epoch."""
        if self.replacement:
            self.replacement.finish()
            self.replacement = None
            self.location = self.folder

    def save_meta(self) -> None:
        """Write meta.json."""
        write_json(self.path("meta.json"), self.meta)

    def save_model(self, network: keras.Model) -> None:
        """Write model.keras, recompressed to save a tenth of its size."""
        with atomic(self.path("model.keras")) as temporary:
            network.save(temporary)
            recompress_zip(temporary)

    def update_progress(self, record: dict[str, Any], monitor: str) -> None:
        """Write the number of finished epochs and the best one to meta.json.

        Args:
            record: The JSON part of the state.
            monitor: Name of the metric that is minimized.
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
            variables: Variables or arrays, always in the same order.
            record: Everything else that is needed to resume, as JSON.
        """
        arrays = {f"v{i}": keras.ops.convert_to_numpy(v) for i, v in enumerate(variables)}
        record_bytes = np.frombuffer(json.dumps(record).encode(), dtype="uint8")
        buffer = io.BytesIO()  # on a full disk, NumPy itself would fail with a traceback
        np.savez(buffer, record=record_bytes, **arrays)
        with atomic(self.path("state.npz")) as temporary:
            temporary.write_bytes(buffer.getbuffer())

    def load_state(self, is_valid: Callable[[Any], bool]) -> Any:
        """Read state.npz, return its record and keep its arrays for `restore`.

        Args:
            is_valid: Returns whether a record, the JSON part of the file, has valid content.

        Returns:
            The record.

        Raises:
            GeneError: If the file is missing or damaged.
        """
        path = self.path("state.npz")
        try:
            with np.load(path, allow_pickle=False) as file:
                if sum(info.file_size for info in file.zip.infolist()) > path.stat().st_size:
                    raise ValueError("an array is declared larger than the file")  # a zip bomb
                self.state = [file[f"v{i}"] for i in range(len(file.files) - 1)]
                record = migrate_record(json.loads(file["record"].tobytes()))
            are_arrays = all(isinstance(array, np.ndarray) for array in self.state)
            if not are_arrays or not is_valid(record):
                raise ValueError("invalid record")
            return record
        except Exception as error:  # a damaged zip file raises a dozen types of errors
            raise GeneError(
                f"{path}: damaged or missing ({type(error).__name__}), so the run cannot be "
                "resumed; start another with --run NAME"
            ) from None

    def restore(self, variables: Sequence) -> None:
        """Assign the arrays of the loaded state to variables.

        Args:
            variables: The variables to set, in the order of `save_state`.

        Raises:
            GeneError: If the state does not fit the network.
        """
        state = self.state or []
        if len(state) != len(variables) or not all(map(_fits, variables, state)):
            raise self.unfit_state()
        for variable, value in zip(variables, state, strict=True):
            variable.assign(value.astype(variable.dtype))
        self.state = None

    def unfit_state(self) -> GeneError:
        """Return the error for a state that does not fit the network to train."""
        return GeneError(
            f"{self.path('state.npz')}: does not fit this network, so the run cannot be resumed; "
            "start another with --run NAME"
        )


def _fits(variable: keras.Variable, array: np.ndarray) -> bool:
    """Return whether an array can be the value of a variable.

    Integer types may differ, since TensorFlow and JAX use different ones.
    """
    current = np.dtype(variable.dtype)
    if tuple(variable.shape) != array.shape:
        return False
    if current.kind in "iu" and array.dtype.kind in "iu":
        return np.array_equal(array.astype(current), array)
    return current == array.dtype
