"""docs/avatars.md: the tables and figures match the shipped networks."""

import pytest

from common.files import read_json
from tests.helpers import ROOT

DOCS = (ROOT / "docs" / "avatars.md").read_text(encoding="utf-8")
AVATARS = ROOT / "checkpoints" / "avatars"


@pytest.mark.parametrize("run", ["faces-128", "faces", "ellipses-white"])
def test_tables_are_those_of_the_runs(run):
    assert (AVATARS / run / "table.md").read_text(encoding="utf-8") in DOCS


@pytest.mark.parametrize(
    "path, keys, text",
    [
        ("avatars/faces", ["accuracy", "generated"], "99.5% of the attributes"),
        ("avatars/faces-128", ["accuracy", "generated"], "99.5% of the attributes"),
        ("avatars/faces-dcgan", ["frechet", "generated"], "Fréchet distance of 1,934"),
        ("avatars/faces-dcgan", ["coverage", "generated"], "coverage of 0.16"),
        ("avatars/ellipses-white", ["overlap", "generated"], "97.6% overlap"),
        ("avatars/ellipses-color", ["overlap", "generated"], "95.7% overlap"),
        ("attributes/faces", ["held_out_accuracy"], "99.8% of the attributes"),
    ],
)
def test_figures_are_those_of_the_runs(path, keys, text):
    value = read_json(ROOT / "checkpoints" / path / "meta.json")["metrics"]
    for key in keys:
        value = value[key]
    assert text in DOCS
    assert any(form in text for form in (f"{100 * value:.1f}%", f"{value:,.0f}", f"{value:.2f}"))
