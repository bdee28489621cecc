"""Runs of the addition networks: resuming, files from earlier versions, and documented tables."""

import csv
import shutil
from itertools import takewhile

import common.keras_quiet  # noqa: F401

import numpy as np
import pytest

import explore.addition.__main__
import train.addition.__main__
import train.addition.vectorized
from common.checkpoint import load_run
from models.addition import Stack
from tests.helpers import ROOT, assert_main_refuses
from tests.unit.test_addition import SMALL, run
from train.addition.tables import as_markdown

FLOATS = {"accuracy", "mse", "all_float32", "all_float64", "seconds"}


def read_table(path):
    """Return the rows of a table.csv without the seconds, which differ from run to run."""
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        del row["seconds"]
    return rows


def table(folder):
    """Return the rows of a run's table without the seconds."""
    return read_table(folder / "table.csv")


def stops_after(monkeypatch, owner, name, calls):
    """Make a function raise KeyboardInterrupt after some calls; returns the list of its calls."""
    real = getattr(owner, name)
    done = []

    def call(*arguments):
        if len(done) == calls:
            raise KeyboardInterrupt
        done.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(owner, name, call)
    return done


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe, name, calls", [("original", "train_with_fit", 3), ("solve", "solve", 5)]
)
def test_a_stopped_run_resumes(tmp_path, monkeypatch, capsys, recipe, name, calls):
    args = ["--recipe", recipe, *SMALL, "--checkpoint-dir", tmp_path]
    run(*args, "--run", "whole")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stops_after(patch, train.addition.__main__, name, calls)
        run(*args, "--run", "parts")
    assert "--resume" in capsys.readouterr().err
    whole, parts = tmp_path / "addition/whole", tmp_path / "addition/parts"
    assert table(parts) == table(whole)[:calls] and not (parts / "model.keras").exists()
    learned = stops_after(monkeypatch, train.addition.__main__, name, 100)
    run("--run", "parts", "--resume", "--checkpoint-dir", tmp_path)
    assert len(learned) == len(table(whole)) - calls, "finished networks are not trained again"
    assert_same(whole, parts)


@pytest.mark.slow
def test_a_stopped_sweep_resumes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train.addition.__main__, "SAVE_INTERVAL", -1)
    args = [
        "--hidden",
        1,
        2,
        "--max-sum",
        16,
        "--seeds",
        2,
        "--epochs",
        30,
        "--patience",
        1,
        "--learning-rate",
        0.02,
        "--checkpoint-dir",
        tmp_path,
    ]
    run(*args, "--run", "whole")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        epochs = stops_after(patch, train.addition.vectorized, "_run_epoch", 12)
        run(*args, "--run", "parts")
    assert len(epochs) == 12 and "--resume" in capsys.readouterr().err
    learned = stops_after(monkeypatch, train.addition.vectorized, "_run_epoch", 100)
    run("--run", "parts", "--resume", "--checkpoint-dir", tmp_path)
    whole, parts = tmp_path / "addition/whole", tmp_path / "addition/parts"
    lengths = [int(row["epochs"]) for row in table(whole)]
    assert len(learned) == max(lengths) - 12 and min(lengths) < 12 < max(lengths), (
        "some networks had stopped early, some had not"
    )
    assert_same(whole, parts)


def assert_same(whole, parts):
    """Assert that two runs have equal tables, except for the seconds, losses and weights."""
    assert table(whole) == table(parts)
    if (whole / "losses.csv").exists():
        assert (whole / "losses.csv").read_bytes() == (parts / "losses.csv").read_bytes()
    for ours, theirs in zip(
        *(load_run(folder, "addition", [Stack])[0].get_weights() for folder in (whole, parts)),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["sweep", "seed"])
def test_a_run_of_an_earlier_version_resumes(tmp_path, recipe):
    """The fixtures are runs of version 1 that were stopped, and the tables they would have had."""
    folder = tmp_path / "addition" / "old"
    shutil.copytree(ROOT / f"tests/fixtures/meta-v1/addition-{recipe}-stopped", folder)
    expected = read_table(folder / "expected-table.csv")
    run("--run", "old", "--resume", "--checkpoint-dir", tmp_path)
    rows = table(folder)
    assert len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        assert row.keys() == other.keys()
        for name, value in row.items():
            assert float(value) == pytest.approx(float(other[name]), rel=1e-3), name
    _, meta = load_run(folder, "addition", [Stack])
    assert meta["recipe"] == {"sweep": "sweep", "seed": "original"}[recipe]


@pytest.mark.parametrize("damage", [b"", b"PK no archive"])
def test_a_damaged_state_is_refused(tmp_path, capsys, damage):
    run("--recipe", "solve", *SMALL, "--checkpoint-dir", tmp_path)
    (tmp_path / "addition/solve/state.npz").write_bytes(damage)
    assert_main_refuses(
        capsys,
        train.addition.__main__.main,
        ["--recipe", "solve", "--resume", "--checkpoint-dir", tmp_path],
        "state.npz",
    )


def shipped_table(recipe):
    """Return the rows of a shipped table.md for the networks without biases."""
    text = (ROOT / "checkpoints/addition" / recipe / "table.md").read_text(encoding="utf-8")
    assert "Median of 10 seeds" in text
    return [row for row in cells(text.splitlines()[2:]) if row["biases"] == "without"]


@pytest.mark.parametrize("recipe", ["original", "solve"])
def test_the_documentation_shows_the_shipped_tables(recipe):
    text = (ROOT / "docs/addition.md").read_text(encoding="utf-8")
    lines = text.split(f"**`{recipe}`**")[1].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    shown = cells(lines[start:])
    expected = shipped_table(recipe)
    assert len(shown) == len(expected) == 15
    for row, wanted in zip(shown, expected, strict=True):
        assert row == {name: wanted[name] for name in row}
        assert {"nodes", "maximum sum", "accuracy", "MSE", "seconds"} < set(row)


def test_sweep_differs_from_the_original_recipe_as_documented():
    *original, last_original = shipped_table("original")
    *sweep, last_sweep = shipped_table("sweep")
    for row in (*original, *sweep, last_original, last_sweep):
        del row["seconds"]
    assert original == sweep
    assert last_sweep["accuracy"] == "0.0003% (0–0.0004)"
    assert last_sweep["MSE"] == "1.07e9 (1.03e9–1.09e9)"
    text = (ROOT / "docs/addition.md").read_text(encoding="utf-8")
    assert "the ranges in the last row end at 0.0004% and 1.09e9" in " ".join(text.split())


def test_all_but_three_solved_networks_are_perfect():
    text = (ROOT / "checkpoints/addition/solve/table.md").read_text(encoding="utf-8")
    rows = cells(text.splitlines()[2:])
    perfect = [row for row in rows if row["all pairs"] == row["all pairs, float64"] == "100%"]
    assert (len(rows), len(perfect)) == (30, 27)
    assert "27 of the 30 add perfectly" in (ROOT / "docs/addition.md").read_text(encoding="utf-8")


def cells(lines):
    """Return the rows of the Markdown table that begins on the first of the lines, as dicts."""
    table = takewhile(lambda line: line.startswith("|"), lines)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


@pytest.mark.parametrize("recipe", ["original", "sweep", "solve"])
def test_the_shipped_tables_are_made_of_their_rows(recipe, capsys):
    folder = ROOT / "checkpoints/addition" / recipe
    with open(folder / "table.csv", encoding="utf-8") as file:
        rows = [
            {name: float(value) if name in FLOATS else int(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        ]
    assert as_markdown(rows, recipe == "solve") == (folder / "table.md").read_text(encoding="utf-8")
    explore.addition.__main__.main(["table", "--run", recipe])
    assert capsys.readouterr().out == (folder / "table.md").read_text(encoding="utf-8")
