"""python -m train.each: one run for each table, folder or archive in a folder."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.helpers import assert_main_refuses, run_module
from train import each


@pytest.fixture
def tables(tmp_path):
    """A folder with a table, a compressed one, a folder of texts and a hidden file."""
    folder = tmp_path / "tables"
    (folder / "The Band, live").mkdir(parents=True)
    for name in ("kitchen.csv", "old songs.csv.gz", ".DS_Store"):
        (folder / name).touch()
    return folder


def test_each_source_has_a_run(tables):
    assert {run: path.name for run, path in each.find_sources(tables).items()} == {
        "kitchen": "kitchen.csv",
        "old-songs": "old songs.csv.gz",
        "The-Band-live": "The Band, live",
    }
    (tables / "kitchen.json").touch()
    with pytest.raises(each.GeneError, match="would both become the run kitchen; rename"):
        each.find_sources(tables)


def test_finished_runs_are_skipped_and_others_resumed(tables, tmp_path, monkeypatch, capsys):
    checkpoints = tmp_path / "checkpoints"
    for run, meta in (("kitchen", {"finished": True}), ("old-songs", {})):
        (checkpoints / "lyrics" / run).mkdir(parents=True)
        (checkpoints / "lyrics" / run / "meta.json").write_text(json.dumps(meta))
        (checkpoints / "lyrics" / run / "state.npz").touch()
    commands = []

    def call(command):
        commands.append(command[1:])
        return 2 if "The-Band-live" in command else 0

    monkeypatch.setattr(subprocess, "call", call)
    flags = ["--checkpoint-dir", str(checkpoints), "--epochs", "3"]
    words = ("1 of 3 runs failed: The-Band-live",)
    with pytest.raises(each.GeneError, match=words[0]):
        each.main(["lyrics", str(tables), *flags])
    common = ["-m", "train.lyrics", "--run"]
    folder = ["--checkpoint-dir", str(checkpoints)]
    assert sorted(commands) == [
        [*common, "The-Band-live", "--songs", f"{tables}/The Band, live", "--epochs", "3", *folder],
        [
            *[*common, "old-songs", "--songs", f"{tables}/old songs.csv.gz", "--epochs", "3"],
            *["--resume", *folder],
        ],
    ]
    out = capsys.readouterr().out
    assert "export.tfjs lyrics/kitchen lyrics/old-songs --checkpoint-dir" in out


def test_what_is_set_for_each_run_is_refused(tables, tmp_path, capsys):
    for flag in ("--run", "--songs=x", "--resume"):
        assert_main_refuses(capsys, each.main, ["lyrics", tables, flag], flag[:5], "omit it")
    assert_main_refuses(capsys, each.main, ["lyrics", tmp_path / "no"], "not a folder")
    (tmp_path / "empty").mkdir()
    assert_main_refuses(capsys, each.main, ["avatars", tmp_path / "empty"], "empty; put")


@pytest.mark.slow
def test_two_tables_are_trained(songs, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "tables"
    folder.mkdir()
    shutil.copy(songs, folder / "one.csv")
    (folder / "broken.csv").write_bytes(b"%PDF")
    errors = []

    def call(command):
        assert command[:2] == [sys.executable, "-m"]
        ended = run_module(*command[2:])
        errors.append(ended.stderr)
        return ended.returncode

    monkeypatch.setattr(subprocess, "call", call)
    tiny = ["--embedding-dim", 8, "--units", 8, "--epochs", 1, "--batch-size", 4]
    places = ["--checkpoint-dir", tmp_path / "runs", "--cache-dir", tmp_path / "cache"]
    with pytest.raises(each.GeneError, match="1 of 2 runs failed: broken"):
        each.main(["lyrics", *map(str, [folder, *tiny, *places])])
    assert "a PDF document" in errors[0] and "export.tfjs lyrics/one" in capsys.readouterr().out
    assert (tmp_path / "runs" / "lyrics" / "one" / "model.keras").exists()
