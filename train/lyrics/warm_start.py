"""Initialize a network from another run, matching token embeddings by word."""

from pathlib import Path

import numpy as np
from keras import ops

from common.checkpoint import load_run, read_meta
from common.cli import GeneError
from data.lyrics.vocabulary import Vocabulary
from models.lyrics import LSTMLanguageModel, LyricsModel


def warm_start(folder: Path, network: LyricsModel, vocabulary: Vocabulary) -> None:
    """Give a network the weights of another run; words that are new keep their initial weights.

    Args:
        folder: Folder of the other run, an `LSTMLanguageModel` of the same size.
        network: The network that is about to be trained.
        vocabulary: Its vocabulary.

    Raises:
        GeneError: There is no such run, or its network has another size.
    """
    if not folder.is_dir():
        raise _no_such_run(folder)
    source, _ = load_run(folder, "lyrics", [LSTMLanguageModel])
    if not isinstance(network, LSTMLanguageModel) or not _same_size(source, network):
        units = " ".join(map(str, source.units))
        raise GeneError(
            f"--init-from: {folder} is an lstm with --embedding-dim {source.embedding_dim} "
            f"--units {units}; use the same sizes, or leave out --init-from"
        )
    _copy_embeddings(source, folder, network, vocabulary)
    targets = [*network.lstms, network.projection]
    sources = [*source.lstms, source.projection]
    for target_layer, source_layer in zip(targets, sources, strict=True):
        target_layer.set_weights(source_layer.get_weights())


def _no_such_run(folder: Path) -> GeneError:
    available = [
        path.parent.name
        for path in sorted(folder.parent.glob("*/model.keras"))
        if read_meta(path.parent).get("class_name") == LSTMLanguageModel.__name__
    ]
    choices = f"or use one that is there ({', '.join(available)}), " if available else ""
    return GeneError(
        f"--init-from: {folder}: no such run; train it first, {choices}or use --init-from none"
    )


def _same_size(source: LSTMLanguageModel, network: LSTMLanguageModel) -> bool:
    return source.embedding_dim == network.embedding_dim and source.units == network.units


def _copy_embeddings(
    source: LSTMLanguageModel,
    source_folder: Path,
    network: LSTMLanguageModel,
    vocabulary: Vocabulary,
) -> None:
    """Copy embeddings and output biases of the words that both networks know."""
    known = Vocabulary.load(source_folder / "vocabulary.tsv").words[: source.vocabulary_size]
    source_ids = {word: i for i, word in enumerate(known)}
    shared = [word for word in vocabulary.words if word in source_ids]
    source_rows = [source_ids[word] for word in shared]
    target_rows = [i for i, word in enumerate(vocabulary.words) if word in source_ids]
    target_variables = [network.token_embedding.table, network.token_embedding.bias]
    source_variables = [source.token_embedding.table, source.token_embedding.bias]
    for target, other in zip(target_variables, source_variables, strict=True):
        values = np.array(ops.convert_to_numpy(target))
        values[target_rows] = ops.convert_to_numpy(other)[source_rows]
        target.assign(values)
