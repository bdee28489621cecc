"""Build the site twice from clean clones of the current commit, and compare every file.

    python -m export.verify           (make verify)

The clones share .venv, node_modules and the quick network, which is not in git. Everything else,
such as the folder, the process and the time, differs, but must not change a single byte. Otherwise
a new version would make visitors download unchanged files again, and links to songs would no
longer find the networks that wrote them.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from common.cli import GeneError, Parser, run_cli
from common.files import read_json, sha256
from common.runs import PROJECT_FOLDER

CLONES = ("first", "the second one")  # a longer path with spaces must not make a difference
SHARED = (".venv", "node_modules")
QUICK = Path("checkpoints/lyrics/quick")
MADE = ("python", "node", "quick")  # make targets whose results are shared or copied


def main(argv: Sequence[str]) -> None:
    """Build the site twice and compare the files.

    Args:
        argv: The command line without the program.

    Raises:
        GeneError: If a build fails, or a file differs.
    """
    Parser(__doc__, prog="python -m export.verify").parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        first, second = (_build(Path(temporary) / name) for name in CLONES)
        hashes = _hashes(first)
        differing = [path for path, _ in sorted(hashes.items() ^ _hashes(second).items())]
        version = read_json(first / "version.json")["version"]
    if differing:
        raise GeneError(f"two builds of the same commit differ: {', '.join(sorted({*differing}))}")
    print(f"{len(hashes)} files are the same in both builds: version {version}")


def _build(clone: Path) -> Path:
    """Clone the project and run `make dist`; return the folder of the site."""
    _run("git", "clone", "--quiet", PROJECT_FOLDER, clone)
    for name in SHARED:
        (clone / name).symlink_to(PROJECT_FOLDER / name)
    shutil.copytree(PROJECT_FOLDER / QUICK, clone / QUICK)
    (clone / "build").mkdir()
    for name in MADE:
        (clone / "build" / name).touch()
    _run("make", "-C", clone, "dist")
    return clone / "dist"


def _run(*command: str | Path) -> None:
    if subprocess.run(command, check=False).returncode:
        raise GeneError(f"{' '.join(map(str, command))}: failed; see the lines above")


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


if __name__ == "__main__":
    run_cli(main)
