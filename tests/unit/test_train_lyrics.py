"""Training from the command line: it learns, survives a kill, and reports what is wrong."""

import csv
import json
import random
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import train.lyrics.__main__
from common.checkpoint import load_run
from models.lyrics import LSTMLanguageModel
from tests.helpers import ROOT, TINY, assert_main_refuses, assert_refused, run_module, write_table


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


def endless(songs, tmp_path):
    """The command of a training that nobody waits for."""
    return [
        sys.executable,
        "-m",
        "train.lyrics",
        "--recipe",
        "gene-lyrica-two",
        *TINY,
        "--epochs",
        "500",
        "--patience",
        "500",
        *map(str, args(songs, tmp_path)),
    ]


def weights(folder):
    network, meta = load_run(folder / "lyrics" / "r", "lyrics", [LSTMLanguageModel])
    return [np.asarray(v) for v in network.weights], meta


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
    assert (run / "samples" / "epoch-002.txt").read_text().startswith("hello world")
    assert (run / "history.png").stat().st_size > 1000


def test_killed_three_times_it_ends_at_the_same_weights(songs, tmp_path):
    recipe = [
        "--recipe",
        "gene-lyrica-two",
        *TINY,
        "--epochs",
        6,
        "--patience",
        9,
        "--save-steps",
        3,
    ]
    unbroken = run_module("train.lyrics", *recipe, *args(songs, tmp_path / "a"))
    assert unbroken.returncode == 0, unbroken.stderr
    source, resumed = random.Random(5), 0
    command = [
        sys.executable,
        "-m",
        "train.lyrics",
        *map(str, [*recipe, *args(songs, tmp_path / "b")]),
    ]
    state = tmp_path / "b" / "lyrics" / "r" / "state.npz"
    for _ in range(3):
        more = ["--resume"] if state.exists() else ["--overwrite"]
        before = state.stat().st_mtime_ns if state.exists() else 0
        process = subprocess.Popen(
            [*command, *more], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while process.poll() is None and (not state.exists() or state.stat().st_mtime_ns == before):
            time.sleep(0.01)
        time.sleep(source.uniform(0, 0.4))
        process.kill()
        resumed += process.wait() == -signal.SIGKILL
    assert resumed >= 2, "the run ended before it was killed"
    last = run_module("train.lyrics", *recipe, *args(songs, tmp_path / "b"), "--resume")
    assert last.returncode == 0, last.stderr
    (one, meta_one), (two, meta_two) = weights(tmp_path / "a"), weights(tmp_path / "b")
    for a, b in zip(one, two, strict=False):
        np.testing.assert_array_equal(a, b)
    assert meta_one["best"] == meta_two["best"]
    histories = [(tmp_path / name / "lyrics" / "r" / "history.csv").read_text() for name in "ab"]
    assert histories[0] == histories[1]


def test_ctrl_c_saves_and_says_how_to_go_on(songs, tmp_path):
    process = subprocess.Popen(
        endless(songs, tmp_path),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "held out" not in process.stdout.readline():
        assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "--resume" in errors and "Traceback" not in errors
    assert (tmp_path / "lyrics" / "r" / "state.npz").exists()


@pytest.mark.slow
def test_early_stopping_remembers_its_patience(songs, tmp_path):
    run = tmp_path / "lyrics" / "r" / "meta.json"
    wild = ["--recipe", "gene-lyrica-two", *TINY, "--learning-rate", 2, "--patience", 1]
    learn(*wild, "--epochs", 40, *args(songs, tmp_path))
    first = json.loads(run.read_text())
    assert first["wait"] == 1 and first["epoch"] < 40
    learn(*args(songs, tmp_path), "--resume")
    assert json.loads(run.read_text())["epoch"] == first["epoch"]


def test_two_processes_cannot_share_a_folder(songs, tmp_path):
    process = subprocess.Popen(
        endless(songs, tmp_path),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        while "held out" not in process.stdout.readline():
            assert process.poll() is None
        assert_refused(
            run_module("train.lyrics", *args(songs, tmp_path), "--resume"), "another process"
        )
        assert_refused(
            run_module("train.lyrics", *args(songs, tmp_path), "--overwrite"), "another process"
        )
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    "more, words",
    [
        (["--epochs", "0"], ["--epochs", "'0'"]),
        (["--dropout", "1.5"], ["--dropout", "1.5"]),
        (["--units", "many"], ["--units", "many"]),
        (["--recipe", "none"], ["--recipe", "none"]),
        (["--batch-size", "65536", "--sequence-length", "1024"], ["too few: one batch"]),
        (["--artists", "Nobody"], ["no songs by nobody"]),
        (["--min-songs", "1000"], ["no songs are left"]),
        (["--resume"], ["meta.json"]),
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
    assert_main_refuses(capsys, train.lyrics.__main__.main, shared, "--resume", "--overwrite")
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


@pytest.mark.parametrize("bytes_left", [200, 5000, 20_000])
def test_a_full_disk_is_told_in_a_line(songs, tmp_path, bytes_left):
    """A limit on file sizes stands for a full disk: corpus, state or network cannot be written."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    assert_refused(
        run_module(
            "train.lyrics",
            *TINY,
            "--epochs",
            1,
            *args(songs, tmp_path),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left)),
        )
    )
    assert not [path for path in tmp_path.rglob(".*-*")], "nothing half-written is left"


@pytest.mark.slow
def test_songs_that_changed_are_refused_on_resume(tmp_path, capsys):
    rows = [(f"A{i}", "t", "", "la la lo\n" * 8) for i in range(60)]
    table = write_table(tmp_path / "t.csv", rows)
    learn(*TINY, "--epochs", 1, *args(table, tmp_path))
    write_table(table, rows[:50])
    again = [*args(table, tmp_path), "--resume", "--epochs", 2]
    assert_main_refuses(capsys, train.lyrics.__main__.main, again, "has changed", "--overwrite")
