"""Folders that exist completely or not at all, even if other processes write to the same place."""

import subprocess
import sys
from pathlib import Path

import pytest

from common.files import atomic_folder, locked
from tests.helpers import ROOT


def test_a_folder_takes_the_place_of_the_old_one(tmp_path):
    for text in ("old", "new"):
        with atomic_folder(tmp_path / "made") as temporary:
            (temporary / "file").write_text(text)
    assert (tmp_path / "made" / "file").read_text() == "new" and len(list(tmp_path.iterdir())) == 1


def test_the_old_one_stays_when_something_goes_wrong(tmp_path):
    (tmp_path / "made").mkdir()
    with pytest.raises(ZeroDivisionError), atomic_folder(tmp_path / "made") as temporary:
        (temporary / "file").write_text("new")
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.rglob("*")] == ["made"]


def test_of_two_processes_at_once_the_first_stays(tmp_path, monkeypatch):
    with atomic_folder(tmp_path / "made") as temporary:
        (temporary / "file").write_text("second")
        monkeypatch.setattr(Path, "exists", lambda path: False)  # as it looked a moment before
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / "file").write_text("first")
    assert (tmp_path / "made" / "file").read_text() == "first" and len(
        list(tmp_path.iterdir())
    ) == 1


READS = """
import sys
from data.lyrics import corpus
build = corpus._build
corpus._build = lambda *arguments: print("reads") or build(*arguments)
corpus.open_corpus(*sys.argv[1:], 1, 1000)
"""


def test_of_two_that_want_the_same_songs_one_reads_them_and_the_other_waits(songs, tmp_path):
    """Both wait for the test, which locks the folder first."""
    with locked(tmp_path):
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", READS, tmp_path, songs],
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for _ in range(2)
        ]
        for process in processes:
            assert (
                process.stdout.readline()
                == f"{tmp_path}: waiting for another process that is using this folder\n"
            )
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0] and sorted(ends) == [
        ("", ""),
        ("reads\n", ""),
    ]
    assert [path.name for path in tmp_path.glob(".*")] == [".lock"]
