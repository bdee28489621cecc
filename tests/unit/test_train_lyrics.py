"""Training from the command line: it learns, stops on request, and reports problems."""

import contextlib
import csv
import json
import os
import resource
import signal

import common.keras_quiet  # noqa: F401

import pytest

import train.lyrics.__main__
from common.cli import exit_on_error
from tests.helpers import (
    TINY,
    assert_main_refuses,
    assert_refused,
    fork_server,
    run_module,
    write_table,
)


def args(songs, folder, *more):
    return [
        "--songs",
        songs,
        "--checkpoint-dir",
        folder,
        "--cache-dir",
        folder / "cache",
        "--run",
        "r",
        *more,
    ]


def learn(*arguments):
    """Train in this process."""
    train.lyrics.__main__.main([str(argument) for argument in arguments])


def test_a_run_folder_holds_what_it_should(checkpoints):
    run = checkpoints / "lyrics" / "tiny"
    meta = json.loads((run / "meta.json").read_text())
    assert (
        meta["task"] == "lyrics"
        and meta["recipe"] == "quick"
        and meta["epoch"] == 2
        and meta["finished"]
    )
    assert (
        meta["args"]["embedding_dim"] == 8
        and meta["args"]["seed"] == 1
        and "keras" in meta["versions"]
    )
    assert meta["command"].startswith("python -m train.lyrics --recipe quick")
    assert meta["data"]["songs"]["training"] > 30 and meta["metrics"]["held_out_perplexity"] > 1
    rows = list(csv.DictReader(open(run / "history.csv", encoding="utf-8")))
    assert [row["epoch"] for row in rows] == ["1", "2"] and float(rows[1]["cross_entropy"]) < float(
        rows[0]["cross_entropy"]
    )
    assert (run / "samples" / "epoch-002.txt").read_text().startswith("Hello world")
    assert (run / "history.png").stat().st_size > 1000
    preview = (run / "preview.html").read_text()
    assert "finished, epoch 2: loss" in preview and "http-equiv" not in preview
    assert preview.count("<pre>Hello world") == 2, "the song of each epoch"


@pytest.mark.slow
def test_ctrl_c_saves_and_says_how_to_go_on(songs, tmp_path):
    endless = ["--recipe", "gene-lyrica-two", *TINY, "--epochs", 500, "--patience", 500]
    process = fork_server().start(tmp_path, "train.lyrics", *endless, *args(songs, tmp_path))
    state = tmp_path / "lyrics" / "r" / "state.npz"
    while not state.exists():
        assert process.is_alive()
    os.kill(process.pid, signal.SIGINT)
    process.wait()
    assert process.returncode == 130 and "--resume" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.slow
def test_early_stopping_remembers_its_patience(songs, tmp_path):
    run = tmp_path / "lyrics" / "r" / "meta.json"
    wild = ["--recipe", "gene-lyrica-two", *TINY, "--learning-rate", 2, "--patience", 1]
    learn(*wild, "--epochs", 40, *args(songs, tmp_path))
    first = json.loads(run.read_text())
    assert first["wait"] == 1 and first["epoch"] < 40
    learn(*args(songs, tmp_path), "--resume")
    assert json.loads(run.read_text())["epoch"] == first["epoch"]


@pytest.mark.parametrize(
    "more, words",
    [
        (["--epochs", "0"], ["--epochs", "'0'"]),
        (["--dropout", "1.5"], ["--dropout", "1.5"]),
        (["--units", "many"], ["--units", "many"]),
        (["--recipe", "none"], ["--recipe", "none"]),
        (["--artists", "Nobody"], ["no songs by nobody"]),
        (
            ["--min-count", "1000000"],
            ["100% of the words are not in the vocabulary", "--min-count 1"],
        ),
        (["--min-songs", "1000"], ["no songs are left"]),
        (["--resume"], ["no such run"]),
        (["--no-such-flag"], ["--no-such-flag"]),
    ],
)
def test_wrong_flags_are_refused_in_a_line(songs, tmp_path, capsys, more, words):
    assert_main_refuses(capsys, train.lyrics.__main__.main, [*args(songs, tmp_path), *more], *words)


def test_an_error_ends_with_status_2_and_no_traceback(songs, tmp_path):
    assert_refused(run_module("train.lyrics", *args(tmp_path / "none.csv", tmp_path)), "none.csv")
    assert_refused(
        run_module("train.lyrics", *args(songs, tmp_path), "--epochs", "many"), "--epochs"
    )


def test_a_folder_that_holds_another_run_is_refused(songs, checkpoints, capsys):
    shared = ["--songs", songs, "--checkpoint-dir", checkpoints, "--run", "tiny"]
    assert_main_refuses(capsys, train.lyrics.__main__.main, shared, "--resume", "--run NAME")
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*shared, "--recipe", "gene-lyrica-one", "--resume"],
        "recipe quick",
    )
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*shared, "--embedding-dim", 16, "--resume"],
        "--embedding-dim",
    )


@pytest.mark.slow
def test_a_damaged_state_is_refused(songs, tmp_path, capsys):
    learn(*TINY, "--epochs", 1, *args(songs, tmp_path))
    state = tmp_path / "lyrics" / "r" / "state.npz"
    state.write_bytes(state.read_bytes()[:1000])
    assert_main_refuses(
        capsys,
        train.lyrics.__main__.main,
        [*args(songs, tmp_path), "--resume"],
        "state.npz",
        "damaged",
    )


@contextlib.contextmanager
def largest_file(size):
    """A limit on the size of the files that this process writes, in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
@pytest.mark.parametrize("size", [200, 5000, 20_000])
def test_a_full_disk_is_told_in_a_line(songs, tmp_path, capsys, size):
    """A limit on file sizes stands for a full disk: corpus, state or network cannot be written."""
    main = exit_on_error()(train.lyrics.__main__.main)
    with largest_file(size):
        assert_main_refuses(
            capsys, main, [*TINY, "--epochs", 1, *args(songs, tmp_path)], "File too large"
        )
    assert not [path for path in tmp_path.rglob(".*-*")], "nothing half-written is left"


@pytest.mark.slow
def test_songs_that_changed_are_refused_on_resume(tmp_path, capsys):
    rows = [(f"A{i}", "t", "", "la la lo\n" * 8) for i in range(60)]
    table = write_table(tmp_path / "t.csv", rows)
    learn(*TINY, "--epochs", 1, *args(table, tmp_path))
    write_table(table, rows[:50])
    again = [*args(table, tmp_path), "--resume", "--epochs", 2]
    assert_main_refuses(capsys, train.lyrics.__main__.main, again, "has changed", "--run NAME")


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["quick", "gene-lyrica-one", "next-line"])
def test_one_song_trains(tmp_path, recipe, capsys):
    song = "\n".join(f"静かな梯子、私の港に答える{i}。" for i in range(6))
    table = write_table(tmp_path / "t.csv", [("A", "t", "", song)])
    learn("--recipe", recipe, *TINY, "--epochs", 1, *args(table, tmp_path))
    out = capsys.readouterr().out
    assert "what to expect: with so few songs" in out and "songs: 1 by 1 artist" in out
    assert len((tmp_path / "lyrics" / "r" / "samples" / "epoch-001.txt").read_text()) > 20
