"""Trained runs, read back for whoever wants to look at them or to export them."""

from pathlib import Path

from common.checkpoint import load_run
from common.cli import GeneError
from datasets.vocabulary import Vocabulary
from models.digits import NETWORKS
from models.lyrics import Stream, Window


def load_lyrics(folder):
    """The network, the vocabulary and the meta of a lyrics run. GeneError when they do not belong together."""
    network, meta = load_run(folder, "lyrics", [Stream, Window])
    path = Path(folder) / "vocabulary.tsv"
    vocabulary = Vocabulary.load(path)
    if len(vocabulary) != network.vocabulary:
        raise GeneError(f"{path}: {len(vocabulary):,} words where the network has {network.vocabulary:,}")
    return network, vocabulary, meta


def load_digit_network(checkpoints, run):
    """The network of a digits run. GeneError when there is none."""
    return load_run(Path(checkpoints) / "digits" / run, "digits", NETWORKS)[0]
