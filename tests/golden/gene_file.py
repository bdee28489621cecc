"""The golden files of networks in files: a .gene file, and what its network computes.

    python -m tests.golden.gene_file     regenerates them with Python

`tests/unit/test_gene_file.py` checks Python against them, and `tests/js/gene-file.test.js` checks
JavaScript, which must write the same bytes. The network has artists, titles and two layers.
"""

import json
from dataclasses import asdict
from pathlib import Path

import common.keras_quiet  # noqa: F401

import numpy as np

from common.prng import Random
from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from export.song_index import build_index
from generate.lyrics import config as settings
from generate.lyrics.gene_file import PackedNetwork, write
from models.lyrics import LSTMLanguageModel

FOLDER = Path(__file__).parent
WORDS = [*SPECIAL_TOKENS, "hello", "world", "the", "sea", "is", "wide", "i", "naïve"]
TITLE = [7, 9]
TOKENS = [1, 13, 4, 5, 3, 6, 7, 8, 9, 2]  # BOS_EOS, the second artist, and a song
SONG = ["Ada", "The Sea", [4, 5, 6, 7, 8, 9, 10, 3, 6, 7, 8, 9]]


def network():
    """Return a network with random weights."""
    model = LSTMLanguageModel(len(WORDS), 4, (6, 5), num_artist_tokens=3, num_title_words=8)
    draw = Random(3)
    model.set_weights(
        [
            np.reshape([draw.uniform() - 0.5 for _ in range(weight.size)], weight.shape)
            for weight in model.get_weights()
        ]
    )
    vocabulary = Vocabulary(WORDS, [3] * len(WORDS), forms={"i": "I"})
    meta = {
        "version": 2,
        "task": "lyrics",
        "data": {"artists": ["Ada", "Björk"], "songs": {"training": 1}, "file": "sea.txt"},
        "sample": "hello world\nthe sea is wide\n",
    }
    card = {"title": "Kitchen Songs", "license": "CC0"}
    index = build_index([SONG])
    return PackedNetwork(model, vocabulary, settings.GenerationConfig(), meta, card, index)


def steps():
    """Return what the network computes: the logits after each token of a song with a title."""
    model = network().model
    state = model.start(1, TITLE)
    logits = []
    for token in TOKENS:
        scores, state = model.step([token], state)
        logits.append(np.array(scores)[0].astype("float64").round(7).tolist())
    return {"title": TITLE, "tokens": TOKENS, "logits": logits}


def generation_config():
    """Return the settings of generation that are accepted: defaults, bounds, and whole numbers."""
    defaults = asdict(settings.GenerationConfig())
    return {
        "defaults": {"version": settings.VERSION} | defaults,
        "bounds": settings._BOUNDS,
        "whole": [name for name in settings._BOUNDS if isinstance(defaults[name], int)],
    }


def main():
    """Write the golden files."""
    write(network(), FOLDER / "network.gene")
    for name, make in (("lstm_step", steps), ("generation_config", generation_config)):
        text = json.dumps(make(), indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
