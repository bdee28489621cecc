"""Reading a run back: model.keras and meta.json, trusting neither.

Keras can be made to run code by a hostile file's configuration, so none of it is deserialised: the class is looked up
in a table, its arguments must be the plain numbers and activations that it takes, and only the weights are read by
Keras. Nothing may swell: what a file says to hold must be in it before room is made for it.
"""

import inspect
import io
import json
import tempfile
import zipfile
from pathlib import Path

import common.keras_quiet  # noqa: F401

import h5py
import keras
from keras.src.backend.common import global_state

from common.cli import GeneError, printable
from common.files import read_json
from common.migrations import (
    CONFIG,
    current_class_name,
    migrate_meta,
    rename_keys,
    rename_weights,
)

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_WORDS = {"tanh", "linear"}  # activations
_SMALL, _PACKED = (
    1 << 20,
    2,
)  # bytes that any file may unpack to, and how many times its size a larger one


def load_run(folder, network, kinds):
    """The network and the meta of the run in `folder`.

    network: what meta.json must call it, e.g. "lyrics"; kinds: the Keras classes it may be of.
    GeneError, one line that names the file, for anything that is missing, damaged or foreign.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GeneError(f"{folder}: no such run; train one, or name another with --run")
    meta = read_meta(folder)
    if meta.get("task") != network:
        raise GeneError(
            f"{folder / 'meta.json'}: a run of {printable(meta.get('task'))}, not of {network}"
        )
    path = folder / "model.keras"
    whole, weights = _read(path)
    kind, config = _config_of(path, whole, {kind.__name__: kind for kind in kinds}, network)
    try:
        if _count(kind, config) > _stored(weights):
            raise ValueError("larger than the file")
        model = kind(**config)
        _load_weights(model, weights)
    except Exception as error:  # Keras and h5py raise a dozen kinds for weights that do not fit
        raise GeneError(
            f"{path}: its weights do not fit a {kind.__name__} network ({type(error).__name__})"
        ) from None
    return model, meta


def read_meta(folder):
    """The metadata of the run in `folder`, brought up to the current version."""
    return migrate_meta(read_json(Path(folder) / "meta.json"))


def best_epoch(folder, meta):
    """The epoch in which a run was at its best. GeneError when its meta does not tell."""
    try:
        epoch = meta["best"]["epoch"]
    except (KeyError, TypeError):
        epoch = None
    if type(epoch) is not int or not 0 < epoch < 10**6:
        raise GeneError(f"{Path(folder) / 'meta.json'}: does not tell the best epoch")
    return epoch


def _read(path):
    """The configuration in a Keras file, and its weights as an HDF5 file in memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            most = max(_SMALL, _PACKED * path.stat().st_size)
            if (
                set(sizes) != _MEMBERS
                or sum(sizes.values()) > most
                or sizes["config.json"] > 1 << 20
            ):
                raise GeneError(f"{path}: holds other files than a Keras model, or too large ones")
            whole, weights = (
                json.loads(archive.read("config.json")),
                archive.read("model.weights.h5"),
            )
        _stored(weights)
        return whole, weights
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file; has the run finished its first epoch?") from None
    except GeneError:
        raise
    except Exception as error:  # a damaged zip file raises a dozen kinds of error
        raise GeneError(f"{path}: not a Keras model, or damaged ({type(error).__name__})") from None


def _load_weights(model, weights: bytes) -> None:
    """Load weights from an HDF5 file in memory, under today's names of the layers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.weights.h5"
        path.write_bytes(weights)
        with h5py.File(path, "r+") as file:
            rename_weights(file)
        model.load_weights(path)


def _stored(weights):
    """How many numbers lie in an HDF5 file of bytes. ValueError when it says to hold more bytes than it has."""
    parts = []
    with h5py.File(io.BytesIO(weights)) as file:
        file.visititems(
            lambda _, part: parts.append(part) if isinstance(part, h5py.Dataset) else None
        )
        if sum(part.nbytes for part in parts) > len(weights):
            raise ValueError("swells")
        return sum(part.size for part in parts)


def _count(kind, config):
    """How many weights such a network has, without making any."""
    waiting = global_state.get_global_attribute("uninitialized_variables", [], set_to_default=True)
    before = len(waiting)
    with keras.StatelessScope(initialize_variables=False):
        count = kind(**config).count_params()
    del waiting[before:]  # or Keras makes them all the next time it leaves such a scope
    return count


def _config_of(path, whole, kinds, task):
    """The class that a configuration names, and its arguments."""
    kind = kinds.get(
        current_class_name(str(whole.get("class_name"))) if isinstance(whole, dict) else ""
    )
    if kind is None or not isinstance(whole.get("config"), dict):
        raise GeneError(f"{path}: not one of the networks {', '.join(kinds)}")
    saved = rename_keys(whole["config"], CONFIG.get(task, {}))
    config = {name: saved[name] for name in inspect.signature(kind).parameters if name in saved}
    if not all(map(_plain, config.values())):
        raise GeneError(f"{path}: the sizes of the network are no numbers in bounds")
    return kind, config


def _plain(value):
    if isinstance(value, list):
        return 0 < len(value) <= 64 and all(map(_plain, value))
    if isinstance(value, str):
        return value in _WORDS
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1 << 22
