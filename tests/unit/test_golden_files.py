"""Python and JavaScript halves of one thing give the same: both are held to tests/golden/."""

import shutil
import subprocess

import pytest

from tests import golden
from tests.helpers import ROOT


@pytest.mark.parametrize("name", golden.GOLDEN)
def test_python_meets_the_golden_file(name):
    assert golden.GOLDEN[name]() == golden.read(name)


def test_javascript_meets_the_golden_files():
    test = ROOT / "tests/js/golden.test.js"
    result = subprocess.run(
        [shutil.which("node"), "--test", str(test)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "# pass 10" in result.stdout
