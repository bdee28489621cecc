"""The recipes of `python -m train.lyrics`: named sets of values for its flags."""

import os
from typing import Any

from data.lyrics.poetry import POETRY, VERSE
from data.lyrics.songs import PLAIN_SONGBOOK, SONGBOOK

MIN_VOCABULARY = 32_000  # from this vocabulary size on, the softmax is sampled by default
NUM_SAMPLED = 4096  # default number of negative samples if the softmax is sampled
_SONGBOOK = os.path.relpath(SONGBOOK)

_LSTM: dict[str, Any] = dict(
    songs=_SONGBOOK,
    more_songs=None,
    vocabulary_from=None,
    init_from=None,
    artists=None,
    top_artists=None,
    min_songs=1,
    first_rows=None,
    condition_on_artist=False,
    condition_on_title=False,
    slots=False,
    keep_vocabulary=True,
    model="lstm",
    embedding_dim=128,
    units=[256],
    dropout=0.4,
    recurrent_dropout=0.0,
    word_dropout=0.0,
    batch_size=16,
    sequence_length=32,
    context_length=None,
    learning_rate=4e-3,
    weight_decay=0.01,
    epochs=6,
    patience=4,
    stop_at_train_accuracy=0.0,
    min_count=2,
    max_vocabulary=16384,
    num_sampled=None,
)
_LARGE_LSTM = _LSTM | dict(embedding_dim=224, units=[448])
_BIGRU = _LSTM | dict(
    model="bigru",
    embedding_dim=50,
    units=[128],
    dropout=0.3,
    batch_size=256,
    sequence_length=None,
    context_length=14,
    learning_rate=1e-3,
    weight_decay=0.0,
    epochs=50,
    patience=3,
)

RECIPES = {
    "quick": _LSTM,
    "verse": _LARGE_LSTM
    | dict(songs=VERSE, vocabulary_from=_SONGBOOK, dropout=0.2, batch_size=64, epochs=4),
    "gene-lyrica-two": _LARGE_LSTM
    | dict(
        init_from="verse",
        condition_on_artist=True,
        dropout=0.5,
        recurrent_dropout=0.2,
        word_dropout=0.1,
        learning_rate=2e-3,
        epochs=16,
        patience=4,
    ),
    "gene-lyrica-three": _LARGE_LSTM
    | dict(
        more_songs=os.path.relpath(PLAIN_SONGBOOK),
        condition_on_artist=True,
        condition_on_title=True,
        slots=True,
        init_from="gene-lyrica-two",
        keep_vocabulary=False,
        min_count=7,
        dropout=0.2,
        recurrent_dropout=0.1,
        word_dropout=0.05,
        batch_size=64,
        sequence_length=64,
        learning_rate=4e-3,
        weight_decay=0.1,
        epochs=7,
        patience=4,
    ),
    "gene-lyrica-one": _BIGRU,
    "poetry": _LSTM
    | dict(songs=POETRY, dropout=0.1, batch_size=32, epochs=1, max_vocabulary=MIN_VOCABULARY),
    "next-line": _LSTM
    | dict(
        model="seq2seq",
        embedding_dim=96,
        units=[192],
        batch_size=64,
        sequence_length=None,
        context_length=28,
        learning_rate=3e-3,
        epochs=8,
        patience=2,
    ),
    "baba-twist": _LSTM
    | dict(
        artists=["Marzipan Avenue"],
        embedding_dim=64,
        units=[192],
        dropout=0.0,
        batch_size=8,
        epochs=100,
        patience=100,
        weight_decay=0.0,
        stop_at_train_accuracy=0.8,
        min_count=1,
    ),
    "tod-wonkin": _BIGRU | dict(epochs=1),
}

# Filters that select, from the user's own songs, what the original blog posts selected from their
# table of 57,650 songs.
OWN_SONGS: dict[str, dict[str, Any]] = {
    "baba-twist": dict(artists=None, first_rows=100),
    "gene-lyrica-one": dict(top_artists=20),
}

# The length flag of each model and its default, for recipes that set no such length.
DEFAULT_LENGTHS = {
    "lstm": ("sequence_length", 32),
    "bigru": ("context_length", 14),
    "seq2seq": ("context_length", 28),
}
