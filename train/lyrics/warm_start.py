"""A stream network begins with what another has learned, be its vocabulary another one."""

import numpy as np
from keras import ops

from common.checkpoint import load_run
from common.cli import GeneError
from data.lyrics.vocabulary import Vocabulary
from models.lyrics import LSTMLanguageModel


def begin_with(folder, network, vocabulary):
    """Give `network`, a Stream, the weights of the run in `folder`; words that the run does not know keep their own.

    GeneError when there is no such run, or when its network is of another size.
    """
    if not folder.is_dir():
        raise GeneError(
            f"--begin-with: {folder}: no such run; train it first, or give --begin-with none"
        )
    known, _ = load_run(folder, "lyrics", [LSTMLanguageModel])
    if not isinstance(network, LSTMLanguageModel) or (known.width, known.units) != (
        network.width,
        network.units,
    ):
        raise GeneError(
            f"--begin-with: {folder} is a stream of --width {known.width} --units "
            f"{' '.join(map(str, known.units))}; give the same, or leave --begin-with out"
        )
    words = Vocabulary.load(folder / "vocabulary.tsv").words
    rows = {word: i for i, word in enumerate(words[: known.vocabulary])}
    here, there = np.array(
        [(i, rows[word]) for i, word in enumerate(vocabulary.words) if word in rows]
    ).T
    for mine, theirs in zip(network.words.weights, known.words.weights):
        values = np.array(ops.convert_to_numpy(mine))
        values[here] = ops.convert_to_numpy(theirs)[there]
        mine.assign(values)
    for mine, theirs in zip([*network.lstms, network.narrow], [*known.lstms, known.narrow]):
        mine.set_weights(theirs.get_weights())
