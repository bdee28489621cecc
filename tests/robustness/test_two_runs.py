"""A second process that trains the same run is refused and does not disturb the first."""

import pytest

from tests.helpers import assert_refused
from tests.robustness.sandbox import is_nightly
from tests.robustness.tiny_runs import NETWORKS, TRAININGS, contents


@pytest.mark.parametrize("name", TRAININGS if is_nightly() else ["lyrics", "sweep"])
def test_a_second_training_in_the_same_folder_stops(tiny_runs, tmp_path, name):
    folder, first = tmp_path / NETWORKS[name] / "r", tiny_runs.start(name, tmp_path)
    while not (folder / "meta.json").exists():
        assert first.is_alive()
    first.pause()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for resume in (True, False):
        assert_refused(
            tiny_runs.start(name, tmp_path, resume=resume).wait(),
            folder,
            "another process is training this run",
        )
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    first.resume_process()
    assert first.wait().returncode == 0, first.stderr
    assert contents(folder) == contents(tiny_runs.unbroken(name))
