"""`python -m explore.lyrics`: its commands, and its measurements against a slower implementation."""

import shutil
from random import Random

import numpy as np
import pytest

from common.cli import GeneError
from common.files import read_json, write_json
from data.lyrics.songs import songs_sha256
from explore.lyrics import __main__ as lyrics
from explore.lyrics import measure
from explore.lyrics.prediction import score_song
from explore.lyrics.table import ROWS
from generate.lyrics.song_cache import apply_song_cache
from generate.lyrics.songwriter import load_model
from tests.helpers import write_table

LAST_EPOCH = 77


@pytest.mark.parametrize("run, cache_weight", [("tiny", 0.0), ("tiny", 0.3), ("glance", 0.0)])
def test_a_song_scored_at_once_is_the_song_scored_token_by_token(checkpoints, run, cache_weight):
    network, vocabulary, _ = load_model(checkpoints / "lyrics" / run)
    line = np.random.default_rng(0).integers(3, len(vocabulary), 15)
    song = np.array([1, *line, *line, 1], "int32")
    cross_entropy, is_right = score_song(network, song, cache_weight=cache_weight)
    state = network.start(1)
    for i, token in enumerate(song[:-1]):
        logits, state = network.step(np.array([token], "int32"), state)
        logits = np.array(logits, "float64")[0]
        apply_song_cache(song[: i + 1].tolist(), logits, cache_weight)
        probabilities = np.exp(logits) / np.exp(logits).sum()
        assert cross_entropy[i] == pytest.approx(-np.log(probabilities[song[i + 1]]), abs=1e-4)
        assert is_right[i] == (logits.argmax() == song[i + 1])


@pytest.fixture
def measured(checkpoints, tmp_path):
    """Flags that measure the tiny runs with 60 songs that are not alike, so that some are held out."""
    words = "the boat is on sea blue and wide a bird we sing with wind goes by oh".split()
    random = Random(4)
    rows = [
        (
            "Band",
            f"Song {i}",
            "",
            "\n".join(" ".join(random.choices(words, k=5)) for _ in range(11)),
        )
        for i in range(60)
    ]
    songs = write_table(tmp_path / "songs.csv", rows)
    shutil.copytree(checkpoints, tmp_path / "checkpoints")
    for path in (tmp_path / "checkpoints" / "lyrics").glob("*/meta.json"):
        meta = read_json(path)
        meta["data"]["songs_sha256"] = songs_sha256(songs)
        write_json(path, meta)
    folders = ["--checkpoint-dir", tmp_path / "checkpoints", "--cache-dir", tmp_path]
    return list(map(str, ["--songs", songs, *folders]))


def while_training_ends(measure_songs):
    """Return a function that measures songs of a run whose training ends at the same time."""

    def measure_and_train(this, args, excerpts):
        measured = measure_songs(this, args, excerpts)
        path = this.folder / "meta.json"
        write_json(path, read_json(path) | {"epoch": LAST_EPOCH})
        return measured

    return measure_and_train


def test_songs_that_are_too_short_to_compare_with_are_refused_at_once(measured, monkeypatch):
    monkeypatch.setattr(measure, "measure_prediction", lambda this: pytest.fail("takes minutes"))
    with pytest.raises(GeneError, match="long enough"):
        lyrics.main(["measure", *measured])


def test_the_table_names_every_run_and_is_saved(measured, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("explore.lyrics.batch_generate.EXCERPT_LINES", 8)
    monkeypatch.setattr("explore.lyrics.prediction.NUM_TRAINING_SONGS", 5)
    monkeypatch.setattr(measure, "measure_songs", while_training_ends(measure.measure_songs))
    lyrics.main(["measure", *measured, "--num-songs", "3", "--num-loop-songs", "3"])
    printed = capsys.readouterr().out
    head, _, perplexity, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()
    ]
    assert head == ["", "glance", "tiny", "human songs", "goal"]
    assert perplexity[0] == ROWS["perplexity"].label
    assert 1 < float(perplexity[2]) < 30 and all(row[2] for row in rows)
    without_titles = [row[0] for row in rows if not row[1]]
    assert without_titles == [ROWS["perplexity_title_given"].label]
    folder = tmp_path / "checkpoints" / "lyrics"
    assert (folder / "table.md").read_text() == printed
    meta = read_json(folder / "tiny" / "meta.json")
    assert meta["epoch"] == LAST_EPOCH
    metrics = meta["metrics"]["test"]
    assert metrics["perplexity"] == pytest.approx(float(perplexity[2]), abs=0.06)
    assert set(metrics) <= {*ROWS, "copied_phrase_length"}
    assert 0 < metrics["accuracy_training_songs"] < 1


def test_the_table_of_one_run_leaves_that_of_several(tmp_path):
    assert measure.table_path(tmp_path, ["a"]) == tmp_path / "a" / "table.md"
    assert measure.table_path(tmp_path, ["a", "b"]) == tmp_path / "table.md"


def test_words_need_no_quotes_and_any_prompt_is_possible(checkpoints, capsys):
    def written(*words):
        flags = ["--run", "tiny", "--checkpoint-dir", str(checkpoints), "--lines", "3"]
        lyrics.main([*words, *flags])
        return capsys.readouterr().out

    song = written("the sea")
    assert song.startswith("The sea") and song == written("the", "sea") == written(
        "write", "the sea"
    )
    assert written("write", "measure").startswith("Measure")
    assert written().startswith("Hello world")
