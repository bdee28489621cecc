"""Train one network for each table, folder or archive in a folder.

    python -m train.each lyrics tables/
    python -m train.each lyrics tables/ --recipe gene-lyrica-two --init-from gene-lyrica-two
    python -m train.each avatars drawings/ --epochs 10

Each of them becomes a run; tables/kitchen.csv, for example, becomes the run "kitchen". All other
flags are passed on to `python -m train.lyrics` or `python -m train.avatars`. The command can be
stopped at any time: when you start it again, it skips the finished runs and resumes the one that
was stopped. If a run fails, its error is printed and the next run starts.
"""

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from common.cli import INTERRUPTED, GeneError, Parser, add_checkpoint_dir, run_cli
from common.files import read_json
from data.avatars.file_types import reason_to_skip

DATA_FLAGS = {"lyrics": "--songs", "avatars": "--faces"}
# This command sets these flags itself, for each run.
OWN_FLAGS = ("--run", "--songs", "--faces", "--resume", "--overwrite")
MAX_NAME = 40  # characters in the name of a run
_ENDING = re.compile(r"\.\w{1,7}(\.(gz|bz2|xz|zst))?$")  # such as .csv.gz


def main(argv: Sequence[str]) -> None:
    """Train the runs one after another.

    Args:
        argv: The command-line arguments, without the program name.

    Raises:
        GeneError: If some runs failed; the others were trained.
    """
    args, flags = _parse(argv)
    sources = find_sources(Path(args.folder))
    failed = []
    for number, (run, source) in enumerate(sources.items(), 1):
        print(f"{number} of {len(sources)}: {source}, run {run}", flush=True)
        status = _train(args, run, source, flags)
        if status in (INTERRUPTED, -2):
            raise KeyboardInterrupt
        if status:
            failed.append(run)
    print_next_step(args, [run for run in sources if run not in failed])
    if failed:
        raise GeneError(
            f"{len(failed)} of {len(sources)} runs failed: {', '.join(failed)}; see their errors "
            "above"
        )


def print_next_step(args: argparse.Namespace, runs: Sequence[str]) -> None:
    """Print the command that exports these runs."""
    if not runs:
        return
    names = " ".join(f"{args.task}/{run}" for run in runs)
    is_default = args.checkpoint_dir == "checkpoints"
    folder = "" if is_default else f" --checkpoint-dir {shlex.quote(args.checkpoint_dir)}"
    print(f"to put them on the page: python -m export.tfjs {names}{folder}")


def _parse(argv: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Parse the command line; return the flags of this command and those to pass on."""
    parser = Parser(__doc__, prog="python -m train.each")
    parser.add_argument("task", choices=DATA_FLAGS, help="which kind of network to train")
    parser.add_argument("folder", help="folder with one table, folder or archive per run")
    add_checkpoint_dir(parser)
    args, flags = parser.parse_known_args(argv)
    for flag in flags:
        if flag.partition("=")[0] in OWN_FLAGS:
            parser.error(f"{flag.partition('=')[0]} is set automatically for each run; omit it")
    return args, flags


def find_sources(folder: Path) -> dict[str, Path]:
    """Return the tables, folders and archives in a folder, keyed by the name of their run.

    Raises:
        GeneError: If `folder` is not a folder or is empty, or if two of its entries would get the
            same run name.
    """
    if not folder.is_dir():
        raise GeneError(f"{folder}: not a folder; give one with a table, folder or archive per run")
    sources: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if reason_to_skip(path.name):
            continue
        run = run_name(path)
        if run in sources:
            raise GeneError(
                f"{sources[run]} and {path} would both become the run {run}; rename one of them"
            )
        sources[run] = path
    if not sources:
        raise GeneError(f"{folder}: empty; put one table, folder or archive per run into it")
    return sources


def run_name(path: Path) -> str:
    """Return the run name for a file or folder; hyphens replace characters that are not allowed."""
    stem = path.name if path.is_dir() else _ENDING.sub("", path.name)
    return re.sub("[^A-Za-z0-9_-]+", "-", stem).strip("-")[:MAX_NAME] or "run"


def _train(args: argparse.Namespace, run: str, source: Path, flags: Sequence[str]) -> int:
    """Train, resume or skip a run; return the exit status of the training command."""
    location = Path(args.checkpoint_dir) / args.task / run
    data = [DATA_FLAGS[args.task], str(source)]
    if _is_finished(location):
        print("already finished")
        return 0
    resume = ["--resume"] if (location / "state.npz").exists() else []
    command = [sys.executable, "-m", f"train.{args.task}", "--run", run, *data, *flags, *resume]
    return subprocess.call([*command, "--checkpoint-dir", args.checkpoint_dir])


def _is_finished(location: Path) -> bool:
    path = location / "meta.json"
    return path.exists() and bool(read_json(path).get("finished"))


if __name__ == "__main__":
    run_cli(main)
