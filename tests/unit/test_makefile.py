"""Test what make rebuilds, with a fake Python that only records its calls."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.helpers import ROOT

PYTHON = """#!/bin/sh
if [ "$1" = -c ]; then exec {python} "$@"; fi
echo "$2" >> calls
echo "$*" >> commands
if [ -e broken ] && [ "$2" = export.tfjs ]; then exit 2; fi
"""
EXPORT = "export.tfjs"
MADE = [
    *("build/python", "build/node", "build/quick"),
    *("web/vendor/tfjs.js", "web/vendor/tfjs-cpu.js", "web/vendor/alegreya.woff2"),
    *("web/vendor/kernels.wasm", "web/vendor/song-tables.js"),
]
NEEDED = [
    *("requirements.lock", "setup.cfg", "pyproject.toml", "package.json", "package-lock.json"),
    *("web/vendor-sources/tfjs.js", "web/vendor-sources/tfjs-cpu.js", "web/models/index.json"),
    *("web/vendor-sources/kernels.ts", "web/vendor-sources/slices.js"),
    *("checkpoints/lyrics/a/model.keras", "checkpoints/lyrics/b/model.keras"),
    *(f"{name}/__init__.py" for name in ("common", "data", "models", "generate", "metrics")),
    *("export/__init__.py", "export/song_tables.py", "export/javascript_pattern.py"),
]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of empty files, in which everything but the networks has been made."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in [*NEEDED, *MADE]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    return tmp_path


def make(*words, status=0):
    """Run make, which must end with `status`; return the modules that it has run."""
    open("calls", "w").close()
    open("commands", "w").close()
    environment = {name: text for name, text in os.environ.items() if "MAKE" not in name}
    result = subprocess.run(
        ["make", *(words or ["built"])], capture_output=True, text=True, env=environment
    )
    assert result.returncode == status, result.stderr
    with open("calls") as file:
        return file.read().split()


def rename(runs):
    (runs / "a").rename(runs / "c")


def delete(runs):
    shutil.rmtree(runs / "b")


def copy_with_times(runs):
    times = (runs / "a/model.keras").stat()
    (runs / "a/model.keras").write_text("another network of the same age")
    os.utime(runs / "a/model.keras", ns=(times.st_atime_ns, times.st_mtime_ns))


def swap(runs):
    (runs / "a").rename(runs / "c")
    (runs / "b").rename(runs / "a")
    (runs / "c").rename(runs / "b")


def lose_the_export(runs):
    (runs.parents[1] / "web/models/index.json").unlink()


def change_code(runs):
    (runs.parents[1] / "models/__init__.py").write_text("# changed")


@pytest.mark.parametrize(
    "change", [rename, delete, copy_with_times, swap, lose_the_export, change_code]
)
def test_a_change_is_exported(project, change):
    runs = project / "checkpoints/lyrics"
    (runs / "b/model.keras").write_text("b")
    assert EXPORT in make()
    assert EXPORT not in make()
    change(runs)
    assert EXPORT in make()


def test_a_broken_run_stops_what_is_published_but_not_a_look_at_the_others(project):
    (project / "broken").touch()
    assert make("dist", status=2) == [EXPORT]
    assert make("site") == [EXPORT, "export.songbook", "export.precache", "export.serve"]
    assert make("dist", status=2) == [EXPORT], "it is tried again"
    (project / "broken").unlink()
    assert make("dist") == [EXPORT, "export.songbook", "export.precache", "export.dist"]


def test_make_clean_deletes_neither_networks_nor_what_make_did_not_make(project):
    (project / "dist/.git").mkdir(parents=True)
    make("clean")
    left = {path.name for path in project.iterdir()}
    assert {"checkpoints", "dist", ".venv", "web"} < left and "build" not in left
    assert (project / "dist/.git").exists() and (project / "web/vendor-sources").exists()
    (project / ".venv/made-by-make").touch()
    make("clean")
    assert not (project / ".venv").exists()


# First the own network, with its card, then those of the other pages.
SHOW = ["export.tfjs", "export.tfjs", "export.songbook", "export.precache", "export.serve"]


def test_make_mine_trains_exports_and_opens_the_page(project):
    card = ['TITLE=Kitchen "Songs"', "LICENSE=CC BY 4.0, Ada & Bo"]
    called = make("mine", "SONGS=my songs", "NAME=kitchen", "PORT=8007", *card)
    assert called == ["train.lyrics", *SHOW]
    train, export, *_, serve = (project / "commands").read_text().splitlines()
    assert train.endswith("--init-from gene-lyrica-two --songs my songs --run kitchen")
    words = 'lyrics/kitchen --title Kitchen "Songs" --license CC BY 4.0, Ada & Bo'
    assert export == f"-m export.tfjs {words}"
    assert serve.endswith("export.serve --port 8007 --open lyrics/kitchen")
    assert make("mine", "FACES=toys", "NAME=toys") == ["train.avatars", *SHOW]


def test_make_mine_takes_names_literally(project):
    words = ["SONGS=my $ongs $(NAME) 'a' \"b\"", "NAME=ca$h", "TITLE=$$"]
    assert make("mine", *words) == ["train.lyrics", *SHOW]
    train, export, *_ = (project / "commands").read_text().splitlines()
    assert train.endswith("--songs my $ongs $(NAME) 'a' \"b\" --run ca$h")
    assert export == "-m export.tfjs lyrics/ca$h --title $$"


def test_make_mine_continues(project):
    run = project / "checkpoints" / "avatars" / "toys"
    run.mkdir(parents=True)
    (run / "state.npz").touch()
    (run / "meta.json").write_text('{"finished": false}')
    assert make("mine", "FACES=toys", "NAME=toys") == ["train.avatars", *SHOW]
    assert "--faces toys --run toys --resume\n" in (project / "commands").read_text()
    (run / "meta.json").write_text('{"finished": true}')
    assert make("mine", "FACES=toys", "NAME=toys") == ["train.avatars", *SHOW], (
        "it may refuse FACES"
    )


@pytest.mark.parametrize("words", [[], ["SONGS=x"], ["NAME=x"], ["SONGS=x", "FACES=y", "NAME=z"]])
def test_make_mine_says_what_it_needs(project, words):
    assert make("mine", *words, status=2) == []
