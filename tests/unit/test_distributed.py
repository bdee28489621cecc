"""Distributed training: real processes on loopback, every kind of batch, and a killed process.

In each step, the processes wait for each other a few dozen times, so training is only a few steps
long.
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

from common.files import read_json
from tests.helpers import (
    ROOT,
    TINY_AVATARS,
    assert_main_refuses,
    assert_refused,
    fork_server,
    run_module,
)
from tests.robustness.fork_server import QUICK_JAX
from tests.unit.test_digits import TINY as TINY_DIGITS
from tests.unit.test_digits import few, mnist  # noqa: F401
from train.lyrics import __main__ as lyrics

pytestmark = pytest.mark.slow

ADDRESS = ["--coordinator-address"]
PROCESSES = ["--num-processes"]
LYRICS = [
    *["--embedding-dim", 8, "--units", 12, "--batch-size", 48, "--min-count", 1],
    *["--sequence-length", 24, "--context-length", 4],
]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def start(count, folder, module, *arguments):
    """Start `count` processes of one training on JAX; `folder` gets their output."""
    arguments = [*arguments, "--coordinator-address", f"127.0.0.1:{free_port()}"]
    arguments += ["--num-processes", count, "--process-id"]
    server = fork_server("jax")
    return [server.start(folder, module, *arguments, index) for index in range(count)]


def mpirun(count, module, *arguments):
    """Run `count` processes of one training under Open MPI, without any flags about them."""
    command = ["mpirun", "-np", count, "--allow-run-as-root", "--oversubscribe"]
    command += [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env=os.environ | QUICK_JAX,
        capture_output=True,
        text=True,
        timeout=300,
    )


def one_and_two(folder, module, *arguments):
    """The folders of a run of one process and of the same run of two."""
    arguments = [*arguments, "--checkpoint-dir", folder]
    alone = run_module(module, *arguments, "--run", "one", backend="jax")
    assert alone.returncode == 0, alone.stderr
    processes = start(2, folder, module, *arguments, "--run", "two")
    first, second = (process.wait() for process in processes)
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
    recipe += ["--save-steps", 1, "--songs", songs]
    recipe += ["--cache-dir", folder / "cache", "--checkpoint-dir", folder]
    unbroken = run_module(*recipe, "--run", "one", backend="jax")
    assert unbroken.returncode == 0, unbroken.stderr
    return recipe, folder / "lyrics"


@pytest.mark.skipif(not shutil.which("mpirun"), reason="Open MPI is not installed")
def test_mpirun_needs_no_flags(recipe):
    command, runs = recipe
    process = mpirun(2, *command, "--run", "mpi")
    assert process.returncode == 0, process.stderr
    assert process.stdout.count("epoch 2/2  ") == 1, "only process 0 prints"
    assert_same(runs / "one", runs / "mpi")


@pytest.mark.parametrize(
    "killings, last",
    [
        ([(2, 1), (2, 0)], 1),
        pytest.param([(2, 0)], 3, marks=pytest.mark.nightly),
        pytest.param([(1, 0)], 2, marks=pytest.mark.nightly),
    ],
)
def test_a_killed_run_is_resumed_by_another_number_of_processes(recipe, tmp_path, killings, last):
    """Of each number of processes in turn, one is killed; `last` of them reach the end."""
    command, runs = recipe
    run = runs / f"killed-{last}"
    more = []
    for count, killed in killings:
        kill_one(count, killed, run / "state.npz", tmp_path, *command, "--run", run.name, *more)
        more = ["--resume"]
    resume(last, tmp_path, *command, "--run", run.name, *more)
    assert_same(runs / "one", run)


def kill_one(count, killed, state, folder, *command):
    """Start a training, kill one process after the next save, and wait until the others end."""
    before = state.exists() and state.stat().st_mtime_ns
    processes = start(count, folder, *command)
    while not state.exists() or state.stat().st_mtime_ns == before:
        assert all(process.is_alive() for process in processes)
    assert processes.pop(killed).kill().returncode == -signal.SIGKILL
    killed_at = time.monotonic()
    for process in processes:
        assert process.wait().returncode not in (0, -signal.SIGKILL)
        assert killed == 0 or "--resume" in process.stdout + process.stderr
    assert time.monotonic() - killed_at < 60


def resume(count, folder, *command):
    """Continue a run to its end. One process alone must select JAX itself."""
    if count == 1:
        processes = [run_module(*command, env=os.environ | QUICK_JAX)]
    else:
        processes = [process.wait() for process in start(count, folder, *command)]
    for process in processes:
        assert process.returncode == 0, process.stderr


def test_windows_with_a_smaller_last_batch(songs, tmp_path):
    assert_same(
        *one_and_two(
            tmp_path,
            "train.lyrics",
            "--recipe",
            "gene-lyrica-one",
            *LYRICS,
            "--batch-size",
            480,
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
    one, two = one_and_two(
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
    assert_same(one, two)
    meta = read_json(one / "meta.json")
    assert meta["backend"] == "jax" and meta["best"]["frechet"] > 0


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


@pytest.mark.nightly  # labelled images, like those of the digits
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
    """A batch of 47 rows cannot be split between two processes; and two processes have different flags."""
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
    for process in start(2, tmp_path, *recipe):
        assert_refused(process.wait(), "47 rows", "--batch-size")
