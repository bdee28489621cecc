"""How good are the lyrics networks? Perplexity and accuracy on the test songs, beside a 5-gram model's.

    python -m explore.lyrics measure
    python -m explore.lyrics measure stream quick --songs mine.csv

The test songs are the 8 of 100 that no run has read, not even to know when to stop. Every network is measured with its
own vocabulary, and so is the n-gram model beside it, trained on the same songs.
"""

import os
from pathlib import Path

import numpy as np
from keras import ops

from common.cli import GeneError, Parser
from datasets.corpus import open_corpus
from datasets.songs import SONGBOOK
from datasets.vocabulary import PAD, SONG, UNKNOWN
from explore.kneser_ney import KneserNey
from explore.runs import load_lyrics
from models.lyrics import Window

ORDER = 5
COLUMNS = ["network", "weights", "perplexity", "accuracy", "5-gram model", "ratio", "unknown words"]


def main(argv):
    parser = Parser(__doc__, prog="python -m explore.lyrics measure")
    parser.add_argument("runs", nargs="*", metavar="RUN", help="which runs (default: all of them)")
    parser.add_argument("--checkpoints", metavar="DIR", default="checkpoints", help="where runs live")
    parser.add_argument("--songs", metavar="FILE", default=os.path.relpath(SONGBOOK), help="CSV or CSV.gz")
    parser.add_argument("--cache", metavar="DIR", default=".cache/lyrics", help="where songs wait as numbers")
    flags = parser.parse_args(argv)
    folder = Path(flags.checkpoints) / "lyrics"
    runs = flags.runs or sorted(path.parent.name for path in folder.glob("*/model.keras"))
    if not runs:
        raise GeneError(f"{folder}: no run to measure; train one first, e.g. python -m train.lyrics")
    print(" | ".join(COLUMNS), " | ".join("---" for _ in COLUMNS), sep="\n")
    for run in runs:
        print(" | ".join(measure(folder / run, flags.songs, flags.cache)), flush=True)


def measure(folder, songs, cache):
    """The row of one run: its name and figures, as text."""
    network, vocabulary, meta = load_lyrics(folder)
    corpus = open_corpus(cache, songs, None, None, vocabulary, **meta["data"]["filters"])
    training, test = (sequences(corpus, part) for part in ("training", "test"))
    nats, right = zip(*(judge(network, song) for song in test))
    rival = KneserNey(training, ORDER, len(vocabulary))
    perplexity, theirs = (float(np.exp(np.concatenate(n).mean())) for n in (nats, [rival.nats(song) for song in test]))
    unknown = np.mean(np.concatenate(test) == UNKNOWN)
    return [folder.name, f"{meta['parameters']:,}", f"{perplexity:.1f}", f"{np.concatenate(right).mean():.1%}",
            f"{theirs:.1f}", f"{perplexity / theirs:.2f}", f"{unknown:.1%}"]


def sequences(corpus, part):
    """The songs of a part as arrays of word numbers, SONG at both ends."""
    found = [np.append(corpus.tokens[begin:end], SONG).astype("int32") for begin, end in corpus.songs(part)]
    if not found:
        raise GeneError(f"there is no {part} song in these songs; give more of them")
    return found


def judge(network, song):
    """Nats and hits (0 or 1) of every word of a song but the first, each (words,)."""
    if isinstance(network, Window):
        padded = np.concatenate([np.full(network.span - 1, PAD, "int32"), song[:-1]])
        logits = network(np.lib.stride_tricks.sliding_window_view(padded, network.span))
    else:
        logits = network(song[None, :-1], network.start(1))[0][0]
    logits = ops.convert_to_numpy(logits).astype("float64")
    logits -= logits.max(axis=1, keepdims=True)
    chance = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -chance[np.arange(len(chance)), song[1:]], chance.argmax(axis=1) == song[1:]
