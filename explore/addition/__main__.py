"""Draw what the addition networks turned out to be.

    python -m explore.addition                                  all pictures, of the original's recipe and the solved
    python -m explore.addition table --run seed                 the table of a run
    python -m explore.addition surface --hidden 16 --max-sum 256
    python -m explore.addition network --hidden 2 --a 2 --b 2 --run solve --biases

Pictures: losses, surface, section, network, outputs, tanh, growth, float32. Each is written as PNG and SVG. The
networks are those of a run in checkpoints/addition/ (default: sweep). explore/README.md tells what is to be seen.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from pathlib import Path

from common.checkpoint import load_run
from common.cli import GeneError, Parser, bounded_float, bounded_int, run_cli
from explore.addition import plots
from models.addition import Stack

WHOLE = {"float32", "growth", "losses", "outputs", "tanh"}  # of all networks of a run, or of none
ONE = {"network", "section", "surface"}  # of one network
SHOWN = [
    ("surface", 1, 16),
    ("surface", 2, 16),
    ("surface", 1, 256),
    ("surface", 2, 256),
    ("surface", 16, 256),
    ("surface", 16, 65536),
    ("section", 16, 256),
    ("network", 2, 16),
]


def open_run(checkpoints, run):
    """The Stack of a run and its folder. GeneError when there is none."""
    folder = Path(checkpoints) / "addition" / run
    return load_run(folder, "addition", [Stack])[0], folder


def find(stack, folder, hidden, biases, max_sum):
    """The place of a network in its stack. GeneError when it is not there."""
    place = stack.find(hidden, biases, max_sum)
    if place is None:
        raise GeneError(
            f"{folder}: no network of {hidden} nodes {'with' if biases else 'without'} biases for sums to "
            f"{max_sum:,}; it has {sorted(set(stack.hidden))} nodes and sums to "
            f"{sorted(set(stack.max_sums))}"
        )
    return place


def draw(args, stack, folder):
    """The name and the figure of the picture that the flags ask for."""
    if args.picture in WHOLE:
        return f"{args.picture}-{args.run}", getattr(plots, args.picture)(stack, folder)
    place = find(stack, folder, args.hidden, args.biases, args.max_sum)
    title = f"{args.picture}-{args.run}-{'biased-' * args.biases}{args.hidden}-{args.max_sum}"
    if args.picture == "section" and not 0 < args.total <= args.max_sum:
        raise GeneError(f"--total: {args.total} is not a sum from 1 to {args.max_sum:,}")
    extra = {"section": [args.total], "network": [args.a, args.b]}.get(args.picture, [])
    return title, getattr(plots, args.picture)(stack, place, *extra)


def main(argv):
    parser = Parser(__doc__, prog="python -m explore.addition")
    parser.add_argument(
        "picture", nargs="?", choices=["all", "table", *sorted(WHOLE | ONE)], default="all"
    )
    parser.add_argument("--run", default="sweep", help="whose networks (default: %(default)s)")
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--out", metavar="DIR", default="results/addition", help="default: %(default)s"
    )
    parser.add_argument(
        "--hidden",
        type=bounded_int(1, 256),
        default=2,
        metavar="NODES",
        help="default: %(default)s",
    )
    parser.add_argument(
        "--max-sum",
        type=bounded_int(4, 65536),
        default=16,
        metavar="SUM",
        help="default: %(default)s",
    )
    parser.add_argument("--biases", action="store_true", help="the network with biases")
    parser.add_argument(
        "--total",
        type=bounded_int(1, 65536),
        default=120,
        help="the sum of section (default: %(default)s)",
    )
    parser.add_argument(
        "--a", type=bounded_float(-1e6, 1e6), default=2, help="of network (default: %(default)s)"
    )
    parser.add_argument(
        "--b", type=bounded_float(-1e6, 1e6), default=2, help="of network (default: %(default)s)"
    )
    args = parser.parse_args(argv)
    stack, folder = open_run(args.checkpoint_dir, args.run)
    if args.picture == "table":
        return print((folder / "table.md").read_text(encoding="utf-8"), end="")
    wanted = [args.picture] if args.picture != "all" else [*sorted(WHOLE), *SHOWN]
    for picture in wanted:
        if isinstance(picture, tuple):
            args.picture, args.hidden, args.max_sum = picture
        else:
            args.picture = picture
        name, figure = draw(args, stack, folder)
        plots.save(figure, Path(args.out) / name)
        print(f"{args.out}/{name}.png, .svg")


if __name__ == "__main__":
    run_cli(main)
