"""Runs killed at any moment leave no broken file and resume to the same weights, bit for bit.

The moment between two epochs is rarely hit, so it has its own test. Killed avatar runs are tested
in tests/unit/test_few_pictures.py.
"""

import random
import shutil
import signal

import pytest

from tests.robustness.sandbox import COUNTS, is_nightly
from tests.robustness.tiny_runs import NETWORKS, TRAININGS, contents

STATE = "meta.json", "state.npz"
KILLS = 20 if is_nightly() else 2


@pytest.mark.parametrize("name", TRAININGS if is_nightly() else ["lyrics", "digits", "sweep"])
def test_killed_at_random_moments_it_ends_at_the_same_weights(tiny_runs, tmp_path, name):
    whole = contents(tiny_runs.unbroken(name))
    folder, chance, killed, finished = tmp_path / NETWORKS[name] / "r", random.Random(name), 0, 0
    while killed < KILLS or not finished:
        process = tiny_runs.start(
            name, tmp_path, resume=all((folder / file).exists() for file in STATE)
        )
        ended = (
            process.kill(chance.uniform(0, tiny_runs.seconds[name]))
            if killed < KILLS
            else process.wait()
        )
        if ended.returncode == -signal.SIGKILL:
            killed += 1
            finished = 0
            contents(folder)
            assert len(list(folder.rglob(".*-*"))) <= 1, "what was being written, nothing older"
        else:
            assert ended.returncode == 0, ended.stderr
            assert contents(folder) == whole
            finished += 1
            shutil.rmtree(folder)
    COUNTS[f"trainings killed: {name}"] += killed


@pytest.mark.parametrize("name", ["lyrics", "digits"])  # only warming up in the first
def test_stopped_between_two_epochs_it_ends_the_same(tiny_runs, tmp_path, name):
    args = TRAININGS[name][1]
    tiny_runs.finish(name, tmp_path, "--epochs", 1)
    folder = tiny_runs.finish(
        name, tmp_path, "--epochs", args[args.index("--epochs") + 1], resume=True
    )
    assert contents(folder) == contents(tiny_runs.unbroken(name))
