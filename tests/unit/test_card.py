"""card.json: what the site says about a user's own network."""

import json
import shutil
from argparse import Namespace

import pytest

from common.cli import GeneError
from export.card import read_card, update_card
from export.tfjs import main as export


def flags(**given):
    return Namespace(**{"title": None, "about": None, "license": None, **given})


def test_flags_are_kept_until_they_are_given_again(tmp_path):
    assert read_card(tmp_path) == {}
    update_card([tmp_path], flags())
    assert not list(tmp_path.iterdir()), "nothing was given"
    update_card([tmp_path], flags(title="Kitchen Songs", license="CC BY 4.0, Ada"))
    update_card([tmp_path], flags(about="Forty songs about breakfast."))
    assert read_card(tmp_path) == {
        "title": "Kitchen Songs",
        "license": "CC BY 4.0, Ada",
        "about": "Forty songs about breakfast.",
    }
    update_card([tmp_path], flags(license=""))
    assert set(read_card(tmp_path)) == {"title", "about"}


def test_several_runs_and_long_texts_are_refused(tmp_path):
    with pytest.raises(GeneError, match="describe one run"):
        update_card([tmp_path, tmp_path], flags(title="Mine"))
    with pytest.raises(GeneError, match="at most 60 characters"):
        update_card([tmp_path], flags(title="x" * 61))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ['{"title": 5}', '{"name": "x"}', "[]", "{"])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "card.json").write_text(content)
    with pytest.raises(GeneError, match=r"card\.json"):
        read_card(tmp_path)


def test_the_exported_network_has_its_card(checkpoints, tmp_path, capsys):
    folder = tmp_path / "checkpoints" / "lyrics" / "tiny"
    folder.parent.mkdir(parents=True)
    shutil.copytree(checkpoints / "lyrics" / "tiny", folder)
    export(
        [
            *("lyrics/tiny", "--title", "Kitchen Songs", "--license", "CC BY 4.0, Ada"),
            *("--checkpoint-dir", str(tmp_path / "checkpoints"), "--out", str(tmp_path / "o")),
        ]
    )
    [entry] = json.loads((tmp_path / "o" / "index.json").read_text())["models"]
    assert entry["card"] == {"title": "Kitchen Songs", "license": "CC BY 4.0, Ada"}
    assert entry["own_data"], "these songs are not those of the songbook"
    assert "python -m export.serve --open lyrics/tiny\n" in capsys.readouterr().out
