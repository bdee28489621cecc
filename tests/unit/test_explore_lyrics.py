"""`python -m explore.lyrics`: its commands, and measurements that agree with a slower way of measuring."""

import shutil

import numpy as np
import pytest

from common.cli import GeneError
from common.files import read_json
from explore.lyrics import __main__ as lyrics
from explore.lyrics.measure import score_song
from explore.lyrics.table import ROWS
from generate.lyrics.songwriter import load_model


@pytest.mark.parametrize("run", ["tiny", "glance"])
def test_a_song_scored_at_once_is_the_song_scored_token_by_token(checkpoints, run):
    network, vocabulary, _ = load_model(checkpoints / "lyrics" / run)
    song = np.array([1, *np.random.default_rng(0).integers(3, len(vocabulary), 30), 1], "int32")
    cross_entropy, is_right = score_song(network, song)
    state = network.start(1)
    for i, token in enumerate(song[:-1]):
        logits, state = network.step(np.array([token], "int32"), state)
        logits = np.array(logits)[0]
        probabilities = np.exp(logits) / np.exp(logits).sum()
        assert cross_entropy[i] == pytest.approx(-np.log(probabilities[song[i + 1]]), abs=1e-4)
        assert is_right[i] == (logits.argmax() == song[i + 1])


def test_songs_that_are_too_short_to_compare_with_are_refused(checkpoints, songs, tmp_path):
    flags = ["--checkpoint-dir", checkpoints, "--songs", songs, "--cache-dir", tmp_path]
    with pytest.raises(GeneError, match="long enough"):
        lyrics.main(["measure", *map(str, flags)])


def test_the_table_names_every_run_and_is_saved(checkpoints, songs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("explore.lyrics.batch_generate.EXCERPT_LINES", 8)
    shutil.copytree(checkpoints, tmp_path / "checkpoints")
    flags = ["--checkpoint-dir", tmp_path / "checkpoints", "--songs", songs]
    flags += ["--num-songs", 3, "--num-loop-songs", 3, "--cache-dir", tmp_path]
    lyrics.main(["measure", *map(str, flags)])
    printed = capsys.readouterr().out
    head, _, perplexity, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()
    ]
    assert head == ["", "glance", "tiny", "human songs", "goal"]
    assert perplexity[0] == ROWS["perplexity"].label
    assert 1 < float(perplexity[2]) < 30 and all(row[1] and row[2] for row in rows)
    folder = tmp_path / "checkpoints" / "lyrics"
    assert (folder / "table.md").read_text() == printed
    metrics = read_json(folder / "tiny" / "meta.json")["metrics"]["test"]
    assert metrics["perplexity"] == pytest.approx(float(perplexity[2]), abs=0.06)
    assert set(metrics) <= {*ROWS, "copied_phrase_length"}
    assert 0 < metrics["accuracy_training_songs"] < 1


def test_words_need_no_quotes_and_any_prompt_is_possible(checkpoints, capsys):
    def written(*words):
        flags = ["--run", "tiny", "--checkpoint-dir", str(checkpoints), "--lines", "3"]
        lyrics.main([*words, *flags])
        return capsys.readouterr().out

    song = written("the sea")
    assert song.startswith("the sea") and song == written("the", "sea") == written(
        "write", "the sea"
    )
    assert written("write", "measure").startswith("measure")
    assert written().startswith("hello world")
