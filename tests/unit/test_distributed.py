"""Distributed training: real processes on loopback, every kind of batch, and a killed process.

Every step waits for the other process a few dozen times, so these trainings take a few steps only.
"""

import csv
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.helpers import ROOT, TINY_AVATARS, assert_main_refuses, assert_refused, run_module
from tests.unit.test_digits import TINY as TINY_DIGITS
from tests.unit.test_digits import few, mnist  # noqa: F401
from train.lyrics import __main__ as lyrics

pytestmark = pytest.mark.slow

JAX = os.environ | {"KERAS_BACKEND": "jax"}
ADDRESS = ["--coordinator-address"]
PROCESSES = ["--num-processes"]
LYRICS = [
    *["--embedding-dim", 8, "--units", 12, "--batch-size", 48, "--min-count", 1],
    *["--sequence-length", 4, "--context-length", 4],
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def popen(command, **options):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, text=True, **pipes, **options)


def start(count, module, *arguments):
    """Start `count` processes of one training."""
    command = [sys.executable, "-m", module, *arguments]
    if count == 1:
        return [popen(command, env=JAX)]
    command += ["--coordinator-address", f"127.0.0.1:{free_port()}", "--num-processes", count]
    return [popen([*command, "--process-id", index]) for index in range(count)]


def mpirun(count, module, *arguments):
    """Run `count` processes of one training under Open MPI, without any flags about them."""
    command = ["mpirun", "-np", count, "--allow-run-as-root", "--oversubscribe"]
    [process] = end([popen([*command, sys.executable, "-m", module, *arguments])])
    return process


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
    alone = run_module(module, *arguments, "--checkpoint-dir", folder, "--run", "one", env=JAX)
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
    for a, b in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, rel=1e-4, abs=1e-4)


@pytest.fixture(scope="module")
def recipe(songs, tmp_path_factory):
    """The command line of a small training, whose run "one" is finished, and the folder of runs."""
    folder = tmp_path_factory.mktemp("distributed")
    recipe = ["train.lyrics", "--recipe", "gene-lyrica-two", *LYRICS, "--epochs", 2]
    recipe += ["--sequence-length", 8, "--save-steps", 1, "--songs", songs]
    recipe += ["--cache-dir", folder / "cache", "--checkpoint-dir", folder]
    unbroken = run_module(*recipe, "--run", "one", env=JAX)
    assert unbroken.returncode == 0, unbroken.stderr
    return recipe, folder / "lyrics"


@pytest.mark.skipif(not shutil.which("mpirun"), reason="Open MPI is not installed")
def test_mpirun_needs_no_flags(recipe):
    command, runs = recipe
    process = mpirun(2, *command, "--run", "mpi")
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("epoch 2/2  ") == 1, "only process 0 prints"
    assert_same(runs / "one", runs / "mpi")


@pytest.mark.parametrize("before, killed, after", [(2, 1, 1), (1, 0, 2), (2, 0, 3)])
def test_a_killed_run_is_resumed_by_another_number_of_processes(recipe, before, killed, after):
    command, runs = recipe
    name = f"killed-{before}-{killed}-{after}"
    processes = start(before, *command, "--run", name)
    while not (runs / name / "state.npz").exists():
        assert all(process.poll() is None for process in processes), end(processes)
        time.sleep(0.05)
    processes[killed].kill()
    killed_at = time.monotonic()
    ended = end(processes)
    assert time.monotonic() - killed_at < 60
    assert ended.pop(killed).returncode == -signal.SIGKILL
    for process in ended:
        assert process.returncode not in (0, -signal.SIGKILL)
        assert killed == 0 or "--resume" in process.stdout + process.stderr
    for process in end(start(after, *command, "--run", name, "--resume")):
        assert process.returncode == 0, process.stderr
    assert_same(runs / "one", runs / name)


def test_windows_with_a_smaller_last_batch(songs, tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.lyrics",
            "--recipe",
            "gene-lyrica-one",
            *LYRICS,
            "--batch-size",
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
            "--num-sampled",
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


def test_attributes(tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.attributes",
            "--max-images",
            128,
            "--batch-size",
            32,
            "--channels",
            4,
            4,
            "--embedding-dim",
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
        (["--process-id", 0], ["JAX", "tensorflow"]),
        ([*ADDRESS, "here:1", *PROCESSES, 2, "--process-id", 2], ["--process-id", "0 to 1"]),
        ([*ADDRESS, "here", *PROCESSES, 2, "--process-id", 0], ["--coordinator", "HOST:PORT"]),
        ([*ADDRESS, "here:1", *PROCESSES, 2, "--process-id", 0], ["JAX", "tensorflow"]),
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
        "--batch-size",
        47,
        "--songs",
        songs,
        "--cache-dir",
        tmp_path / "cache",
        "--checkpoint-dir",
        tmp_path,
    ]
    for process in end(start(2, *recipe)):
        assert_refused(process, "47 rows", "--batch-size")
