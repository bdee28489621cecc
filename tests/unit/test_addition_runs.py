"""Runs of the addition networks: one that was stopped goes on to the same table; the README says what tables say."""

import csv
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


def table(folder, but=("seconds",)):
    """The rows of a run's table, without the columns `but`."""
    with open(folder / "table.csv", encoding="utf-8") as file:
        return [
            {name: value for name, value in row.items() if name not in but}
            for row in csv.DictReader(file)
        ]


def stops_after(monkeypatch, owner, name, calls):
    """Make a function end as Ctrl-C does after so many calls; returns the list that its calls are counted in."""
    real, done = getattr(owner, name), []

    def call(*arguments):
        if len(done) == calls:
            raise KeyboardInterrupt
        done.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(owner, name, call)
    return done


@pytest.mark.parametrize("recipe, name, calls", [("seed", "train_plain", 3), ("solve", "solve", 5)])
def test_a_stopped_run_goes_on_where_it_was(tmp_path, monkeypatch, capsys, recipe, name, calls):
    args = ["--recipe", recipe, *SMALL, "--checkpoint-dir", tmp_path]
    run(*args, "--run", "whole")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stops_after(patch, train.addition, name, calls)
        run(*args, "--run", "parts")
    assert "--resume" in capsys.readouterr().err
    whole, parts = tmp_path / "addition/whole", tmp_path / "addition/parts"
    assert table(parts) == table(whole)[:calls] and not (parts / "model.keras").exists()
    learned = stops_after(monkeypatch, train.addition, name, 100)
    run("--run", "parts", "--resume", "--checkpoint-dir", tmp_path)
    assert len(learned) == len(table(whole)) - calls, "what was finished is not trained again"
    assert_same(whole, parts)


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train.addition, "SAVE_SECONDS", -1)
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
        epochs = stops_after(patch, train.stacked, "_next", 12)
        run(*args, "--run", "parts")
    assert len(epochs) == 12 and "--resume" in capsys.readouterr().err
    learned = stops_after(monkeypatch, train.stacked, "_next", 100)
    run("--run", "parts", "--resume", "--checkpoint-dir", tmp_path)
    whole, parts = tmp_path / "addition/whole", tmp_path / "addition/parts"
    lengths = [int(row["epochs"]) for row in table(whole)]
    assert len(learned) == max(lengths) - 12 and min(lengths) < 12 < max(lengths), (
        "some had stopped, some went on"
    )
    assert_same(whole, parts)


def assert_same(whole, parts):
    """Two runs with the same table, bit for bit but for the seconds, the same losses and the same networks."""
    assert table(whole) == table(parts)
    if (whole / "losses.csv").exists():
        assert (whole / "losses.csv").read_bytes() == (parts / "losses.csv").read_bytes()
    for ours, theirs in zip(
        *(load_run(folder, "addition", [Stack])[0].get_weights() for folder in (whole, parts))
    ):
        np.testing.assert_array_equal(ours, theirs)


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


@pytest.mark.parametrize("recipe", ["seed", "sweep", "solve"])
def test_the_readme_says_what_the_tables_say(recipe):
    """Every figure of the README's tables is that of checkpoints/, over 10 seeds."""
    lines = (
        (ROOT / "README.md").read_text(encoding="utf-8").split(f"**`{recipe}`**")[1].splitlines()
    )
    begin = next(i for i, line in enumerate(lines) if line.startswith("|"))
    shown = [row for row in cells(lines[begin:]) if row]
    folder = ROOT / "checkpoints/addition" / recipe
    told = [
        row
        for row in cells((folder / "table.md").read_text(encoding="utf-8").splitlines()[2:])
        if row["biases"] == "without"
    ]
    assert (
        "Median of 10 seeds" in (folder / "table.md").read_text(encoding="utf-8")
        and len(shown) == len(told) == 15
    )
    for row, wanted in zip(shown, told):
        assert row == {name: wanted[name] for name in row}
        assert {"nodes", "maximum sum", "the original said", "accuracy", "MSE", "seconds"} < set(
            row
        )


def cells(lines):
    """The rows of the Markdown table that begins on the first of the lines, as dicts."""
    table = takewhile(lambda line: line.startswith("|"), lines)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return [dict(zip(rows[0], row)) for row in rows[2:]]


@pytest.mark.parametrize("recipe", ["seed", "sweep", "solve"])
def test_the_shipped_tables_are_made_of_their_rows(recipe, capsys):
    folder = ROOT / "checkpoints/addition" / recipe
    with open(folder / "table.csv", encoding="utf-8") as file:
        rows = [
            {name: float(value) if name in FLOATS else int(value) for name, value in row.items()}
            for row in csv.DictReader(file)
        ]
    assert as_markdown(rows, recipe == "solve") == (folder / "table.md").read_text(encoding="utf-8")
    explore.addition.__main__.main(
        ["table", "--run", recipe, "--checkpoint-dir", str(ROOT / "checkpoints")]
    )
    assert capsys.readouterr().out == (folder / "table.md").read_text(encoding="utf-8")
