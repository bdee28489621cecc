"""Runs from earlier versions remain readable: tests/fixtures/meta-v1 was written by version 1."""

import importlib
import json
import shutil
from pathlib import Path

import common.keras_quiet  # noqa: F401

import pytest

from common.checkpoint import load_run
from common.cli import GeneError
from common.files import read_json, write_json
from common.migrations import VERSION, migrate_meta, migrate_record, renamed_flags
from common.runs import read_meta
from data.lyrics.splits import Splitter
from models.lyrics import LSTMLanguageModel
from tests.helpers import ROOT, assert_main_refuses, parse_flags

FIXTURES = ROOT / "tests" / "fixtures" / "meta-v1"
METAS = sorted(FIXTURES.glob("*.json"))
OLD_KEYS = {"network", "kind", "engine", "parameters", "flags", "measures", "seconds"}


def keys_of(value):
    """All keys of a JSON value, at any depth."""
    if isinstance(value, dict):
        return set(value) | {key for part in value.values() for key in keys_of(part)}
    return {key for part in value for key in keys_of(part)} if isinstance(value, list) else set()


@pytest.mark.parametrize("path", METAS, ids=lambda path: path.stem)
def test_metadata_of_version_1_are_migrated(path):
    old = read_json(path)
    before = json.dumps(old)
    new = migrate_meta(old)
    assert json.dumps(old) == before, "the argument is not modified"
    assert new["version"] == VERSION and not OLD_KEYS & set(new)
    assert {"task", "recipe", "class_name", "config", "args", "backend"} <= set(new)
    assert not {"nats", "val_nats"} & keys_of(new)
    assert migrate_meta(new) == new


@pytest.mark.slow
@pytest.mark.parametrize("path", METAS, ids=lambda path: path.stem)
def test_saved_flags_of_version_1_are_flags_of_today(path):
    meta = migrate_meta(read_json(path))
    module = importlib.import_module(f"train.{meta['task']}.__main__")
    args = parse_flags(module, ["--recipe", meta["recipe"]])
    for name, value in meta["args"].items():
        assert name == "task" or (hasattr(args, name) and args.fits(name, value)), name


@pytest.mark.parametrize("version", [VERSION + 1, 0, "2", None, 1.5])
def test_metadata_of_an_unknown_version_are_refused_in_one_line(tmp_path, version):
    write_json(tmp_path / "meta.json", {"version": version, "task": "lyrics"})
    with pytest.raises(GeneError, match=r"meta\.json: format version .* update Gene") as error:
        read_meta(tmp_path)
    assert "\n" not in str(error.value)


def test_a_saved_history_is_migrated():
    record = {"epoch": 1, "history": [{"epoch": 1, "nats": 2.0, "val_nats": 3.0}]}
    history = [{"epoch": 1, "cross_entropy": 2.0, "val_cross_entropy": 3.0}]
    assert migrate_record(record) == {"epoch": 1, "history": history}


@pytest.mark.parametrize(
    "old, new", [("--fresh", "--overwrite"), ("--index", "--process-id"), ("--run", None)]
)
def test_renamed_flags_are_known(old, new):
    assert renamed_flags(old) == ([new] if new else [])


def copy_run(folder: Path) -> Path:
    run = folder / "lyrics" / "tiny"
    shutil.copytree(FIXTURES / "lyrics-tiny", run)
    return run


def test_a_model_of_version_1_loads(tmp_path):
    network, meta = load_run(copy_run(tmp_path), "lyrics", [LSTMLanguageModel])
    assert network.count_params() == meta["parameter_count"] > 0


@pytest.mark.slow
def test_a_lyrics_run_of_version_1_is_resumed(tmp_path, monkeypatch):
    from train.lyrics import __main__ as lyrics

    run = copy_run(tmp_path)
    # This version keeps songs that are alike in one split, and those of the fixture are.
    monkeypatch.setattr(Splitter, "_similar", lambda *_: None)
    monkeypatch.chdir(run)  # where songs.csv is
    shared = ["--run", "tiny", "--checkpoint-dir", str(tmp_path), "--resume", "--epochs", "3"]
    shared.append("--no-clean")  # a later flag, which would drop duplicate songs
    lyrics.main([*shared, "--cache-dir", str(tmp_path / "cache")])
    meta = read_json(run / "meta.json")
    assert (meta["version"], meta["epoch"], meta["finished"]) == (VERSION, 3, True)
    header, *rows = (run / "history.csv").read_text(encoding="utf-8").splitlines()
    assert "val_cross_entropy" in header and "nats" not in header and len(rows) == 3


def test_a_run_without_a_state_cannot_be_resumed_and_is_not_changed(tmp_path, capsys):
    from train.lyrics import __main__ as lyrics

    run = copy_run(tmp_path)
    (run / "state.npz").unlink()
    before = (run / "meta.json").read_bytes()
    arguments = ["--run", "tiny", "--checkpoint-dir", tmp_path, "--resume"]
    assert_main_refuses(capsys, lyrics.main, arguments, "state.npz", "cannot be resumed")
    assert (run / "meta.json").read_bytes() == before
