"""Lyrics training in Python against the golden file that also checks JavaScript."""

import json

import pytest

from tests.golden import lyrics_training as golden

ROUNDING = 1e-5  # of float32, on another processor


@pytest.fixture(scope="module")
def kept():
    return json.loads(golden.FILE.read_text(encoding="utf-8"))


def flat(value):
    """All numbers of nested lists."""
    return [x for each in value for x in flat(each)] if isinstance(value, list) else [value]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name, make",
    [("random", golden.random_numbers), ("steps", golden.training_steps)],
)
def test_python_meets_the_golden_file(kept, name, make):
    found = json.loads(json.dumps(make()))
    assert found.keys() == kept[name].keys()
    for key, value in found.items():
        assert flat(value) == pytest.approx(flat(kept[name][key]), abs=ROUNDING)


def test_the_recipes_of_the_page_are_those_of_python(kept):
    assert golden.recipes() == kept["recipes"]


@pytest.mark.nightly
def test_a_training_meets_the_golden_file(kept):
    found = golden.trainings()
    expected = kept["trainings"]
    assert found["songs"] == expected["songs"] and found["corpus"] == expected["corpus"]
    for run, other in zip(found["runs"], expected["runs"], strict=True):
        assert run["song"] == other["song"]
        for row, kept_row in zip(run["history"], other["history"], strict=True):
            assert row == pytest.approx(kept_row, rel=0.01)
