"""Export lyrics networks: graphs that read one token and return the logits of the next.

    LSTMLanguageModel  inputs  word int32 (1,), state_0 ... state_k float32 (1, units)
                       outputs scores (1, vocabulary + artist tokens; the page drops the latter),
                               then the next state in the same order
    WindowedBiGRU      inputs  words int32 (context_length,), the latest last
                       outputs scores (1, vocabulary)

Next to the graph lie vocabulary.tsv, generation_config.json and song-index.bin
(`export/song_index.py`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from common.checkpoint import best_epoch, read_meta
from common.cli import GeneError
from common.files import sha256
from data.lyrics.songs import SONGBOOK
from data.lyrics.vocabulary import BOS_EOS, PAD, SPECIAL_TOKENS, Vocabulary
from export import song_index
from export.exporter import Exporter
from generate.lyrics.config import read_config, write_config
from generate.lyrics.songwriter import load_model
from models.bigru import WindowedBiGRU
from models.lyrics import LyricsModel
from models.seq2seq import LineSeq2Seq

# Weight formats, and the largest error of a logit, relative to the logits' standard deviation.
MAX_ERROR = {"float16": 0.02, "uint8": 0.25}
HIDDEN_RECIPES = ("verse", "poetry")  # not trained on songs

Arrays = dict[str, np.ndarray]


def is_published(folder: Path) -> bool:
    """Return whether the page offers a run.

    It cannot run networks that write whole lines, and does not offer those trained on verse only.
    """
    meta = read_meta(folder)
    is_seq2seq = meta.get("class_name") == LineSeq2Seq.__name__
    return not is_seq2seq and meta.get("recipe") not in HIDDEN_RECIPES


def load(folder: Path) -> tuple[LyricsModel, dict]:
    """Load a run.

    Returns:
        The network, and its metadata with what its card on the page shows: a sample, the name of
        the file of songs, and whether that is the songbook that comes with Gene.

    Raises:
        GeneError: The run is damaged, or the page cannot run its network.
    """
    model, _, meta = load_model(folder)
    if isinstance(model, LineSeq2Seq):
        raise GeneError(f"{folder}: the page cannot run networks that write whole lines")
    data = meta.get("data", {})
    songs = {
        "file": Path(str(meta.get("args", {}).get("songs", ""))).name,
        "is_songbook": data.get("songs_sha256") == sha256(SONGBOOK),
    }
    return model, meta | {"sample": _sample(folder, meta), "data": data | songs}


def _sample(folder: Path, meta: dict) -> str:
    path = folder / "samples" / f"epoch-{best_epoch(folder, meta):03d}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def add_files(source: Path, folder: Path) -> None:
    """Write the vocabulary, the generation settings and the song index to an exported folder.

    Args:
        source: The run's folder.
        folder: The exported folder.

    Raises:
        GeneError: The metadata does not say which songs the run was trained on.
    """
    vocabulary = Vocabulary.load(source / "vocabulary.tsv")
    vocabulary.save(folder / "vocabulary.tsv")  # runs of earlier versions have no rhyme classes
    write_config(read_config(source), folder)
    try:
        songs = song_index.training_songs(read_meta(source), vocabulary)
    except (KeyError, TypeError, AttributeError):
        raise GeneError(
            f"{source / 'meta.json'}: does not say which songs the run was trained on"
        ) from None
    index = song_index.build_index(songs)
    if index:
        (folder / song_index.FILE_NAME).write_bytes(index)
    else:
        print(
            f"{source}: its songs have been moved or changed, or are too many, "
            "so the page cannot mark copied phrases"
        )


def graph(model: LyricsModel) -> Any:
    """Return the concrete function to export."""
    if isinstance(model, WindowedBiGRU):
        return tf.function(
            lambda words: {"scores": model.forward_for_export(words)}, autograph=False
        ).get_concrete_function(words=tf.TensorSpec((model.context_length,), tf.int32, "words"))
    state_specs = {
        f"state_{i}": tf.TensorSpec((1, size), tf.float32, f"state_{i}")
        for i, size in enumerate(model.state_sizes)
    }

    def step(word, **state):
        # tf.gather instead of Keras' take, which adds operations for negative indices
        scores, next_state = model.step_for_export(word, list(state.values()), tf.gather)
        return {"scores": scores} | {f"state_{i}": part for i, part in enumerate(next_state)}

    return tf.function(step, autograph=False).get_concrete_function(
        word=tf.TensorSpec((1,), tf.int32, "word"), **state_specs
    )


def compare(model: LyricsModel, exported: Callable[[Arrays], Arrays], steps: int = 200) -> float:
    """Compare an exported graph with Keras over one song.

    The song consists of the most likely tokens, according to Keras.

    Args:
        model: The network.
        exported: The graph, from input arrays to output arrays by name.
        steps: Length of the song, in tokens.

    Returns:
        The largest difference of a logit, relative to the standard deviation of Keras' logits.
    """
    run_exported = _exported_step(model, exported)
    state = model.start(1)
    token = BOS_EOS
    largest = 0.0
    deviations = []
    for _ in range(steps):
        logits, state = model.step([token], state)
        logits = np.array(logits)
        difference = np.abs(logits - run_exported(token)[:, : logits.shape[1]])
        largest = max(largest, difference.max())
        deviations.append(logits.std())
        first_word = len(SPECIAL_TOKENS) - 1  # line breaks may be part of the song
        token = int(logits[0, first_word:].argmax()) + first_word
    return float(largest / np.mean(deviations))


def _exported_step(
    model: LyricsModel, exported: Callable[[Arrays], Arrays]
) -> Callable[[int], np.ndarray]:
    """Return a function from the next token to the graph's logits; it keeps the state."""
    if isinstance(model, WindowedBiGRU):
        window = np.full(model.context_length, PAD, "int32")

        def slide(token):
            window[:] = [*window[1:], token]
            return exported({"words": window.copy()})["scores"]

        return slide
    state = {f"state_{i}": np.zeros((1, n), "float32") for i, n in enumerate(model.state_sizes)}

    def step(token):
        outputs = exported({"word": np.array([token], "int32")} | state)
        state.update({name: outputs[name] for name in state})
        return outputs["scores"]

    return step


def song_files(folder: Path) -> list[Path]:
    """Return the files in which the training songs of a run may be."""
    songs = read_meta(folder).get("args", {}).get("songs")
    return [SONGBOOK, *([Path(songs)] if isinstance(songs, str) else [])]


EXPORTER = Exporter(
    load,
    graph,
    compare,
    MAX_ERROR,
    add_files=add_files,
    inputs=song_files,
    is_published=is_published,
)
