"""Read runs, trusting neither model.keras nor meta.json.

A hostile configuration can make Keras run code, so nothing is deserialized: the class is looked up
in a table, its arguments must be plain numbers or known activations, and Keras only reads the
weights. Zip bombs are rejected: memory is never allocated for more than a file really contains.
"""

import inspect
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import common.keras_quiet  # noqa: F401

import h5py
import keras
from keras.src.backend.common import global_state

from common.cli import GeneError, printable
from common.files import read_json
from common.migrations import (
    CONFIG,
    VERSION,
    current_class_name,
    migrate_meta,
    rename_keys,
    rename_weights,
)

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_ALLOWED_STRINGS = {"tanh", "linear"}  # activations
_MAX_CONFIG_BYTES = 1 << 20
_MAX_CONFIG_NUMBER = 1 << 22
_MAX_CONFIG_LIST = 64
# A file may unpack to this many bytes, or to this multiple of its size if that is more.
_ALWAYS_ALLOWED_BYTES = 1 << 20
_MAX_EXPANSION = 2


def load_run(
    folder: str | Path, task: str, allowed_classes: Iterable[type[keras.Model]]
) -> tuple[keras.Model, dict[str, Any]]:
    """Load the network and the metadata of a run.

    Args:
        folder: The run folder.
        task: What meta.json must name as its task, such as "lyrics".
        allowed_classes: Keras models that the network may be.

    Returns:
        The network and the content of meta.json, in the current format.

    Raises:
        GeneError: If anything is missing, damaged or not of this task.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GeneError(f"{folder}: no such run; train one, or name another with --run")
    meta = read_meta(folder)
    if meta.get("task") != task:
        raise GeneError(
            f"{folder / 'meta.json'}: this is a run of task {printable(meta.get('task'))}, "
            f"not of {task}"
        )
    path = folder / "model.keras"
    saved, weights, stored_numbers = _read(path)
    model_class, config = _class_and_config(
        path, saved, {each.__name__: each for each in allowed_classes}, task
    )
    try:
        if _count_weights(model_class, config) > stored_numbers:
            raise ValueError("larger than the file")
        model = model_class(**config)
        _load_weights(model, weights)
    except Exception as error:  # Keras and h5py raise a dozen types for weights that do not fit
        raise GeneError(
            f"{path}: its weights do not fit a {model_class.__name__} ({type(error).__name__})"
        ) from None
    return model, meta


def read_meta(folder: str | Path) -> dict[str, Any]:
    """Read the metadata of a run in the current format.

    Raises:
        GeneError: If meta.json is missing, damaged or from a later version.
    """
    path = Path(folder) / "meta.json"
    meta = read_json(path)
    saved_version = meta.get("version", 1)
    if type(saved_version) is not int or not 1 <= saved_version <= VERSION:
        raise GeneError(
            f"{path}: format version {printable(saved_version)} is unknown; this version of Gene "
            f"reads up to {VERSION}, so update Gene"
        )
    return migrate_meta(meta)


def best_epoch(folder: str | Path, meta: dict[str, Any]) -> int:
    """Return the epoch, counted from 1, in which a run had its best value.

    Raises:
        GeneError: If the metadata does not say.
    """
    try:
        epoch = meta["best"]["epoch"]
    except (KeyError, TypeError):
        epoch = None
    if type(epoch) is not int or not 0 < epoch < 10**6:
        raise GeneError(f"{Path(folder) / 'meta.json'}: the best epoch is missing")
    return epoch


def _read(path: Path) -> tuple[Any, bytes, int]:
    """Read a Keras file: its configuration, its weights as an HDF5 file, and how many they are."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            max_bytes = max(_ALWAYS_ALLOWED_BYTES, _MAX_EXPANSION * path.stat().st_size)
            if (
                set(sizes) != _MEMBERS
                or sum(sizes.values()) > max_bytes
                or sizes["config.json"] > _MAX_CONFIG_BYTES
            ):
                raise GeneError(f"{path}: contains unexpected or overly large files")
            saved = json.loads(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
        return saved, weights, _count_stored_numbers(weights)
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file; has the run finished its first epoch?") from None
    except GeneError:
        raise
    except Exception as error:  # a damaged zip file raises a dozen types of errors
        raise GeneError(f"{path}: not a Keras model, or damaged ({type(error).__name__})") from None


def _load_weights(model: keras.Model, weights: bytes) -> None:
    """Load weights from the bytes of an HDF5 file, with the current names of the layers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        path.write_bytes(weights)
        with h5py.File(path, "r+") as file:
            rename_weights(file, type(model).__name__)
        model.load_weights(path)


def _count_stored_numbers(weights: bytes) -> int:
    """Return how many numbers an HDF5 file contains.

    Raises:
        ValueError: If it claims to contain more bytes than it has.
    """
    datasets = []

    def collect(_, item):
        if isinstance(item, h5py.Dataset):
            datasets.append(item)

    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(collect)
        if sum(dataset.nbytes for dataset in datasets) > len(weights):
            raise ValueError("larger than the file")
        return sum(dataset.size for dataset in datasets)


def _count_weights(model_class: type[keras.Model], config: dict[str, Any]) -> int:
    """Return how many weights such a network has, without allocating any."""
    waiting = global_state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    before = len(waiting)
    with keras.StatelessScope(initialize_variables=False):
        count = model_class(**config).count_params()
    del waiting[before:]  # or Keras allocates them when it next leaves such a scope
    return count


def _class_and_config(
    path: Path, saved: Any, allowed_classes: dict[str, type[keras.Model]], task: str
) -> tuple[type[keras.Model], dict[str, Any]]:
    """Return the class that a saved configuration names, and its checked arguments."""
    name = saved.get("class_name") if isinstance(saved, dict) else None
    model_class = allowed_classes.get(current_class_name(str(name)))
    if model_class is None or not isinstance(saved.get("config"), dict):
        raise GeneError(f"{path}: not one of the networks {', '.join(allowed_classes)}")
    current = rename_keys(saved["config"], CONFIG.get(task, {}))
    parameters = inspect.signature(model_class).parameters
    config = {name: current[name] for name in parameters if name in current}
    if not all(map(_is_safe_config_value, config.values())):
        raise GeneError(f"{path}: network sizes are out of range")
    return model_class, config


def _is_safe_config_value(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= _MAX_CONFIG_LIST and all(map(_is_safe_config_value, value))
    if isinstance(value, str):
        return value in _ALLOWED_STRINGS
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value <= _MAX_CONFIG_NUMBER
