"""Initialize a network from another run, matching token embeddings by word."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops

from common.checkpoint import load_run
from common.cli import GeneError
from common.runs import find_any_run, is_gene_file, read_meta
from data.lyrics.vocabulary import Vocabulary
from generate.lyrics import gene_file
from models.lyrics import LSTMLanguageModel, LyricsModel


def warm_start(folder: Path, network: LyricsModel, vocabulary: Vocabulary) -> None:
    """Copy the weights of another run to a network; new words keep their initial weights.

    Args:
        folder: Folder or .gene file of the other run, an `LSTMLanguageModel` of the same size.
        network: The network that is about to be trained.
        vocabulary: The vocabulary of `network`.

    Raises:
        GeneError: If there is no such run, or if its network does not have the same size.
    """
    source, source_vocabulary = _load_source(folder)
    if not isinstance(network, LSTMLanguageModel) or not _same_size(source, network):
        units = " ".join(map(str, source.units))
        raise GeneError(
            f"--init-from: {folder} is an lstm with --embedding-dim {source.embedding_dim} "
            f"--units {units}; use the same sizes, or --init-from none"
        )
    _copy_embeddings(source, source_vocabulary, network, vocabulary)
    targets = [*network.lstms, network.projection]
    sources = [*source.lstms, source.projection]
    if source.num_title_words and network.num_title_words:
        targets.append(network.topic)
        sources.append(source.topic)
    for target_layer, source_layer in zip(targets, sources, strict=True):
        target_layer.set_weights(source_layer.get_weights())


def adopt_sizes(args: argparse.Namespace) -> None:
    """Give the new network the sizes of the one that --init-from names, unless flags set them.

    Args:
        args: Parsed flags; modified.

    Raises:
        GeneError: If the file that --init-from names is damaged.
    """
    sizes = {"embedding_dim", "units"}
    if args.model != "lstm" or "init_from" not in args.given or args.given & sizes:
        return
    if args.init_from:
        config = _read_config(find_any_run("lyrics", args.init_from, args.checkpoint_dir))
        vars(args).update(
            {name: config[name] for name in sizes if args.fits(name, config.get(name))}
        )


def _read_config(folder: Path) -> dict[str, Any]:
    """Return the unchecked configuration of a network; {} if there is no such run."""
    if is_gene_file(folder):
        return gene_file.read_config(folder)
    config = read_meta(folder).get("config") if folder.is_dir() else None
    return config if isinstance(config, dict) else {}


def _load_source(folder: Path) -> tuple[LSTMLanguageModel, Vocabulary]:
    if is_gene_file(folder):
        packed = gene_file.read(folder)
        return packed.model, packed.vocabulary
    return load_run(folder, "lyrics", [LSTMLanguageModel])[0], load_source_vocabulary(folder)


def load_source_vocabulary(folder: Path) -> Vocabulary:
    """Return the vocabulary of the run, or .gene file, that a network is initialized from.

    Raises:
        GeneError: If there is no such run.
    """
    if is_gene_file(folder):
        return gene_file.read(folder).vocabulary
    if not folder.is_dir():
        raise _no_such_run(folder)
    return Vocabulary.load(folder / "vocabulary.tsv")


def _no_such_run(folder: Path) -> GeneError:
    available = [
        path.parent.name
        for path in sorted(folder.parent.glob("*/model.keras"))
        if read_meta(path.parent).get("class_name") == LSTMLanguageModel.__name__
    ]
    choices = f"choose one that exists ({', '.join(available)}), " if available else ""
    return GeneError(
        f"--init-from: {folder}: no such run; train it first, {choices}or use --init-from none"
    )


def _same_size(source: LSTMLanguageModel, network: LSTMLanguageModel) -> bool:
    return source.embedding_dim == network.embedding_dim and source.units == network.units


def _copy_embeddings(
    source: LSTMLanguageModel,
    source_vocabulary: Vocabulary,
    network: LSTMLanguageModel,
    vocabulary: Vocabulary,
) -> None:
    """Copy the embeddings and output biases of the words that both vocabularies have."""
    known = source_vocabulary.words[: source.vocabulary_size]
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
