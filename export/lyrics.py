"""Export lyrics networks: graphs that read one token and return the logits of the next.

    LSTMLanguageModel  inputs  word int32 (songs,), state_0 ... state_k float32 (songs, units)
                       outputs scores (songs, vocabulary + artist tokens; the page ignores the
                               latter), then the next state in the same order
                       If the network is conditioned on titles, the last state is the topic of the
                       title. It has no output because it does not change. There is one more output:
                       topic (songs, 2 * embedding_dim), the topic of each word; the topic of a
                       title is the mean over its words.
    WindowedBiGRU      inputs  words int32 (context_length,), the latest word last
                       outputs scores (1, vocabulary)

vocabulary.tsv, generation_config.json and song-index.bin (`export/song_index.py`) are written next
to the graph.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from common.checkpoint import best_epoch
from common.cli import GeneError
from common.files import text_sha256
from common.runs import RESTORE_RUN, read_meta
from data.lyrics.songs import PLAIN_SONGBOOK, SONGBOOK
from data.lyrics.tokenizer import tokenize
from data.lyrics.typography import typeset
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, SPECIAL_TOKENS, Vocabulary
from export import song_index
from export.exporter import Exporter
from generate.lyrics.config import FILE_NAME, read_config, write_config
from generate.lyrics.songwriter import load_model
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel, LyricsModel
from models.seq2seq import LineSeq2Seq

DTYPE = "uint8"
# Maximum error of an output (see `compare`) by weight format. Rounded weights would hide a small
# mistake in the graph, so the graph is also compared with float32 weights.
MAX_ERROR = {"float32": 0.001, DTYPE: 0.25}
HIDDEN_RECIPES = ("verse", "poetry")  # not trained on songs
TITLE = [NEWLINE + 1]  # title of the song with which a network and its graph are compared

Arrays = dict[str, np.ndarray]


def is_published(folder: Path) -> bool:
    """Return whether the page offers a run.

    The page cannot run networks that write whole lines, and does not offer networks that were
    trained only on verse.
    """
    meta = read_meta(folder)
    is_seq2seq = meta.get("class_name") == LineSeq2Seq.__name__
    return not is_seq2seq and meta.get("recipe") not in HIDDEN_RECIPES


def load(folder: Path) -> tuple[LyricsModel, dict]:
    """Load a run.

    Returns:
        The network and its metadata. Three facts that the page shows are added to the metadata: a
        sample, the name of the songs file, and whether it is the songbook that comes with Gene.

    Raises:
        GeneError: If the run is damaged, or the page cannot run its network.
    """
    model, vocabulary, meta = load_model(folder)
    if isinstance(model, LineSeq2Seq):
        raise GeneError(
            f"{folder}: the page cannot run networks that write whole lines; export another run"
        )
    data = meta.get("data", {})
    songs = {
        "file": Path(str(meta.get("args", {}).get("songs", ""))).name,
        "is_songbook": data.get("songs_sha256") == text_sha256(SONGBOOK)
        and _is_plain_songbook(meta),
    }
    return model, meta | {"sample": _sample(folder, meta, vocabulary), "data": data | songs}


def _is_plain_songbook(meta: dict) -> bool:
    """Return whether a run used no second song table, or only Gene's plain songbook."""
    more = meta.get("args", {}).get("more_songs")
    return more is None or Path(str(more)).name == PLAIN_SONGBOOK.name


def _sample(folder: Path, meta: dict, vocabulary: Vocabulary) -> str:
    """Return the sample of the best epoch, typeset; older runs stored it in lowercase."""
    path = folder / "samples" / f"epoch-{best_epoch(folder, meta):03d}.txt"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return typeset(tokenize(text), vocabulary.forms).strip()


def add_files(source: Path, folder: Path) -> None:
    """Write the vocabulary, the generation settings and the song index to an exported folder.

    Args:
        source: The folder of the run.
        folder: The exported folder.

    Raises:
        GeneError: If the metadata does not record which songs the run was trained on.
    """
    vocabulary = Vocabulary.load(source / "vocabulary.tsv")
    vocabulary.save(folder / "vocabulary.tsv")  # adds rhyme classes, which earlier versions lacked
    _add_settings(source, folder)
    index = build_song_index(source, vocabulary)
    if index:
        (folder / song_index.FILE_NAME).write_bytes(index)


def _add_settings(source: Path, folder: Path) -> None:
    """Write the generation settings of a run to an exported folder.

    An existing file is copied unchanged, although it may lack newer settings, for which the pages
    have defaults. Adding them would change the name of the folder, which links contain.
    """
    config = read_config(source)
    path = source / FILE_NAME
    if path.exists():
        shutil.copyfile(path, folder / FILE_NAME)
    else:
        write_config(config, folder)


def build_song_index(source: Path, vocabulary: Vocabulary) -> bytes:
    """Return the song index of a run; if there can be none, print why and return b"".

    Raises:
        GeneError: If the metadata does not record which songs the run was trained on.
    """
    try:
        songs = song_index.training_songs(read_meta(source), vocabulary)
    except (KeyError, TypeError, AttributeError):
        raise GeneError(
            f"{source / 'meta.json'}: does not record which songs the run was trained on; "
            f"{RESTORE_RUN}"
        ) from None
    index = song_index.build_index(songs)
    if not index:
        print(
            f"{source}: the page cannot mark copied phrases, because the songs of this run have "
            "been moved or changed, or there are too many"
        )
    return index


def graph(model: LyricsModel) -> Any:
    """Return the concrete TensorFlow function to export."""
    if isinstance(model, WindowedBiGRU):
        return tf.function(
            lambda words: {"scores": model.forward_for_export(words)}, autograph=False
        ).get_concrete_function(words=tf.TensorSpec((model.context_length,), tf.int32, "words"))
    state_specs = {
        f"state_{i}": tf.TensorSpec((None, size), tf.float32, f"state_{i}")
        for i, size in enumerate(model.state_sizes)
    }

    def step(word, **state):
        # tf.gather instead of Keras' take, which adds operations for negative indices
        scores, next_state, topic = model.step_for_export(word, list(state.values()), tf.gather)
        outputs = {"scores": scores} | {f"state_{i}": part for i, part in enumerate(next_state)}
        return outputs if topic is None else outputs | {"topic": topic}

    return tf.function(step, autograph=False).get_concrete_function(
        word=tf.TensorSpec((None,), tf.int32, "word"), **state_specs
    )


def compare(model: LyricsModel, exported: Callable[[Arrays], Arrays], steps: int = 200) -> float:
    """Compare an exported graph with Keras over one song.

    The song consists of the tokens that are most likely according to Keras. Before each token, both
    start from the same state, so that rounding errors do not accumulate.

    Args:
        model: The network.
        exported: Function that maps named inputs to named outputs of the exported graph.
        steps: Length of the song in tokens.

    Returns:
        The largest difference of an output, relative to the magnitude of that output in Keras,
        which is the standard deviation of logits and topics, and the largest element of a state.
    """
    state = model.start(1, TITLE)
    token = BOS_EOS
    errors = []
    sizes = []
    for _ in range(steps):
        logits, next_state = model.step([token], state)
        expected = _named_outputs(model, token, logits, next_state)
        actual = exported(_named_inputs(model, token, state, next_state))
        errors.append([_largest_difference(expected[name], actual[name]) for name in expected])
        sizes.append([_size(name, array) for name, array in expected.items()])
        state = next_state
        token = _most_likely(np.array(logits)[0])
    return float(np.max(np.max(errors, axis=0) / np.mean(sizes, axis=0)))


def _named_inputs(model: LyricsModel, token: int, state: list, next_state: list) -> Arrays:
    """Return the inputs of the graph: the window that ends with a token, or token and state."""
    if isinstance(model, WindowedBiGRU):
        return {"words": np.array(next_state[0][0], "int32")}
    states = {f"state_{i}": np.array(part) for i, part in enumerate(state)}
    return {"word": np.array([token], "int32")} | states


def _named_outputs(model: LyricsModel, token: int, logits: Any, state: list) -> Arrays:
    outputs = {"scores": np.array(logits)}
    if not isinstance(model, LSTMLanguageModel):
        return outputs
    count = len(model.recurrent_sizes)
    outputs |= {f"state_{i}": np.array(part) for i, part in enumerate(state[:count])}
    if model.num_title_words:
        outputs["topic"] = np.array(model.start(1, [token])[-1])
    return outputs


def _size(name: str, array: np.ndarray) -> float:
    return float(array.std() if name in ("scores", "topic") else np.abs(array).max())


def _largest_difference(expected: np.ndarray, actual: np.ndarray) -> float:
    """Compare the columns that Keras returns; the graph also returns scores of artist tokens."""
    return float(np.abs(expected - actual[:, : expected.shape[1]]).max())


def _most_likely(logits: np.ndarray) -> int:
    first_word = len(SPECIAL_TOKENS) - 1  # the last special token, the line break, may be chosen
    return int(logits[first_word:].argmax()) + first_word


def song_files(folder: Path) -> list[Path]:
    """Return the files that may contain the training songs of a run."""
    args = read_meta(folder).get("args", {})
    paths = [args.get("songs"), args.get("more_songs")]
    return [SONGBOOK, PLAIN_SONGBOOK, *(Path(path) for path in paths if isinstance(path, str))]


EXPORTER = Exporter(
    load,
    graph,
    compare,
    DTYPE,
    MAX_ERROR,
    add_files=add_files,
    inputs=song_files,
    has_own_data=lambda meta: not meta["data"]["is_songbook"],
    is_published=is_published,
)
