"""Folders that are there whole or not at all, with others at work in the same place."""

from pathlib import Path

import pytest

from common.files import atomic_folder


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
        monkeypatch.setattr(Path, "exists", lambda path: False)     # as it looked a moment before
        (tmp_path / "made").mkdir()
        (tmp_path / "made" / "file").write_text("first")
    assert (tmp_path / "made" / "file").read_text() == "first" and len(list(tmp_path.iterdir())) == 1
