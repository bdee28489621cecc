"""A full disk of a few megabytes leads to a one-line error, and good files are kept."""

import shutil
import subprocess
from pathlib import Path

import common.keras_quiet  # noqa: F401

import pytest

from common.files import read_json, write_json
from export import tfjs
from tests.robustness.sandbox import COUNTS, is_nightly, line_or
from tests.robustness.tiny_runs import NETWORKS, TRAININGS, contents

LEFT = [0, 5_000, 20_000] if is_nightly() else [0]  # bytes; the tiny trainings need at most 60,000


class Disk:
    """A small tmpfs."""

    def __init__(self, path, size):
        self.path = path
        path.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip(
                f"NO FULL DISK WAS TESTED: mounting one needs root ({mounted.stderr.strip()})"
            )

    def fill(self, left):
        """Fill the disk up to this many bytes, rounded to whole pages."""
        with open(self.path / "filler", "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - left))

    def empty(self):
        """Remove the filling."""
        (self.path / "filler").unlink()


@pytest.fixture
def disk(tmp_path):
    """A disk of eight megabytes."""
    disk = Disk(tmp_path / "disk", "8m")
    yield disk
    subprocess.run(["umount", "--lazy", disk.path], check=True)


def ends_in_a_line(ended):
    """Assert that a command failed with one line about the disk and nothing else."""
    line = ended.stderr.strip().splitlines()[-1]
    assert ended.returncode == 2 and "Traceback" not in ended.stderr, ended.stderr
    assert line.startswith("error: ") and "No space left on device" in line, ended.stderr
    COUNTS["disks full"] += 1


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("name", TRAININGS if is_nightly() else ["lyrics"])
def test_a_training_keeps_its_last_state(tiny_runs, disk, name, left):
    folder, training = disk.path / NETWORKS[name] / "r", tiny_runs.start(name, disk.path)
    while not (folder / "state.npz").exists():
        assert training.is_alive()
    training.pause()
    disk.fill(left)
    training.resume_process()
    ends_in_a_line(training.wait())
    contents(folder)
    assert not list(folder.rglob(".*-*")), "no temporary file is left"
    disk.empty()
    assert contents(tiny_runs.finish(name, disk.path, resume=True)) == contents(
        tiny_runs.unbroken(name)
    )


@pytest.mark.parametrize("left", LEFT)
def test_songs_wait_for_room(tiny_runs, disk, tmp_path, left):
    disk.fill(left)
    ends_in_a_line(tiny_runs.start("lyrics", tmp_path, "--cache-dir", disk.path / "cache").wait())
    assert {path.name for path in disk.path.glob("cache/*")} <= {".lock"}
    disk.empty()
    tiny_runs.finish("lyrics", tmp_path, "--cache-dir", disk.path / "cache", "--epochs", 1)


@pytest.mark.parametrize("left", [200_000, 700_000] if is_nightly() else [200_000])
def test_faces_wait_for_room(tiny_runs, disk, tmp_path, left):
    disk.fill(left)
    ends_in_a_line(
        tiny_runs.start("attributes", tmp_path, "--cache-dir", disk.path / "cache").wait()
    )
    assert not list(disk.path.rglob(".*-*")), "no temporary file is left"
    disk.empty()
    tiny_runs.finish("attributes", tmp_path, "--cache-dir", disk.path / "cache")


@pytest.mark.parametrize("left", LEFT)
def test_the_exported_models_stay(tiny_runs, disk, tmp_path, left):
    run = tmp_path / "checkpoints" / "lyrics" / "run"
    shutil.copytree(tiny_runs.unbroken("lyrics"), run)
    arguments = [f"lyrics/{run.name}", "--checkpoint-dir", str(run.parents[1])]
    arguments += ["--out", str(disk.path / "models")]
    tfjs.main(arguments)
    before = {path: path.read_bytes() for path in Path(disk.path).rglob("*") if path.is_file()}
    write_json(run / "meta.json", read_json(run / "meta.json") | {"recipe": "another"})
    disk.fill(left)
    assert line_or(lambda: tfjs.main(arguments) or "exported") is None
    disk.empty()
    assert {path: path.read_bytes() for path in disk.path.rglob("*") if path.is_file()} == before
    COUNTS["disks full"] += 1
