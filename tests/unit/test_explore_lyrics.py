"""The measures of the lyrics: what they say of a network agrees with a slower way of asking."""

import shutil

import numpy as np
import pytest

from common.cli import GeneError
from common.files import read_json
from explore.lyrics import __main__ as lyrics
from explore.lyrics.measure import judge_song
from generate.lyrics.song import step_of
from generate.runs import load_lyrics


@pytest.mark.parametrize("run", ["tiny", "glance"])
def test_a_song_judged_at_once_is_the_song_judged_word_by_word(checkpoints, run):
    network, vocabulary, _ = load_lyrics(checkpoints / "lyrics" / run)
    song = np.array([1, *np.random.default_rng(0).integers(3, len(vocabulary), 30), 1], "int32")
    nats, right = judge_song(network, song)
    step, state = step_of(network), None
    for i, word in enumerate(song[:-1]):
        scores, state = step(word, state)
        chance = np.exp(scores) / np.exp(scores).sum()
        assert nats[i] == pytest.approx(-np.log(chance[song[i + 1]]), abs=1e-4)
        assert right[i] == (scores.argmax() == song[i + 1])


def test_songs_too_short_to_be_sung_against_are_refused(checkpoints, songs, tmp_path):
    with pytest.raises(GeneError, match="long enough"):
        lyrics.main(
            [
                "measure",
                "--checkpoint-dir",
                str(checkpoints),
                "--songs",
                str(songs),
                "--cache-dir",
                str(tmp_path),
            ]
        )


def test_the_table_names_every_run_and_is_kept(checkpoints, songs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("explore.lyrics.batch_generate.LINES", 8)
    shutil.copytree(checkpoints, tmp_path / "checkpoints")
    lyrics.main(
        [
            "measure",
            "--checkpoint-dir",
            str(tmp_path / "checkpoints"),
            "--songs",
            str(songs),
            "--count",
            "3",
            "--guarded",
            "3",
            "--cache-dir",
            str(tmp_path),
        ]
    )
    printed = capsys.readouterr().out
    head, _, perplexity, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines()
    ]
    assert (
        head == ["", "glance", "tiny", "songs of people", "goal"] and perplexity[0] == "perplexity"
    )
    assert 1 < float(perplexity[2]) < 30 and all(row[1] and row[2] for row in rows)
    folder = tmp_path / "checkpoints" / "lyrics"
    assert (folder / "table.md").read_text() == printed
    assert read_json(folder / "tiny" / "meta.json")["metrics"]["test"][
        "perplexity"
    ] == pytest.approx(float(perplexity[2]), abs=0.06)
