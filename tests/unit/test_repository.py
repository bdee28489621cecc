"""The repository as Git checks it out."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.helpers import ROOT


def test_a_clone_with_windows_line_ends_has_the_same_bytes(tmp_path):
    """Git for Windows sets core.autocrlf, which changes text files unless .gitattributes forbids."""
    folder = tmp_path / "repository"
    folder.mkdir()
    shutil.copy(ROOT / ".gitattributes", folder)
    (folder / "meta.json").write_bytes(b"{\n}\n")

    def git(*words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        command = ["git", *identity, *words]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    git("-c", "core.autocrlf=true", "clone", "-q", ".", str(tmp_path / "clone"))
    assert (tmp_path / "clone" / "meta.json").read_bytes() == b"{\n}\n"


@pytest.mark.slow
def test_a_wheel_has_the_songbook(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("setup.cfg", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "data", source / "data", ignore=ignored)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    command = [*pip, "--wheel-dir", tmp_path, source]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("data/lyrics/")}
    files = (path for path in (ROOT / "data" / "lyrics").rglob("*") if path.is_file())
    data = {path for path in files if "__pycache__" not in path.parts}
    assert packed == {path.relative_to(ROOT).as_posix() for path in data}
    assert "data/lyrics/songbook.csv" in packed
