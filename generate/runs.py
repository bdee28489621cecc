"""Trained runs, read back for whoever wants to look at them or to export them."""

from pathlib import Path

from common.checkpoint import load_run
from common.cli import GeneError
from data.avatars.labelled_images import parse_attributes
from data.lyrics.vocabulary import Vocabulary
from models.avatars import DCGANGenerator, Generator
from models.lyrics import LSTMLanguageModel, WindowedBiGRU
from models.seq2seq import LineSeq2Seq


def load_lyrics(folder):
    """The network, the vocabulary and the meta of a lyrics run. GeneError when they do not belong together."""
    network, meta = load_run(folder, "lyrics", [LSTMLanguageModel, WindowedBiGRU, LineSeq2Seq])
    path = Path(folder) / "vocabulary.tsv"
    vocabulary = Vocabulary.load(path)
    if len(vocabulary) != network.vocabulary:
        raise GeneError(
            f"{path}: {len(vocabulary):,} words where the network has {network.vocabulary:,}"
        )
    return network, vocabulary, meta


def load_avatars(folder):
    """The generator, the features that it draws, and the meta of an avatar run. GeneError when they do not fit."""
    network, meta = load_run(folder, "avatars", [Generator, DCGANGenerator])
    path = Path(folder) / "meta.json"
    try:
        features = parse_attributes(meta["data"]["features"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GeneError(f"{path}: does not tell which features the pictures have") from None
    if network.labels not in (0, sum(len(feature.variants) for feature in features)):
        raise GeneError(
            f"{path}: other features than the {network.labels} labels that the network takes"
        )
    return network, features, meta
