"""The benchmark table: goals that are met or missed, the command line, and the documented table."""

import pytest

from bench.__main__ import BENCHMARKS, _rows, main
from bench.report import is_met, markdown_line, markdown_table, row
from common.files import read_json
from tests.helpers import ROOT, assert_main_refuses


@pytest.mark.parametrize(
    "value, better, met",
    [(2, "more", True), (1.9, "more", False), (2, "less", True), (2.1, "less", False)],
)
def test_a_goal_is_met_or_missed(value, better, met):
    made = row("speed", [value, 0, 9] if better == "more" else [value], "x", 2, better, "how")
    made |= {"value": value}
    assert is_met(made) is met
    assert ("missed" in markdown_line(made)) is not met


def test_the_median_counts():
    assert row("speed", [9, 1, 3], "x", 2, "more", "how")["value"] == 3


def test_the_table_is_made_of_the_results():
    rows = _rows(read_json(ROOT / "results/bench.json"), BENCHMARKS)
    table = (ROOT / "results/bench.md").read_text(encoding="utf-8")
    assert markdown_table(rows) == table


def test_the_documentation_has_the_table():
    table = (ROOT / "results/bench.md").read_text(encoding="utf-8")
    assert len(table.splitlines()) > 15
    assert (ROOT / "docs/figures.md").read_text(encoding="utf-8").endswith(table)


def test_an_unknown_benchmark_is_refused(capsys):
    assert_main_refuses(capsys, main, ["everything"], "everything", "corpus_scaling")
