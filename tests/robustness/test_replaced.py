"""An overwritten run stays intact until the new one finishes an epoch, whenever that one is killed.

A run can also be resumed with the other backend.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys

import pytest

from tests.helpers import ROOT
from tests.robustness.fork_server import QUICK_JAX
from tests.robustness.sandbox import COUNTS, is_nightly
from tests.robustness.tiny_runs import NETWORKS, TRAININGS, contents

KILLS = 20 if is_nightly() else 2
FAST = ["lyrics", "sweep"]


def every_byte(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", TRAININGS if is_nightly() else FAST)
def test_killed_while_it_replaces_a_run_it_leaves_a_whole_one(tiny_runs, tmp_path, name):
    folder = tmp_path / NETWORKS[name] / "r"
    new = folder.parent / ".new" / "r" / "meta.json"
    chance = random.Random(name)
    for _ in range(KILLS):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tiny_runs.unbroken(name), folder)
        (folder / "notes.txt").write_text("mine")
        before = every_byte(folder)
        process = tiny_runs.start(name, tmp_path)
        while not new.exists() and every_byte(folder) == before:
            assert process.is_alive()
        ended = process.kill(chance.uniform(0, tiny_runs.seconds[name] / 3))
        if ended.returncode == -signal.SIGKILL and every_byte(folder) != before:
            assert (folder / "state.npz").exists(), "it was replaced, so it can be resumed"
        COUNTS[f"replacements killed: {name}"] += 1
    assert (folder / "notes.txt").read_text() == "mine"
    tiny_runs.finish(name, tmp_path)
    (folder / "notes.txt").unlink()
    assert contents(folder) == contents(tiny_runs.unbroken(name))
    assert {path.name for path in folder.parent.iterdir()} == {"r", ".r.lock"}


def test_stopped_in_its_first_epoch_it_leaves_the_earlier_run(tiny_runs, tmp_path):
    folder = tmp_path / "lyrics" / "r"
    shutil.copytree(tiny_runs.unbroken("lyrics"), folder)
    before = every_byte(folder)
    process = tiny_runs.start("lyrics", tmp_path, "--batch-size", 4, "--sequence-length", 2)
    while not (folder.parent / ".new" / "r" / "state.npz").exists():
        assert process.is_alive()
    os.kill(process.pid, signal.SIGINT)
    ended = process.wait()
    assert ended.returncode == 130 and "still has the earlier run" in ended.stderr, ended.stderr
    assert every_byte(folder) == before


ON_JAX = """
import json, sys
import common.keras_quiet
from tests.robustness.fork_server import _run
import importlib
for module, argv, changes in json.loads(sys.argv[1]):
    assert _run(importlib.import_module(f"{module}.__main__"), argv, changes) == 0, module
"""


def on_jax(*trainings):
    """Run training commands with JAX, one after the other in one process."""
    words = [(module, list(map(str, argv)), changes) for module, argv, changes in trainings]
    process = subprocess.run(
        [sys.executable, "-c", ON_JAX, json.dumps(words)],
        cwd=ROOT,
        env=os.environ | {"KERAS_BACKEND": "jax"} | QUICK_JAX,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert process.returncode == 0, process.stderr
    assert "E0000" not in process.stderr and "W0000" not in process.stderr, "noise at the start"


def epochs_of(name):
    args = TRAININGS[name][1]
    return int(args[args.index("--epochs") + 1])


@pytest.mark.parametrize(
    "names", [["lyrics"], pytest.param(["avatars", "digits", "attributes", "sweep"], id="others")]
)
def test_a_run_is_resumed_on_the_other_backend(tiny_runs, tmp_path, names):
    if names != ["lyrics"] and not is_nightly():
        pytest.skip("nightly")
    started, resumed = [], []
    for name in names:
        module, args, changes = TRAININGS[name]
        data = [*tiny_runs.data.get(name, []), "--checkpoint-dir", tmp_path / "jax", "--run", "r"]
        if name in ("lyrics", "avatars", "attributes"):
            data += ["--cache-dir", tiny_runs.cache / name]
        started.append((module, [*args, *data], changes))
        tiny_runs.finish(name, tmp_path / "tensorflow")
        where = ["--checkpoint-dir", tmp_path / "tensorflow", "--run", "r", "--resume"]
        more = [] if NETWORKS[name] == "addition" else ["--epochs", epochs_of(name) + 1]
        resumed.append((module, [*where, *more], changes))
    on_jax(*started, *resumed)
    for name in names:
        task = NETWORKS[name]
        more = [] if task == "addition" else ["--epochs", epochs_of(name) + 1]
        folders = [tiny_runs.finish(name, tmp_path / "jax", *more, resume=True)]
        folders.append(tmp_path / "tensorflow" / task / "r")
        for folder, backend in zip(folders, ("tensorflow", "jax"), strict=True):
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
            assert meta["backend"] == backend and meta["finished"]
            assert task == "addition" or meta["epoch"] == epochs_of(name) + 1
