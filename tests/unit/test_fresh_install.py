"""A fresh installation from requirements.lock can train and export, on every supported Python."""

import glob
import os
import shutil
import subprocess

import pytest

from tests.helpers import ROOT, TINY

PACKAGES = ["common", "data", "models", "generate", "metrics", "train", "explore", "export"]
IMPORT_ALL = """
import importlib, pkgutil
for name in {packages}:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
"""


def find_python(version):
    """Return an interpreter of this version, e.g. "3.12", or None."""
    candidates = [shutil.which(f"python{version}")]
    candidates += glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python"))
    for python in filter(None, candidates):
        if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0:
            return python
    return None


def run(*command, cwd):
    """Run a command that must succeed, without the settings of this process."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "KERAS", "VIRTUAL_ENV"))
    }
    command = [str(word) for word in command]
    result = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=1800
    )
    assert result.returncode == 0, f"{command}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}"


@pytest.mark.nightly
@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_a_fresh_installation_trains_and_exports(version, songs, tmp_path):
    python = find_python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    source = tmp_path / "source"
    source.mkdir()
    for name in ["setup.cfg", "pyproject.toml", "LICENSE"]:
        shutil.copy(ROOT / name, source)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    run(python, "-m", "venv", "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    lock = ROOT / "requirements.lock"
    run(python, "-m", "pip", "install", "--require-hashes", "-r", lock, cwd=tmp_path)
    run(
        *[python, "-m", "pip", "install", "--no-deps", "--no-build-isolation", source],
        cwd=tmp_path,
    )
    run(python, "-m", "pip", "check", cwd=tmp_path)

    work = tmp_path / "work"  # holds no sources, so that the installed ones are used
    work.mkdir()
    run(python, "-c", IMPORT_ALL.format(packages=PACKAGES), cwd=work)
    run(python, "-c", "from data.lyrics.songs import SONGBOOK; open(SONGBOOK).close()", cwd=work)
    train = [python, "-m", "train.lyrics", "--recipe", "quick", "--epochs", 1, *TINY]
    run(*train, "--songs", songs, cwd=work)
    run(python, "-m", "export.tfjs", "--out", "models", cwd=work)
    assert len(list(work.glob("models/lyrics/*/meta.json"))) == 1
    run(python, "-m", "explore.lyrics", "hello", "--run", "quick", "--lines", 2, cwd=work)
