"""Load runs from untrusted files.

A malicious configuration could make Keras run code, so nothing is deserialized: the class is looked
up in a table, its arguments must be plain numbers or known activations, and Keras reads only the
weights. Zip bombs are rejected: no more memory is allocated than a file really contains.
"""

import inspect
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import common.keras_quiet  # noqa: F401

import h5py
import keras
from keras.src.backend.common import global_state

from common.cli import GeneError, printable
from common.migrations import CONFIG, current_class_name, rename_keys, rename_weights
from common.runs import RESTORE_RUN, read_meta

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_ALLOWED_STRINGS = {"tanh", "linear"}  # activations
_MAX_CONFIG_BYTES = 1 << 20
_MAX_CONFIG_NUMBER = 1 << 22
_MAX_CONFIG_LIST = 64
# Maximum unpacked size of a file: this many bytes, or this multiple of its size if that is larger.
_ALWAYS_ALLOWED_BYTES = 1 << 20
_MAX_EXPANSION = 2


def load_run(
    folder: str | Path, task: str, allowed_classes: Iterable[type[keras.Model]]
) -> tuple[keras.Model, dict[str, Any]]:
    """Load the network and the metadata of a run.

    Args:
        folder: The run folder.
        task: The task that meta.json must name, such as "lyrics".
        allowed_classes: The model classes to accept.

    Returns:
        The network and the content of meta.json, in the current format.

    Raises:
        GeneError: If a file is missing or damaged, or the run has another task.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GeneError(f"{folder}: no such run; train one, or choose another with --run")
    meta = read_meta(folder)
    if meta.get("task") != task:
        raise GeneError(
            f"{folder / 'meta.json'}: the task of this run is {printable(meta.get('task'))}, not "
            f"{task}; choose another run"
        )
    path = folder / "model.keras"
    saved, weights, stored_numbers = _read(path)
    build = partial(_load_weights, weights=weights)
    return build_network(path, saved, task, allowed_classes, stored_numbers, build), meta


def build_network(
    path: Path,
    saved: Any,
    task: str,
    allowed_classes: Iterable[type[keras.Model]],
    stored_numbers: int,
    load_weights: Callable[[keras.Model], None],
) -> keras.Model:
    """Build a network from an untrusted configuration.

    Args:
        path: Where the configuration comes from, for error messages.
        saved: The configuration: the name of the class, and the arguments of its constructor.
        task: The task of the network, such as "lyrics".
        allowed_classes: The model classes to accept.
        stored_numbers: Number of weights in the file; a network with more weights is rejected
            before it is allocated.
        load_weights: Sets the weights of the network; may raise any exception if they do not fit.

    Raises:
        GeneError: If the class or its arguments are not allowed, or the weights do not fit.
    """
    model_class, config = _class_and_config(
        path, saved, {each.__name__: each for each in allowed_classes}, task
    )
    try:
        if _count_weights(model_class, config) > stored_numbers:
            raise ValueError("an array is declared larger than the file")
        model = model_class(**config)
        load_weights(model)
    except Exception as error:  # Keras and h5py raise a dozen types for weights that do not fit
        raise GeneError(
            f"{path}: its weights do not fit a {model_class.__name__} ({type(error).__name__}); "
            f"{RESTORE_RUN}"
        ) from None
    return model


def best_epoch(folder: str | Path, meta: dict[str, Any]) -> int:
    """Return the epoch, counted from 1, in which the monitored metric of a run was best.

    Raises:
        GeneError: If meta.json does not record it.
    """
    try:
        epoch = meta["best"]["epoch"]
    except (KeyError, TypeError):
        epoch = None
    if type(epoch) is not int or not 0 < epoch < 10**6:
        raise GeneError(f"{Path(folder) / 'meta.json'}: the best epoch is missing; {RESTORE_RUN}")
    return epoch


def _read(path: Path) -> tuple[Any, bytes, int]:
    """Read a Keras file.

    Returns:
        The configuration, the weights as the bytes of an HDF5 file, and the number of weights.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            max_bytes = max(_ALWAYS_ALLOWED_BYTES, _MAX_EXPANSION * path.stat().st_size)
            if (
                set(sizes) != _MEMBERS
                or sum(sizes.values()) > max_bytes
                or sizes["config.json"] > _MAX_CONFIG_BYTES
            ):
                raise GeneError(f"{path}: contains unexpected or overly large files; {RESTORE_RUN}")
            saved = json.loads(archive.read("config.json"))
            weights = archive.read("model.weights.h5")
        return saved, weights, _count_stored_numbers(weights)
    except FileNotFoundError:
        raise GeneError(
            f"{path}: no such file; wait until the run has finished its first epoch, or "
            f"{RESTORE_RUN}"
        ) from None
    except GeneError:
        raise
    except Exception as error:  # a damaged zip file raises a dozen types of errors
        raise GeneError(
            f"{path}: not a Keras model, or damaged ({type(error).__name__}); {RESTORE_RUN}"
        ) from None


def _load_weights(model: keras.Model, weights: bytes) -> None:
    """Load weights from the bytes of an HDF5 file, renaming layers that have old names."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        path.write_bytes(weights)
        with h5py.File(path, "r+") as file:
            rename_weights(file, type(model).__name__)
        model.load_weights(path)


def _count_stored_numbers(weights: bytes) -> int:
    """Return how many numbers an HDF5 file contains.

    Raises:
        ValueError: If its header declares more bytes than the file has.
    """
    datasets = []

    def collect(_, item):
        if isinstance(item, h5py.Dataset):
            datasets.append(item)

    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(collect)
        if sum(dataset.nbytes for dataset in datasets) > len(weights):
            raise ValueError("an array is declared larger than the file")
        return sum(dataset.size for dataset in datasets)


def _count_weights(model_class: type[keras.Model], config: dict[str, Any]) -> int:
    """Return the number of weights of a network without allocating them."""
    waiting = global_state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    before = len(waiting)
    with keras.StatelessScope(initialize_variables=False):
        count = model_class(**config).count_params()
    del waiting[before:]  # otherwise, Keras would allocate them when the next such scope ends
    return count


def _class_and_config(
    path: Path, saved: Any, allowed_classes: dict[str, type[keras.Model]], task: str
) -> tuple[type[keras.Model], dict[str, Any]]:
    """Check a saved configuration; return the class that it names, and its arguments."""
    name = saved.get("class_name") if isinstance(saved, dict) else None
    model_class = allowed_classes.get(current_class_name(str(name)))
    if model_class is None or not isinstance(saved.get("config"), dict):
        raise GeneError(
            f"{path}: its network must be {' or '.join(allowed_classes)}; choose another run"
        )
    current = rename_keys(saved["config"], CONFIG.get(task, {}))
    parameters = inspect.signature(model_class).parameters
    config = {name: current[name] for name in parameters if name in current}
    if not all(map(_is_safe_config_value, config.values())):
        raise GeneError(f"{path}: network sizes are out of range; {RESTORE_RUN}")
    return model_class, config


def _is_safe_config_value(value: Any) -> bool:
    if isinstance(value, list):
        return 0 < len(value) <= _MAX_CONFIG_LIST and all(map(_is_safe_config_value, value))
    if isinstance(value, str):
        return value in _ALLOWED_STRINGS
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value <= _MAX_CONFIG_NUMBER
