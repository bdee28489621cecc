"""Read and write .gene files, each of which contains a complete lyrics network.

    network = read("kitchen.gene")
    write(network, "copy.gene")  # the same bytes as kitchen.gene

`common/gene_archive.py` describes the format. Files are not trusted: nothing in them is executed,
and everything is checked before anything is returned. Weights are named after Keras' variables,
without the names of the network and the cell: `token_embedding/table`, `lstm_0/kernel`. They are
float32, so a network writes the same songs as before it was packed, in Python and on the page.
`web/lyrics/gene-file.js` does the same in the browser.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from common import gene_archive
from common.card import check_card
from common.checkpoint import build_network
from common.cli import GeneError, printable
from common.files import parse_json
from common.gene_archive import GET_ANOTHER_COPY, read_archive, write_archive
from common.runs import RESTORE_RUN, current_meta
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics.config import GenerationConfig, config_as_json, parse_config
from models.lyrics import LSTMLanguageModel


class PackedNetwork(NamedTuple):
    """The contents of a .gene file.

    Attributes:
        model: The network.
        vocabulary: Its vocabulary.
        config: Its default settings for generating songs.
        meta: How it was trained, in the current format of meta.json.
        card: Title, description and license, as in card.json; empty if there are none.
        song_index: The content of song-index.bin; b"" if there is none.
    """

    model: LSTMLanguageModel
    vocabulary: Vocabulary
    config: GenerationConfig
    meta: dict[str, Any]
    card: dict[str, str]
    song_index: bytes = b""


def write(network: PackedNetwork, path: str | Path) -> None:
    """Write a .gene file atomically; the same network always gives the same bytes.

    Raises:
        GeneError: If the network is too large for the format.
    """
    model = network.model
    header = {"format": gene_archive.FORMAT, "version": gene_archive.VERSION}
    saved = {"class_name": type(model).__name__, "config": _plain_config(model)}
    weights = {_name(weight): np.array(weight) for weight in model.weights}
    parts = {
        gene_archive.CONFIG: _encode_json(header | saved),
        gene_archive.META: _encode_json(network.meta),
        gene_archive.GENERATION: _encode_json(config_as_json(network.config)),
        gene_archive.VOCABULARY: network.vocabulary.as_text().encode(),
        gene_archive.WEIGHTS: save_tensors(weights),
    }
    if network.card:
        parts[gene_archive.CARD] = _encode_json(network.card)
    if network.song_index:
        parts[gene_archive.SONG_INDEX] = network.song_index
    write_archive(path, parts)


def _plain_config(model: LSTMLanguageModel) -> dict[str, Any]:
    """Return the constructor arguments of a network, except those that all Keras models have."""
    of_keras = keras.Model().get_config()
    return {name: value for name, value in model.get_config().items() if name not in of_keras}


def _name(weight: Any) -> str:
    """Return the name of a weight in a .gene file."""
    return "/".join(part for part in weight.path.split("/")[1:] if part != "lstm_cell")


def _encode_json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def read(path: str | Path) -> PackedNetwork:
    """Read and check a .gene file.

    Raises:
        GeneError: If the file is missing, damaged, not a .gene file, or from a later version.
    """
    path = Path(path)
    parts = read_archive(path)
    try:
        return _unpack(path, parts)
    except GeneError as error:  # shared code suggests restoring a run, not a file
        raise GeneError(str(error).replace(RESTORE_RUN, GET_ANOTHER_COPY)) from None


def read_config(path: str | Path) -> dict[str, Any]:
    """Return the constructor arguments of the network in a .gene file, without checking them.

    Raises:
        GeneError: See `read`.
    """
    parts = read_archive(path)
    saved = parse_json(parts[gene_archive.CONFIG], f"{path}: {gene_archive.CONFIG}")
    config = saved.get("config")
    return config if isinstance(config, dict) else {}


def _unpack(path: Path, parts: dict[str, bytes]) -> PackedNetwork:
    def parse(name: str) -> dict[str, Any]:
        return parse_json(parts[name], _inside(path, name)) if name in parts else {}

    saved = parse(gene_archive.CONFIG)
    meta = current_meta(parse(gene_archive.META), _inside(path, gene_archive.META))
    config = parse_config(parse(gene_archive.GENERATION), _inside(path, gene_archive.GENERATION))
    vocabulary = Vocabulary.parse(
        parts[gene_archive.VOCABULARY], _inside(path, gene_archive.VOCABULARY)
    )
    weights = _read_weights(path, parts[gene_archive.WEIGHTS])
    model = build_network(
        path,
        saved,
        "lyrics",
        [LSTMLanguageModel],
        sum(weight.size for weight in weights.values()),
        lambda network: _set_weights(network, weights),
    )
    _check_consistency(path, model, vocabulary, meta)
    card = check_card(parse(gene_archive.CARD), _inside(path, gene_archive.CARD))
    song_index = parts.get(gene_archive.SONG_INDEX, b"")
    return PackedNetwork(model, vocabulary, config, meta, card, song_index)


def _inside(path: Path, name: str) -> Path:
    return Path(f"{path}: {name}")


def _read_weights(path: Path, content: bytes) -> dict[str, np.ndarray]:
    """Return the weights by name; `safetensors` checks that they account for every byte."""
    try:
        weights = load_tensors(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise GeneError(
            f"{path}: {gene_archive.WEIGHTS} is damaged ({printable(error)}); {GET_ANOTHER_COPY}"
        ) from None
    for name, weight in weights.items():
        if weight.dtype != np.float32 or not np.isfinite(weight).all():
            raise GeneError(
                f"{path}: the weights {printable(repr(name))} are not all finite float32 numbers; "
                f"{GET_ANOTHER_COPY}"
            )
    return weights


def _set_weights(model: LSTMLanguageModel, weights: dict[str, np.ndarray]) -> None:
    """Set all weights; raise ValueError if names or shapes differ."""
    variables = {_name(weight): weight for weight in model.weights}
    if variables.keys() != weights.keys():
        raise ValueError("names differ from those of the network")
    for name, variable in variables.items():
        if tuple(variable.shape) != weights[name].shape:
            raise ValueError("shapes differ from those of the network")
        variable.assign(weights[name])


def _check_consistency(
    path: Path, model: LSTMLanguageModel, vocabulary: Vocabulary, meta: dict[str, Any]
) -> None:
    if len(vocabulary) != model.vocabulary_size:
        raise GeneError(
            f"{path}: {len(vocabulary):,} words, but the network has {model.vocabulary_size:,}; "
            f"{GET_ANOTHER_COPY}"
        )
    data = meta.get("data")
    artists = data.get("artists", []) if isinstance(data, dict) else None
    is_valid = isinstance(artists, list) and all(isinstance(name, str) for name in artists)
    if meta.get("task") != "lyrics" or not is_valid:
        raise GeneError(
            f"{path}: {gene_archive.META} does not describe a lyrics network; {GET_ANOTHER_COPY}"
        )
    if len(artists or []) + 1 != max(model.num_artist_tokens, 1):
        raise GeneError(
            f"{path}: {len(artists or [])} artists, but the network has "
            f"{max(model.num_artist_tokens, 1) - 1}; {GET_ANOTHER_COPY}"
        )
