"""Trained runs, read back for whoever wants to look at them or to export them."""

from pathlib import Path

from common.checkpoint import load_run
from common.cli import GeneError
from data.lyrics.vocabulary import Vocabulary
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from models.seq2seq import LineSeq2Seq


def load_lyrics(folder):
    """The network, the vocabulary and the meta of a lyrics run. GeneError when they do not belong together."""
    network, meta = load_run(folder, "lyrics", [LSTMLanguageModel, WindowedBiGRU, LineSeq2Seq])
    path = Path(folder) / "vocabulary.tsv"
    vocabulary = Vocabulary.load(path)
    if len(vocabulary) != network.vocabulary_size:
        raise GeneError(
            f"{path}: {len(vocabulary):,} words where the network has {network.vocabulary_size:,}"
        )
    return network, vocabulary, meta
