"""The README is correct: commands print what it shows, and everything it links to exists."""

import re
import shlex

import pytest

import explore.lyrics.__main__ as explore_lyrics
from tests.helpers import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))]


def test_it_is_short():
    assert len(README.splitlines()) <= 150


@pytest.mark.slow
def test_the_song_is_what_the_command_prints(capsys):
    [(command, song)] = re.findall(
        r"^\$ python -m explore\.lyrics ([^\n]*)\n(.*?)\.\.\.\n", README, re.M | re.S
    )

    explore_lyrics.main(shlex.split(command))

    assert len(song.splitlines()) >= 6
    assert capsys.readouterr().out.startswith(song)


@pytest.mark.slow
def test_the_python_examples_run(tmp_path, monkeypatch, capsys):
    [example] = re.findall(r"```python\n(.*?)```", README, re.S)
    monkeypatch.chdir(tmp_path)

    exec(compile(example, "README.md", "exec"), {})

    assert capsys.readouterr().out.startswith("Hello world")
    assert (tmp_path / "me.png").stat().st_size > 1000


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (path.parent / target).exists(), target


def test_every_folder_is_in_the_map():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    folders |= {"web", "checkpoints", "results"}
    assert folders <= set(re.findall(r"`(\w+)/`", README))
