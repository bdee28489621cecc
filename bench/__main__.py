"""make bench, python -m bench: see bench/__init__.py."""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

import os
import platform
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import bench
from bench.report import HEADER, is_met, line
from common.cli import Parser, run_cli
from common.files import read_json, write_json, write_text

BENCHES = ["page", "training", "ingest", "corpus_scaling", "addition", "fooling"]
RESULTS, TABLE = Path("results/bench.json"), Path("results/bench.md")


def machine():
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory, 1),
        "python": platform.python_version(),
        "date": date.today().isoformat(),
    }


def main(argv):
    parser = Parser(bench.__doc__, prog="python -m bench")
    parser.add_argument(
        "benches", nargs="*", metavar="BENCH", help=f"of {', '.join(BENCHES)} (default: all)"
    )
    args = parser.parse_args(argv)
    for name in args.benches:
        if name not in BENCHES:
            parser.error(f"{name!r} is not one of {', '.join(BENCHES)}")
    results = read_json(RESULTS) if RESULTS.exists() else {}
    print(*HEADER, sep="\n")
    for name in args.benches or BENCHES:
        results[name] = {"machine": machine(), "rows": import_module(f"bench.{name}").measure()}
        print(*map(line, results[name]["rows"]), sep="\n", flush=True)
    write_json(RESULTS, results)
    rows = [row for name in BENCHES if name in results for row in results[name]["rows"]]
    write_text(TABLE, "\n".join([*HEADER, *map(line, rows)]) + "\n")
    sys.exit(0 if all(map(is_met, rows)) else 1)


if __name__ == "__main__":
    run_cli(main)
