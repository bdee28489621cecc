"""Several processes train as one: real processes on loopback, each kind of batch, and one of them killed.

Every step waits for the other process a few dozen times, so the trainings here are a handful of steps.
"""

import csv
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.helpers import ROOT, TINY_AVATARS, assert_main_refuses, assert_refused, run_module
from tests.unit.test_digits import TINY as TINY_DIGITS
from tests.unit.test_digits import few, mnist  # noqa: F401
from train.core import lifeline
from train.lyrics import __main__ as lyrics

ENGINE = os.environ | {"KERAS_BACKEND": "jax"}
LYRICS = ["--width", 8, "--units", 12, "--lanes", 48, "--length", 4, "--min-count", 1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def start(count, module, *arguments):
    """`count` processes of a training, started at once."""
    command = [
        sys.executable,
        "-m",
        module,
        *map(str, arguments),
        "--coordinator",
        f"127.0.0.1:{free_port()}",
        "--processes",
        str(count),
        "--index",
    ]
    return [
        subprocess.Popen(
            [*command, str(index)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for index in range(count)
    ]


def end(processes):
    """Wait until the processes have ended: each as CompletedProcess."""
    try:
        return [
            subprocess.CompletedProcess(
                process.args, process.wait(), *process.communicate(timeout=300)
            )
            for process in processes
        ]
    finally:
        for process in processes:
            process.kill()


def one_and_two(folder, module, *arguments):
    """The folders of a run of one process and of the same run of two."""
    alone = run_module(module, *arguments, "--checkpoint-dir", folder, "--run", "one", env=ENGINE)
    assert alone.returncode == 0, alone.stderr
    first, second = end(start(2, module, *arguments, "--checkpoint-dir", folder, "--run", "two"))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert first.stdout and (second.stdout, second.stderr) == ("", ""), "process 0 alone speaks"
    network = module.removeprefix("train.")
    return folder / network / "one", folder / network / "two"


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [
            {name: float(value) for name, value in row.items() if name != "seconds"}
            for row in csv.DictReader(file)
        ]


def assert_same(one, two, table="history.csv"):
    """Two runs whose tables are the same to 1e-4."""
    ours, theirs = rows(one / table), rows(two / table)
    assert len(ours) == len(theirs) > 0
    for a, b in zip(ours, theirs):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-4)


def test_one_is_killed_and_another_number_goes_on(songs, tmp_path):
    recipe = [
        "train.lyrics",
        "--recipe",
        "gene-lyrica-two",
        *LYRICS,
        "--epochs",
        3,
        "--save-steps",
        1,
        "--songs",
        songs,
        "--cache-dir",
        tmp_path / "cache",
        "--checkpoint-dir",
        tmp_path,
    ]
    unbroken = run_module(*recipe, "--run", "one", env=ENGINE)
    assert unbroken.returncode == 0, unbroken.stderr
    processes, state = start(2, *recipe, "--run", "two"), tmp_path / "lyrics" / "two" / "state.npz"
    while not state.exists():
        assert all(process.poll() is None for process in processes), end(processes)
        time.sleep(0.05)
    processes[1].kill()
    first, second = end(processes)
    assert second.returncode == -signal.SIGKILL
    assert_refused(first, "process 1 of the training is gone", "--resume")
    for process in end(start(3, *recipe, "--run", "two", "--resume")):
        assert process.returncode == 0, process.stderr
    assert_same(tmp_path / "lyrics" / "one", tmp_path / "lyrics" / "two")


def test_windows_with_a_smaller_last_batch(songs, tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.lyrics",
            "--recipe",
            "gene-lyrica-one",
            *LYRICS,
            "--lanes",
            160,
            "--epochs",
            1,
            "--songs",
            songs,
            "--cache-dir",
            tmp_path / "cache",
        )
    )


def test_the_words_drawn_for_a_sampled_softmax_are_the_same(songs, tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.lyrics",
            *LYRICS,
            "--sampled",
            12,
            "--epochs",
            1,
            "--songs",
            songs,
            "--cache-dir",
            tmp_path / "cache",
        )
    )


def test_avatars(tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.avatars",
            "--recipe",
            "ellipses-white",
            *TINY_AVATARS,
            "--epochs",
            1,
            "--cache-dir",
            tmp_path / "cache",
        )
    )


def test_digits_changed_against_the_network(few, tmp_path):  # noqa: F811
    one, two = one_and_two(
        tmp_path,
        "train.digits",
        "--recipe",
        "robust",
        *TINY_DIGITS,
        "--channels",
        4,
        6,
        "--downsample",
        1,
        1,
        "--replay-steps",
        2,
        "--batch-size",
        160,
        "--epochs",
        1,
        "--mnist",
        few,
    )
    assert_same(one, two)
    assert (one / "samples" / "confusion.csv").read_text() == (
        two / "samples" / "confusion.csv"
    ).read_text()


def test_features(tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.attributes",
            "--count",
            128,
            "--batch",
            32,
            "--widths",
            4,
            4,
            "--size",
            8,
            "--epochs",
            1,
            "--cache-dir",
            tmp_path / "cache",
        )
    )


@pytest.mark.parametrize("recipe, hidden", [("sweep", [1, 2, 4]), ("original", [1, 2, 4])])
def test_additions_share_out_their_networks(tmp_path, recipe, hidden):
    one, two = one_and_two(
        tmp_path,
        "train.addition",
        "--recipe",
        recipe,
        "--hidden",
        *hidden,
        "--max-sum",
        16,
        "--seeds",
        1,
        "--biases",
        "without",
        "--epochs",
        6,
    )
    assert_same(one, two, "table.csv")


@pytest.mark.parametrize(
    "wrong, words",
    [
        (["--index", 0], ["go together"]),
        (["--coordinator", "here:1", "--processes", 2, "--index", 2], ["--index", "0 to 1"]),
        (["--coordinator", "here", "--processes", 2, "--index", 0], ["--coordinator", "HOST:PORT"]),
        (
            ["--coordinator", "here:1", "--processes", 2, "--index", 0],
            ["--coordinator", "JAX", "tensorflow"],
        ),
    ],
)
def test_wrong_flags_are_refused_in_a_line(songs, tmp_path, capsys, wrong, words):
    assert_main_refuses(
        capsys, lyrics.main, ["--songs", songs, "--checkpoint-dir", tmp_path, *wrong], *words
    )
    assert not (tmp_path / "lyrics").exists()


def test_processes_that_do_not_fit_are_refused(songs, tmp_path):
    """Of two a batch of 48 - 1 rows cannot be split; and one knows other flags than the other."""
    recipe = [
        "train.lyrics",
        *LYRICS,
        "--lanes",
        47,
        "--songs",
        songs,
        "--cache-dir",
        tmp_path / "cache",
        "--checkpoint-dir",
        tmp_path,
    ]
    for process in end(start(2, *recipe)):
        assert_refused(process, "47 rows", "--lanes")


@pytest.fixture
def watched(monkeypatch):
    """The Watch over process 1, the end of the line that process 1 has, and the processes found to be gone."""
    gone = []
    monkeypatch.setattr(lifeline, "PARTING", 1)
    monkeypatch.setattr(lifeline.Watch, "_end", lambda watch, index: gone.append(index))
    ours, theirs = socket.socketpair()
    yield lifeline.Watch({1: ours}, None), theirs, gone
    ours.close()


def test_who_says_goodbye_leaves_the_others_time_to_do_the_same(watched):
    """Or both would tell of an error of their own, and one of them that the other is gone besides."""
    watch, theirs, gone = watched
    theirs.sendall(b".!.")
    time.sleep(0.2)
    watch.goodbye()
    time.sleep(2)
    assert gone == []


def test_who_says_goodbye_is_gone_in_the_end(watched):
    _, theirs, gone = watched
    theirs.sendall(b"!")
    time.sleep(0.5)
    assert gone == []
    time.sleep(1.5)
    assert gone == [1]


def test_who_says_nothing_is_gone_at_once(watched):
    _, theirs, gone = watched
    theirs.close()
    time.sleep(0.5)
    assert gone == [1]
