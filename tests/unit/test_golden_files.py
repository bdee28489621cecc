"""Python and JavaScript halves of one thing give the same: both are held to tests/golden/."""

import pytest

from tests import golden


@pytest.mark.parametrize("name", golden.GOLDEN)
def test_python_meets_the_golden_file(name):
    assert golden.GOLDEN[name]() == golden.read(name)
