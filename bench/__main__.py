"""Run benchmarks and write results/bench.json and results/bench.md.

    python -m bench                     all benchmarks (15 minutes); the site must be built
    python -m bench page training       only these; the results of the others are kept

Each figure is a ratio of two measurements that are taken alternately, or has a fixed goal. The exit
status is 1 if a measured figure misses its goal.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import os
import platform
import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from bench.report import HEADER, is_met, markdown_line, markdown_table
from common.cli import Parser, run_cli
from common.files import read_json, write_json, write_text

BENCHMARKS = {
    "page": "speed and download size of the lyrics and avatars pages",
    "waiting": "how long visitors wait, and the size of our own code",
    "training": "training speed of the lyrics networks",
    "lyrics_trainer": "training a lyrics network in the page",
    "ingest": "reading a large songs table",
    "corpus_scaling": "cost per word as the corpus grows",
    "addition": "training and solving the addition networks",
    "fooling": "genetic search for images that fool a digit network",
}
RESULTS = Path("results/bench.json")
TABLE = Path("results/bench.md")


def machine() -> dict:
    """Describe the machine that the benchmarks run on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "python": platform.python_version(),
        "date": date.today().isoformat(),
    }


def main(argv: Sequence[str]) -> None:
    """Run the benchmarks named on the command line and update the results."""
    parser = Parser(__doc__, prog="python -m bench")
    parser.usage = "python -m bench [BENCHMARK ...]"
    parser.add_argument(
        "benchmarks",
        nargs="*",
        metavar="BENCHMARK",
        help=f"benchmark to run: {', '.join(BENCHMARKS)} (default: all)",
    )
    parser.epilog = "\n".join(f"  {name:16}{text}" for name, text in BENCHMARKS.items())
    names = parser.parse_args(argv).benchmarks
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"{name!r} is not a benchmark; choose from {', '.join(BENCHMARKS)}")
    names = names or list(BENCHMARKS)
    results = read_json(RESULTS) if RESULTS.exists() else {}
    print(*HEADER, sep="\n")
    for name in names:
        rows = import_module(f"bench.{name}").measure()
        results[name] = {"machine": machine(), "rows": rows}
        print(*map(markdown_line, rows), sep="\n", flush=True)
    write_json(RESULTS, results)
    write_text(TABLE, markdown_table(_rows(results, BENCHMARKS)))
    missed = [row for row in _rows(results, names) if not is_met(row)]
    if missed:
        print(f"goals missed: {len(missed)}; see {TABLE}", file=sys.stderr)
    sys.exit(1 if missed else 0)


def _rows(results: dict, names) -> list[dict]:
    return [row for name in names if name in results for row in results[name]["rows"]]


if __name__ == "__main__":
    run_cli(main)
