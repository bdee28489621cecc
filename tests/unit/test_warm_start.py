"""Warm start and artist conditioning, through the command line."""

import numpy as np
import pytest

import explore.lyrics.__main__
import train.lyrics.__main__
from common.files import read_json
from generate.lyrics.songwriter import load_model
from tests.helpers import TINY, assert_main_refuses, write_table
from train.lyrics.warm_start import warm_start


@pytest.fixture(scope="module")
def runs(songs, tmp_path_factory):
    """A folder with `first`, and `second`, which began with it, knows artists and other words."""
    folder = tmp_path_factory.mktemp("beginning")
    lines = ["the sea is new", "a new boat sings", "oh new new wind", "the wind is new", "new bird"]
    rows = [
        (f"Band {i % 3}", "t", "", "\n".join(lines[i * k % 5] for k in range(1, 9 + i)))
        for i in range(60)
    ]
    learn(folder, songs, "first")
    learn(
        folder,
        write_table(folder / "other.csv", rows),
        "second",
        "--init-from",
        "first",
        "--condition-on-artist",
    )
    return folder


def learn(folder, table, run, *more):
    train.lyrics.__main__.main(
        [
            "--recipe",
            "quick",
            *TINY,
            "--songs",
            str(table),
            "--checkpoint-dir",
            str(folder),
            "--run",
            run,
            "--cache-dir",
            str(folder / "cache"),
            "--epochs",
            "1",
            *more,
        ]
    )


def test_words_that_both_know_keep_their_vectors(runs):
    first, words, _ = load_model(runs / "lyrics" / "first")
    second, others, meta = load_model(runs / "lyrics" / "second")
    assert meta["args"]["init_from"] == "first" and second.num_artist_tokens == 4
    before = [
        np.array(weight) for weight in (second.token_embedding.table, *second.lstms[0].weights)
    ]
    warm_start(runs / "lyrics" / "first", second, others)
    table = np.array(second.token_embedding.table)
    for word, row in zip(others.words, table, strict=False):
        if word in words.words:
            np.testing.assert_array_equal(
                row, np.array(first.token_embedding.table)[words.words.index(word)]
            )
    new = others.words.index("new")
    np.testing.assert_array_equal(table[new], before[0][new])
    np.testing.assert_array_equal(table[len(others) :], before[0][len(others) :])
    for mine, theirs in zip(second.lstms[0].weights, first.lstms[0].weights, strict=False):
        np.testing.assert_array_equal(mine, theirs)


def test_all_words_of_the_first_run_are_kept(runs):
    _, words, _ = load_model(runs / "lyrics" / "first")
    _, union, meta = load_model(runs / "lyrics" / "second")
    assert union.words[: len(words)] == words.words and "new" in union.words[len(words) :]
    assert union.counts[union.words.index("blue")] == 0 < union.counts[union.words.index("new")]
    assert meta["data"]["base_vocabulary_sha256"] == words.sha256()


def test_a_run_that_is_missing_or_of_another_size_is_refused(runs, songs, capsys):
    shared = [
        *TINY,
        "--songs",
        songs,
        "--checkpoint-dir",
        runs,
        "--cache-dir",
        runs / "cache",
        "--run",
        "third",
        "--overwrite",
    ]
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*shared, "--init-from", "none-such"],
        "--init-from",
        "none-such",
    )
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*shared, "--init-from", "first", "--units", 16],
        "--units 12",
    )
    window = [*shared, "--recipe", "gene-lyrica-one"]
    assert_main_refuses(
        capsys, train.lyrics.__main__.main, [*window, "--init-from", "first"], "--init-from"
    )
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*window, "--condition-on-artist"],
        "--condition-on-artist",
    )


def test_a_song_in_the_style_of_an_artist_and_in_a_form(runs, capsys):
    def written(*more):
        explore.lyrics.__main__.main(
            [
                "the sea",
                "--checkpoint-dir",
                str(runs),
                "--run",
                "second",
                "--temperature",
                "0",
                *more,
            ]
        )
        return capsys.readouterr().out

    assert written("--artist", "band 2").startswith("The sea")
    song = written("--form", "aa BB BB")
    assert [len(stanza.splitlines()) for stanza in song.strip().split("\n\n")] == [2, 2, 2]
    assert song.strip().split("\n\n")[1] == song.strip().split("\n\n")[2]
    shared = ["--checkpoint-dir", runs, "--run", "second"]
    assert_main_refuses(
        capsys,
        explore.lyrics.__main__.main,
        [*shared, "--artist", "Nobody"],
        "artist",
        "Nobody",
        "Band 1",
    )
    assert_main_refuses(
        capsys,
        explore.lyrics.__main__.main,
        [*shared[:2], "--run", "first", "--artist", "x"],
        "not trained with artists",
    )
    assert_main_refuses(
        capsys, explore.lyrics.__main__.main, [*shared, "--form", "a1"], "form 'a1'"
    )


def test_the_artists_are_in_the_meta(runs):
    assert read_json(runs / "lyrics" / "second" / "meta.json")["data"]["artists"] == [
        "Band 0",
        "Band 1",
        "Band 2",
    ]
