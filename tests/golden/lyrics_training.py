"""The golden file of lyrics training: random numbers, Keras gradients, and `train.lyrics` losses.

    python -m tests.golden.lyrics_training     regenerates it with Python

`tests/unit/test_lyrics_training_golden.py` checks Python against it;
`tests/js/lyrics-trainer.test.js` and `tests/browser/test_lyrics_trainer.py` check JavaScript.
"""

import json
import random
import tempfile
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import train.lyrics.__main__
from data.lyrics.corpus import open_corpus
from data.lyrics.songs import SONGBOOK, read_songs
from generate.lyrics import load
from generate.lyrics.config import GenerationConfig
from models.lyrics import LSTMLanguageModel
from tests.helpers import write_table
from train.lyrics.recipes import RECIPES
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.trainers import LSTMTrainer

FILE = Path(__file__).with_name("lyrics_training.json")
SEED = 11

# A small network of each kind of dropout; no size is a multiple of eight, which the kernels prefer.
CONFIG = {
    "vocabulary_size": 45,
    "embedding_dim": 9,
    "units": [12, 10],
    "dropout": 0.4,
    "recurrent_dropout": 0.2,
    "word_dropout": 0.1,
    "num_artist_tokens": 4,
}
BATCH = {"batch_size": 5, "sequence_length": 7}
SIZES = {"embedding_dim": 32, "units": [64], "batch_size": 4, "sequence_length": 16}
SHARED = [
    *("embedding_dim", "units", "dropout", "recurrent_dropout", "word_dropout", "batch_size"),
    *("sequence_length", "learning_rate", "weight_decay", "epochs", "patience", "min_count"),
    *("stop_at_train_accuracy", "max_vocabulary", "condition_on_artist"),
]


def random_numbers():
    """NumPy's permutations and numbers, the seeds that Keras draws, and TensorFlow's numbers."""
    source = np.random.default_rng([SEED, 3])
    drawn = [source.permutation(9), source.random(3), source.permutation(40), source.random(2)]
    keras.utils.set_random_seed(SEED)
    return {
        "numpy": [each.tolist() for each in drawn],
        "keras_seeds": [random.randint(1, 10**9) for _ in range(700)][-3:],
        "uniform": tf.random.stateless_uniform((7,), (123456789, 5)).numpy().tolist(),
        "normal": tf.random.stateless_normal((7,), (123456789, 5)).numpy().tolist(),
    }


def token_songs():
    """Songs of random token ids, each with an artist."""
    source = np.random.default_rng(SEED)
    words = CONFIG["vocabulary_size"]
    return [
        [1, words + 1 + i % 3, *source.integers(3, words, 6 + 5 * i % 23).tolist()]
        for i in range(8)
    ]


def training_steps():
    """Batches, and what Keras makes of them: the loss and the gradients of the first, the losses of all."""
    songs = token_songs()
    ends = np.cumsum([len(song) for song in songs])
    bounds = np.stack([np.append(0, ends[:-1]), ends], axis=1)
    batches = StatefulBatches(
        np.concatenate(songs), bounds, seed=SEED, any_artist=CONFIG["vocabulary_size"], **BATCH
    )
    chosen = list(islice(batches.batches(1, 0), 4))
    keras.utils.set_random_seed(SEED)
    trainer = LSTMTrainer(LSTMLanguageModel(**CONFIG), BATCH["batch_size"])
    weights = [values.numpy().ravel().tolist() for values in trainer.trainable_variables]
    losses, gradients = zip(*(_gradients(trainer, *batch) for batch in chosen), strict=True)
    return {
        "songs": songs,
        "batches": [[part.ravel().tolist() for part in batch] for batch in chosen],
        "weights": weights,
        "losses": losses,
        "gradients": gradients[2],
    }


def _gradients(trainer, inputs, targets, weights):
    """The loss of a batch and its gradients; the weights stay as they are."""
    with tf.GradientTape() as tape:
        predicted = trainer(inputs, training=True)
        loss = trainer.compute_loss(inputs, targets, predicted, weights)
    found = tape.gradient(loss, [each.value for each in trainer.trainable_variables])
    return float(loss), [np.ravel(ops.convert_to_numpy(each)).tolist() for each in found]


def trainings():
    """Two trainings of `train.lyrics` on the same songs: from scratch, and from that with all dropout."""
    songs = list(read_songs(SONGBOOK, artists=["Marzipan Avenue"], max_songs=14))
    rows = [(song.artist, song.title, "", song.text) for song in songs]
    # Two artists, so that the second network learns more than one.
    rows = [("Tin Choir", *row[1:]) if i % 3 == 0 else row for i, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        table = write_table(Path(folder) / "songs.csv", rows)
        first = _train(folder, table, "baba-twist", "first", 12)
        second = _train(folder, table, "gene-lyrica-two", "second", 4, "--init-from", "first")
        corpus = open_corpus(f"{folder}/cache", table, 2, 16384)
        return {
            "songs": [{"artist": row[0], "title": row[1], "text": row[3]} for row in rows],
            "corpus": {
                "words": corpus.vocabulary.words,
                "counts": corpus.vocabulary.counts,
                "training": _encoded(corpus, "training"),
                "validation": _encoded(corpus, "validation"),
            },
            "runs": [first, second],
        }


def _encoded(corpus, split):
    return [corpus.tokens[start:end].tolist() for start, end in corpus.songs(split)]


def _train(folder, table, recipe, name, epochs, *flags):
    """Train with `train.lyrics`; return its losses and the most likely song."""
    changes = SIZES | {"epochs": epochs}
    sizes = [
        word
        for flag, value in changes.items()
        for word in (f"--{flag.replace('_', '-')}", *np.ravel(value))
    ]
    train.lyrics.__main__.main(
        [
            *("--recipe", recipe, "--songs", str(table), "--run", name, "--seed", str(SEED)),
            *("--checkpoint-dir", folder, "--cache-dir", f"{folder}/cache", *map(str, sizes)),
            *flags,
        ]
    )
    location = Path(folder) / "lyrics" / name
    history = (location / "history.csv").read_text(encoding="utf-8").splitlines()
    columns, *lines = [line.split(",") for line in history]
    settings = {"temperature": 0, "frequency_penalty": 0, "num_candidates": 1}
    song = load(str(location)).write("the", form="none", lines=8, **settings)
    return {
        "recipe": recipe,
        "changes": changes,
        "history": [dict(zip(columns, map(float, line), strict=True)) for line in lines],
        "song": song,
    }


def recipes():
    """The recipes that the page has, too, as it has them."""
    return {
        name: {key: RECIPES[name][key] for key in SHARED}
        for name in ("quick", "gene-lyrica-two", "baba-twist")
    }


def golden():
    """The content of the golden file."""
    return {
        "recipes": recipes(),
        "random": random_numbers(),
        "config": CONFIG,
        "batch": BATCH,
        "seed": SEED,
        "generation": asdict(GenerationConfig()),
        "steps": training_steps(),
        "trainings": trainings(),
    }


def _rounded(value):
    """The same with eight digits of each number, which is what float32 holds."""
    if isinstance(value, float):
        return float(f"{value:.8g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value


if __name__ == "__main__":
    FILE.write_text(json.dumps(_rounded(golden()), separators=(",", ":")) + "\n", encoding="utf-8")
