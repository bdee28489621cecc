"""Shared fixtures, and the number of cases in pytest's summary."""

import pytest

from tests.helpers import fork_server
from tests.robustness.sandbox import COUNTS
from tests.robustness.tiny_runs import TinyRuns, write_digits


def pytest_terminal_summary(terminalreporter):
    """Print the number of cases of each kind."""
    if COUNTS:
        terminalreporter.section("cases")
        for kind, count in sorted(COUNTS.items()):
            terminalreporter.write_line(f"{count:7,}  {kind}")
        terminalreporter.write_line(f"{sum(COUNTS.values()):7,}  in all")


@pytest.fixture(scope="session")
def tiny_runs(songs, tmp_path_factory):
    """Tiny trainings of every network."""
    mnist = tmp_path_factory.mktemp("mnist")
    write_digits(mnist)
    return TinyRuns(fork_server(), songs, mnist, tmp_path_factory.mktemp("trainings"))
