"""Python modules and their JavaScript twins agree: both are checked against tests/golden/."""

import pytest

from tests import golden


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with the files that `python -m tests.golden` writes now."""
    folder = tmp_path_factory.mktemp("golden")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(golden, "FOLDER", folder)
        golden.write()
    return folder


@pytest.mark.parametrize("name", golden.GOLDEN)
def test_python_meets_the_golden_file(written, name):
    file = f"{name}.json"
    assert (written / file).read_bytes() == (golden.FOLDER / file).read_bytes()
