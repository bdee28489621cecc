"""The lyrics networks as graphs for the browser: one word in, the scores of every next word out.

    stream  inputs  word int32 (1,), state_0 ... state_k float32 (1, units)
            outputs scores (1, vocabulary + bands), the bands' to be left out, then the next state in the same order
    window  inputs  words int32 (span,), the last one last
            outputs scores (1, vocabulary)

Beside the graph lie vocabulary.tsv and memory.bin, the index of the training songs (`export/song_index.py`).
"""

from pathlib import Path

import numpy as np
import tensorflow as tf

from common.checkpoint import best_epoch, read_meta
from common.cli import GeneError
from data.lyrics.songs import SONGBOOK
from data.lyrics.vocabulary import Vocabulary
from export import song_index as memory
from export.exporter import Exporter
from generate.runs import load_lyrics
from models.bigru import WindowedBiGRU
from models.seq2seq import LineSeq2Seq

FILES = ["vocabulary.tsv"]  # of the run's folder, wanted by the page
# forms, and the largest difference of a score from Keras let through, as a share of the scores' standard deviation
MAX_ERROR = {"float16": 0.02, "uint8": 0.25}


def is_published(folder):
    """Is the run in this folder for the page? Not a network of whole lines, which is only measured, nor one that has
    read nothing but verse.
    """
    meta = read_meta(folder)
    return meta.get("class_name") != LineSeq2Seq.__name__ and meta.get("recipe") not in (
        "verse",
        "poetry",
    )


def load(folder):
    """The network and the meta of a run, a sample of it in the meta."""
    network, _, meta = load_lyrics(folder)
    if isinstance(network, LineSeq2Seq):
        raise GeneError(
            f"{folder}: a network of whole lines, which the page cannot sing with; export another run"
        )
    return network, meta | {"sample": _sample(folder, meta)}


def _sample(folder, meta):
    path = folder / "samples" / f"epoch-{best_epoch(folder, meta):03d}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def add_files(source, folder):
    """Write memory.bin to `folder`, where the songs that the run has learned can still be read."""
    try:
        songs = memory.training_songs(read_meta(source), Vocabulary.load(source / "vocabulary.tsv"))
    except (KeyError, TypeError, AttributeError):
        raise GeneError(
            f"{source / 'meta.json'}: does not tell which songs the run has learned"
        ) from None
    packed = memory.pack(songs)
    if packed:
        (folder / "memory.bin").write_bytes(packed)
    else:
        print(
            f"{source}: its songs are not where they were, or too many: the page cannot tell what it knows by heart"
        )


def graph(network):
    """The concrete function to export."""
    if isinstance(network, WindowedBiGRU):
        return tf.function(
            lambda words: {"scores": network.forward_for_export(words)}, autograph=False
        ).get_concrete_function(words=tf.TensorSpec((network.context_length,), tf.int32, "words"))
    state = {
        f"state_{i}": tf.TensorSpec((1, n), tf.float32, f"state_{i}")
        for i, n in enumerate(n for n in network.units for _ in "hc")
    }

    def step(word, **state):
        scores, after = network.step_for_export(
            word, list(state.values()), tf.gather
        )  # Keras' looks for numbers below zero
        return {"scores": scores} | {f"state_{i}": tensor for i, tensor in enumerate(after)}

    return tf.function(step, autograph=False).get_concrete_function(
        word=tf.TensorSpec((1,), tf.int32, "word"), **state
    )


def compare(network, exported, steps=200):
    """The largest difference of a score between Keras and the exported graph over a song of `steps` words, as a share
    of the standard deviation of Keras' scores.

    exported: a function {input: array} -> {output: array}. The song is the likeliest one, by Keras' own scores.
    """
    word, largest, spread, words = 1, 0.0, [], [0] * getattr(network, "context_length", 0)
    state = None if words else [np.zeros((1, n), "float32") for n in network.units for _ in "hc"]
    ours = state
    for _ in range(steps):
        if words:
            words = [*words[1:], word]
            inputs = {"words": np.array(words, "int32")}
            scores, theirs = network(inputs["words"][None]).numpy(), exported(inputs)
        else:
            token = np.array([word], "int32")
            scores, ours = network.step(token, ours)
            scores = scores.numpy()
            theirs = exported({"word": token} | {f"state_{i}": s for i, s in enumerate(state)})
            state = [theirs[f"state_{i}"] for i in range(len(state))]
            theirs["scores"] = theirs["scores"][:, : network.vocabulary_size]
        largest, spread = (
            max(largest, np.abs(scores - theirs["scores"]).max()),
            [*spread, scores.std()],
        )
        word = int(scores[0, 3:].argmax()) + 3
    return float(largest / np.mean(spread))


def song_files(folder: Path) -> list[Path]:
    """List the files in which the training songs of a run may be."""
    songs = read_meta(folder).get("args", {}).get("songs")
    return [SONGBOOK, *([Path(songs)] if isinstance(songs, str) else [])]


EXPORTER = Exporter(
    load,
    graph,
    compare,
    MAX_ERROR,
    files=FILES,
    add_files=add_files,
    inputs=song_files,
    is_published=is_published,
)
