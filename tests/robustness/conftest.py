"""Shared fixtures, and a count of the cases in the summary."""

import gzip

import numpy as np
import pytest

from tests.helpers import fork_server
from tests.robustness.sandbox import COUNTS
from tests.robustness.test_digits_fuzz import idx
from tests.robustness.tiny_runs import TinyRuns


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
    for part, count in (("train", 240), ("t10k", 60)):
        labels = np.arange(count, dtype="uint8") % 10
        images = np.random.default_rng(1).integers(0, 25, (count, 28, 28), dtype="uint8") * (
            1 + labels[:, None, None]
        )
        (mnist / f"{part}-images-idx3-ubyte").write_bytes(idx(images))
        (mnist / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    return TinyRuns(fork_server(), songs, mnist, tmp_path_factory.mktemp("trainings"))
