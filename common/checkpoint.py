"""Reading a run back: model.keras and meta.json, trusting neither.

Keras can be made to run code by a hostile file's configuration, so none of it is deserialised: the class is looked up
in a table, its arguments must be the plain numbers and activations that it takes, and only the weights are read by
Keras.
"""

import inspect
import json
import zipfile
from pathlib import Path

from common.cli import GeneError
from common.files import read_json

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_LARGEST = 1 << 30      # bytes of a member, unpacked
_WORDS = {"tanh", "linear"}     # activations


def load_run(folder, network, kinds):
    """The network and the meta of the run in `folder`.

    network: what meta.json must call it, e.g. "lyrics"; kinds: the Keras classes it may be of.
    GeneError, one line that names the file, for anything that is missing, damaged or foreign.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise GeneError(f"{folder}: no such run; train one, or name another with --run")
    meta = read_json(folder / "meta.json")
    if meta.get("network") != network:
        raise GeneError(f"{folder / 'meta.json'}: a run of {meta.get('network')}, not of {network}")
    path = folder / "model.keras"
    kind, config = _read_config(path, {kind.__name__: kind for kind in kinds})
    try:
        model = kind(**config)
        model.load_weights(path)
    except Exception as error:  # Keras and h5py raise a dozen kinds for weights that do not fit
        raise GeneError(f"{path}: its weights do not fit a {kind.__name__} network ({type(error).__name__})") from None
    return model, meta


def _read_config(path, kinds):
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if set(sizes) != _MEMBERS or max(sizes.values()) > _LARGEST or sizes["config.json"] > 1 << 20:
                raise GeneError(f"{path}: holds other files than a Keras model, or too large ones")
            whole = json.loads(archive.read("config.json"))
    except FileNotFoundError:
        raise GeneError(f"{path}: no such file; has the run finished its first epoch?") from None
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, RecursionError) as error:
        raise GeneError(f"{path}: not a Keras model, or damaged ({type(error).__name__})") from None
    kind = kinds.get(str(whole.get("class_name")) if isinstance(whole, dict) else "")
    if kind is None or not isinstance(whole.get("config"), dict):
        raise GeneError(f"{path}: not one of the networks {', '.join(kinds)}")
    config = {name: whole["config"][name] for name in inspect.signature(kind).parameters if name in whole["config"]}
    if not all(map(_plain, config.values())):
        raise GeneError(f"{path}: the sizes of the network are no numbers in bounds")
    return kind, config


def _plain(value):
    if isinstance(value, list):
        return 0 < len(value) <= 64 and all(map(_plain, value))
    if isinstance(value, str):
        return value in _WORDS
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1 << 22
