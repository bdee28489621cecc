"""The bench's table: what is met and what is missed, and that the README says no more than the tables do."""

import pytest

from bench.report import is_met, line, row
from tests.helpers import ROOT


@pytest.mark.parametrize(
    "value, better, met",
    [(2, "more", True), (1.9, "more", False), (2, "less", True), (2.1, "less", False)],
)
def test_a_goal_is_met_or_missed(value, better, met):
    made = row("speed", [value, 0, 9] if better == "more" else [value], "x", 2, better, "how") | {
        "value": value
    }
    assert is_met(made) is met and ("missed" in line(made)) is not met


def test_the_median_counts():
    assert row("speed", [9, 1, 3], "x", 2, "more", "how")["value"] == 3


@pytest.mark.parametrize("table", ["results/bench.md"])
def test_the_readme_has_the_rows_of_the_table(table):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, *rows = (ROOT / table).read_text(encoding="utf-8").splitlines()
    assert len(rows) > 15
    for told in rows:
        assert told in readme, told
