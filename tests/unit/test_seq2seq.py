"""The network that writes whole lines: batches, scores, training, and no export to the site."""

import json

import keras
import numpy as np
import pytest

import explore.lyrics.__main__
import train.lyrics.__main__
from common.checkpoint import load_run
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD
from explore.lyrics.prediction import score_song
from export import tfjs
from models.seq2seq import LineSeq2Seq
from tests.helpers import ROOT, TINY, assert_main_refuses
from tests.unit.test_addition_runs import stops_after
from train.core.run import Run
from train.lyrics.batches import LineBatches
from train.lyrics.trainers import LineSeq2SeqTrainer


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(1)
    return LineSeq2Seq(
        30, context_length=5, embedding_dim=6, units=7, dropout=0.5, max_line_length=4
    )


@pytest.fixture(scope="module")
def song():
    """A song with short lines and long ones, stanza breaks, SONG at both ends."""
    words = np.random.default_rng(0).integers(4, 30, 60)
    words[[3, 4, 9, 14, 15, 30, 40, 44]] = NEWLINE
    return np.array([BOS_EOS, *words, BOS_EOS], "int32")


@pytest.fixture(scope="module")
def runs(songs, tmp_path_factory):
    """A folder of checkpoints with one tiny run of two epochs, lyrics/whole."""
    folder = tmp_path_factory.mktemp("lines")
    learn(songs, folder, "--run", "whole")
    return folder


def learn(songs, folder, *more):
    """Train in this process."""
    train.lyrics.__main__.main(
        [
            str(flag)
            for flag in (
                "--recipe",
                "next-line",
                *TINY,
                "--batch-size",
                32,
                "--epochs",
                2,
                "--save-steps",
                5,
                "--songs",
                songs,
                "--checkpoint-dir",
                folder,
                "--cache-dir",
                folder / "cache",
                *more,
            )
        ]
    )


def test_pairs_by_hand():
    tokens = np.array(
        [BOS_EOS, 5, 6, NEWLINE, NEWLINE, 7, 8, 9, 10, 11, NEWLINE, 12, BOS_EOS, 4, NEWLINE]
    )
    words, targets, weights = LineBatches(
        tokens, [(0, 12), (12, 15)], 2, 3, 1, max_line_length=4
    ).as_one_batch()
    rows = [
        ([PAD, PAD, BOS_EOS, 5, 6], [5, 6, NEWLINE]),
        ([5, 6, NEWLINE], [NEWLINE]),  # a stanza break
        ([6, NEWLINE, NEWLINE, 7, 8, 9], [7, 8, 9, 10]),
        ([8, 9, 10, 11], [11, NEWLINE]),  # the rest of a long line
        ([10, 11, NEWLINE, 12], [12, BOS_EOS]),
        ([PAD, PAD, BOS_EOS, 4], [4, NEWLINE]),
        ([BOS_EOS, 4, NEWLINE], [BOS_EOS]),
    ]
    for i, (given, wanted) in enumerate(rows):
        assert words[i].tolist() == given + [PAD] * (6 - len(given))
        assert targets[i].tolist() == wanted + [PAD] * (4 - len(wanted))
        assert weights[i].sum() == len(wanted) and weights[i, : len(wanted)].all()
    assert len(words) == len(rows)


def test_every_word_is_a_target_once(song):
    tokens, half = np.concatenate([song[:-1], song[:40]]), len(song) - 1
    _, targets, weights = LineBatches(
        tokens, [(0, half), (half, len(tokens))], 2, 5, 1, max_line_length=4
    ).as_one_batch()
    assert targets[weights > 0].tolist() == [*song[1:], *song[1:40], BOS_EOS]


def test_a_song_judged_at_once_is_the_song_judged_word_by_word(network, song):
    state = network.start(1)
    losses, right = score_song(network, song)
    assert len(losses) == len(song) - 1
    for i, word in enumerate(song[:-1]):
        logits, state = network.step([word], state)
        scores = np.array(logits)[0]
        assert losses[i] == pytest.approx(
            np.log(np.exp(scores).sum()) - scores[song[i + 1]], abs=1e-5
        )
        assert right[i] == (scores.argmax() == song[i + 1])


def test_a_song_is_judged_as_training_counts_it(network, song):
    trainer = LineSeq2SeqTrainer(network)
    trainer.compile()
    words, targets, weights = LineBatches(
        song, [(0, len(song) - 1)], 2, 5, 1, max_line_length=4
    ).as_one_batch()
    counted = trainer.evaluate(
        words, targets, 4, sample_weight=weights, verbose=0, return_dict=True
    )
    losses, right = score_song(network, song)
    assert counted["cross_entropy"] == pytest.approx(losses.mean(), abs=1e-5)
    assert counted["accuracy"] == pytest.approx(right.mean())


def test_a_line_hangs_on_the_words_of_the_span_and_its_own(network):
    row = np.array([[5, 6, 7, 8, NEWLINE, 9, 10, 11]], "int32")
    scores = np.asarray(network(row)[0])
    for place, first in (
        (0, 0),
        (4, 0),
        (5, 1),
        (7, 3),
    ):  # the position that is changed, and the first score that it affects
        other = row.copy()
        other[0, place] = 20
        changed = np.abs(np.asarray(network(other)[0]) - scores).max(axis=1) > 1e-7
        assert changed.tolist() == [False] * first + [True] * (4 - first)


def test_it_learns_and_goes_on_to_the_same_weights(runs, songs, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stops_after(patch, Run, "save_state", 2)
        learn(songs, runs, "--run", "parts")
    learn(songs, runs, "--run", "parts", "--resume")
    (one, meta), (two, other) = (
        load_run(runs / "lyrics" / run, "lyrics", [LineSeq2Seq]) for run in ("whole", "parts")
    )
    for a, b in zip(one.get_weights(), two.get_weights(), strict=False):
        np.testing.assert_array_equal(a, b)
    assert (
        meta["best"] == other["best"] and meta["class_name"] == "LineSeq2Seq" and meta["finished"]
    )
    assert meta["metrics"]["held_out_perplexity"] < 40, "of some 40 words"


def test_it_sings_in_the_terminal(runs, capsys):
    capsys.readouterr()
    explore.lyrics.__main__.main(
        ["the sea", "--run", "whole", "--lines", "4", "--checkpoint-dir", str(runs)]
    )
    assert capsys.readouterr().out.startswith("The sea")
    assert (
        (runs / "lyrics" / "whole" / "samples" / "epoch-002.txt")
        .read_text()
        .startswith("Hello world")
    )


def test_the_page_does_without_it(runs, tmp_path, capsys):
    args = ["--checkpoint-dir", runs, "--out", tmp_path / "out"]
    assert_main_refuses(capsys, tfjs.main, ["lyrics/whole", *args], "lyrics/whole", "whole lines")
    assert_main_refuses(capsys, tfjs.main, args, "no runs to export")
    (tmp_path / "lyrics").symlink_to(runs / "lyrics")
    (tmp_path / "addition").mkdir()
    (tmp_path / "addition" / "original").symlink_to(ROOT / "checkpoints" / "addition" / "original")
    tfjs.main(["--checkpoint-dir", str(tmp_path), "--out", str(tmp_path / "out")])
    assert "lyrics/whole  not shown on the site" in capsys.readouterr().out
    assert [
        model["run"]
        for model in json.loads((tmp_path / "out" / "index.json").read_text())["models"]
    ] == ["original"]
