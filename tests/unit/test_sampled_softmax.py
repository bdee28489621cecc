"""Sampled softmax: loss and gradient approach those of the full softmax; validation is exact."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

import train.lyrics.__main__
from common.files import read_json
from data.lyrics.vocabulary import SPECIAL_TOKENS, Vocabulary
from models.lyrics import LSTMLanguageModel
from tests.helpers import TINY
from train.lyrics.arguments import parse
from train.lyrics.build import build_trainer
from train.lyrics.sampled_softmax import SampledSoftmaxTrainer
from train.lyrics.trainers import LSTMTrainer

SIZE, BATCH_SIZE = 40, 6
COUNTS = 1000.0 / np.arange(1, SIZE + 1)
RANDOM = np.random.default_rng(1)
WORDS, TARGETS = RANDOM.integers(4, SIZE, (2, BATCH_SIZE, 5)).astype("int32")
WEIGHTS = (RANDOM.random((BATCH_SIZE, 5)) < 0.8).astype("float32")
TABLE = RANDOM.normal(0, 1, (SIZE, 8)).astype("float32")


def trained(kind, *numbers):
    """A trainer after one step of plain gradient descent, and the loss that the step began with."""
    keras.utils.set_random_seed(3)
    network = LSTMLanguageModel(SIZE, 8, [9])
    network.token_embedding.table.assign(TABLE)
    trainer = kind(network, BATCH_SIZE, *numbers)
    trainer.compile(keras.optimizers.SGD(1.0))
    logs = trainer.train_on_batch(WORDS, TARGETS, WEIGHTS, return_dict=True)
    return trainer, logs


@pytest.mark.slow
def test_with_many_drawn_loss_and_step_are_those_of_all_words():
    whole, full = trained(LSTMTrainer)
    sampled, about = trained(SampledSoftmaxTrainer, COUNTS, 200_000)
    assert about["cross_entropy"] == pytest.approx(full["cross_entropy"], rel=0.01)
    for theirs, ours in zip(whole.network.weights, sampled.network.weights, strict=False):
        if "seed" not in theirs.path:
            theirs, ours = (np.asarray(weights) for weights in (theirs, ours))
            np.testing.assert_allclose(
                ours, theirs, atol=0.05 * np.abs(theirs).max(), err_msg="a step of the descent"
            )
    moved = np.asarray(whole.network.token_embedding.table) - TABLE
    np.testing.assert_allclose(
        np.asarray(sampled.network.token_embedding.table) - TABLE,
        moved,
        atol=0.05 * np.abs(moved).max(),
    )


def test_a_target_that_is_drawn_does_not_count_against_itself():
    alone = np.zeros(SIZE)
    alone[7] = 1e12  # nothing else is drawn
    trainer, _ = trained(SampledSoftmaxTrainer, alone, 50)
    loss = trainer.compute_loss(
        None,
        np.full((BATCH_SIZE, 5), 7),
        np.ones((BATCH_SIZE, 5, 8), "float32"),
        np.ones((BATCH_SIZE, 5), "float32"),
    )
    assert float(loss) == 0


@pytest.mark.slow
def test_what_is_held_out_is_measured_with_all_words():
    sampled, _ = trained(SampledSoftmaxTrainer, COUNTS, 3)
    whole = LSTMTrainer(sampled.network, BATCH_SIZE)
    whole.compile()
    ours, theirs = (
        trainer.evaluate(
            WORDS,
            TARGETS,
            sample_weight=WEIGHTS,
            batch_size=BATCH_SIZE,
            verbose=0,
            return_dict=True,
        )
        for trainer in (sampled, whole)
    )
    assert ours["cross_entropy"] == pytest.approx(theirs["cross_entropy"]) and ours[
        "accuracy"
    ] == pytest.approx(theirs["accuracy"])


@pytest.mark.parametrize(
    "words, asked, kind",
    [
        (32_000, [], SampledSoftmaxTrainer),
        (31_999, [], LSTMTrainer),
        (32_000, ["--num-sampled", "0"], LSTMTrainer),
        (50, ["--num-sampled", "9"], SampledSoftmaxTrainer),
    ],
)
def test_large_vocabularies_are_sampled_unasked(words, asked, kind):
    names = SPECIAL_TOKENS + [f"word{i}" for i in range(words - len(SPECIAL_TOKENS))]
    corpus = SimpleNamespace(
        vocabulary=Vocabulary(names, [1] * words), songs=lambda part: np.zeros((9, 2))
    )
    trainer = build_trainer(
        parse(["--batch-size", "2", *asked], ""),
        LSTMLanguageModel(words, 2, [2]),
        corpus,
    )
    assert type(trainer) is kind


@pytest.mark.slow
def test_it_learns_and_goes_on_where_it_was_stopped(songs, tmp_path):
    def learn(folder, *args):
        train.lyrics.__main__.main(
            [
                "--songs",
                str(songs),
                *map(str, TINY),
                "--num-sampled",
                "12",
                "--checkpoint-dir",
                str(folder),
                "--cache-dir",
                str(tmp_path / "cache"),
                *map(str, args),
            ]
        )
        return read_json(folder / "lyrics" / "quick" / "meta.json")["metrics"][
            "held_out_perplexity"
        ]

    once = learn(tmp_path / "once", "--epochs", 8)
    assert once < 8, "22 words, and lines that return"
    short = (
        "--batch-size",
        8,
        "--sequence-length",
        16,
    )  # the first epoch only warms up, however many there will be
    learn(tmp_path / "twice", *short, "--epochs", 1)
    again = learn(tmp_path / "twice", *short, "--epochs", 2, "--resume")
    assert again == learn(tmp_path / "at-once", *short, "--epochs", 2)
