"""Plot and tabulate the addition networks.

    python -m explore.addition                                   all plots of run sweep
    python -m explore.addition table --run original              the table of a run
    python -m explore.addition surface --hidden 16 --max-sum 256
    python -m explore.addition network --run solve --biases --a 2 --b 2

Each plot is written as PNG and SVG. docs/addition.md explains what they show.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from common.checkpoint import load_run
from common.cli import GeneError, Parser, add_checkpoint_dir, bounded_float, bounded_int, run_cli
from common.runs import find_run
from explore.addition.network_plots import plot_network, plot_section, plot_surface
from explore.addition.run_plots import plot_growth, plot_losses, plot_outputs
from explore.addition.theory_plots import plot_float32, plot_tanh
from explore.plotting import save_figure
from models.addition import Stack

PROG = "python -m explore.addition"
EXAMPLE_SURFACES = [(1, 16), (2, 16), (1, 256), (2, 256), (16, 256), (16, 65536)]


def print_table(args: Namespace) -> None:
    """Print the table of a run."""
    path = find_run("addition", args.run, args.checkpoint_dir) / "table.md"
    if not path.is_file():
        raise GeneError(f"{path}: no such file; choose a finished run with --run")
    print(path.read_text(encoding="utf-8"), end="")


def save_all_plots(args: Namespace) -> None:
    """Save all plots, with example networks for those that show a single network."""
    stack, folder = _load(args)
    for name, figure in _all_plots(stack, folder):
        _save(args, name, figure)


def _all_plots(stack: Stack, folder: Path) -> Iterator[tuple[str, Figure]]:
    yield "tanh", plot_tanh()
    yield "float32", plot_float32()
    yield f"losses-{folder.name}", plot_losses(stack, folder)
    yield f"outputs-{folder.name}", plot_outputs(stack)
    yield f"growth-{folder.name}", plot_growth(stack, folder.name)
    for hidden, max_sum in EXAMPLE_SURFACES:
        index = _find(stack, folder, hidden, False, max_sum)
        yield _name("surface", stack, folder, index), plot_surface(stack, index)
    index = _find(stack, folder, 16, False, 256)
    yield _name("section", stack, folder, index), plot_section(stack, index, 120)
    index = _find(stack, folder, 2, False, 16)
    yield _name("network", stack, folder, index), plot_network(stack, index, 2, 2)


def save_tanh(args: Namespace) -> None:
    """Save the plot of two mirrored sigmoids."""
    _save(args, "tanh", plot_tanh())


def save_float32(args: Namespace) -> None:
    """Save the plot of correct sums by precision."""
    _save(args, "float32", plot_float32())


def save_losses(args: Namespace) -> None:
    """Save the plot of the held-out losses of a run."""
    stack, folder = _load(args)
    _save(args, f"losses-{folder.name}", plot_losses(stack, folder))


def save_outputs(args: Namespace) -> None:
    """Save the plot of the output weights of a run."""
    stack, folder = _load(args)
    _save(args, f"outputs-{folder.name}", plot_outputs(stack))


def save_growth(args: Namespace) -> None:
    """Save the plot of a run's output weights next to the weights that correct sums require."""
    stack, folder = _load(args)
    _save(args, f"growth-{folder.name}", plot_growth(stack, folder.name))


def save_surface(args: Namespace) -> None:
    """Save the plot of a network's error surface."""
    stack, folder, index = _load_network(args)
    _save(args, _name("surface", stack, folder, index), plot_surface(stack, index))


def save_section(args: Namespace) -> None:
    """Save the plot of a network's errors for one sum."""
    if args.total > args.max_sum:
        raise GeneError(
            f"--total: {args.total:,} is larger than --max-sum {args.max_sum:,}; use a smaller "
            "--total or a larger --max-sum"
        )
    stack, folder, index = _load_network(args)
    _save(args, _name("section", stack, folder, index), plot_section(stack, index, args.total))


def save_network(args: Namespace) -> None:
    """Save the diagram of a network."""
    stack, folder, index = _load_network(args)
    figure = plot_network(stack, index, args.a, args.b)
    _save(args, _name("network", stack, folder, index), figure)


def _load(args: Namespace) -> tuple[Stack, Path]:
    folder = find_run("addition", args.run, args.checkpoint_dir)
    stack, _ = load_run(folder, "addition", [Stack])
    return stack, folder


def _load_network(args: Namespace) -> tuple[Stack, Path, int]:
    stack, folder = _load(args)
    return stack, folder, _find(stack, folder, args.hidden, args.biases, args.max_sum)


def _find(stack: Stack, folder: Path, hidden: int, biases: bool, max_sum: int) -> int:
    """Return the index of a network in its stack.

    Raises:
        GeneError: If the stack has no such network.
    """
    index = stack.index_of(hidden, biases, max_sum)
    if index is None:
        with_biases = "with" if biases else "without"
        nodes, sums = (sorted(set(values)) for values in (stack.hidden, stack.max_sums))
        raise GeneError(
            f"{folder}: no network with {hidden} nodes {with_biases} biases for sums up to "
            f"{max_sum:,}; choose --hidden from {', '.join(map(str, nodes))} and --max-sum from "
            f"{', '.join(map(str, sums))}, or choose another run with --run"
        )
    return index


def _name(plot: str, stack: Stack, folder: Path, index: int) -> str:
    """Return the file name, without suffix, for a plot of one network."""
    biased = "biased-" if stack.biases[index] else ""
    return f"{plot}-{folder.name}-{biased}{stack.hidden[index]}-{stack.max_sums[index]}"


def _save(args: Namespace, name: str, figure: Figure) -> None:
    save_figure(figure, Path(args.out) / name)
    print(f"{args.out}/{name}.png, .svg")


class Command:
    """A subcommand: its function, its help text and functions that add its flags."""

    def __init__(self, run: Callable[[Namespace], None], help: str, *add_flags: Callable):
        self.run = run
        self.help = help
        self.add_flags = add_flags


def _add_run_flags(parser: Parser) -> None:
    parser.add_argument(
        "--run", metavar="NAME", default="sweep", help="name of the run (default: %(default)s)"
    )
    add_checkpoint_dir(parser, default=None)


def _add_output_flag(parser: Parser) -> None:
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="results/addition",
        help="folder for the images (default: %(default)s)",
    )


def _add_network_flags(parser: Parser) -> None:
    parser.add_argument(
        "--hidden",
        type=bounded_int(1, 256),
        default=2,
        metavar="NODES",
        help="number of hidden nodes of the network (default: %(default)s)",
    )
    parser.add_argument(
        "--max-sum",
        type=bounded_int(4, 65536),
        default=16,
        metavar="SUM",
        help="maximum sum that the network was trained for (default: %(default)s)",
    )
    parser.add_argument(
        "--biases",
        action="store_true",
        help="use the network with biases (default: the one without)",
    )


def _add_total_flag(parser: Parser) -> None:
    parser.add_argument(
        "--total",
        type=bounded_int(1, 65536),
        default=120,
        metavar="SUM",
        help="show the pairs with this sum (default: %(default)s)",
    )


def _add_pair_flags(parser: Parser) -> None:
    for name in ("a", "b"):
        parser.add_argument(
            f"--{name}",
            type=bounded_float(-1e6, 1e6),
            default=2,
            help=f"input {name} of the network (default: %(default)s)",
        )


_ONE_NETWORK = [_add_run_flags, _add_output_flag, _add_network_flags]
COMMANDS = {
    "plots": Command(
        save_all_plots, "save all plots (the default)", _add_run_flags, _add_output_flag
    ),
    "table": Command(print_table, "print the table of a run", _add_run_flags),
    "losses": Command(
        save_losses, "plot the held-out losses of a run", _add_run_flags, _add_output_flag
    ),
    "outputs": Command(
        save_outputs, "plot the output weights of a run", _add_run_flags, _add_output_flag
    ),
    "growth": Command(
        save_growth,
        "plot the output weights of a run next to the weights that correct sums require",
        _add_run_flags,
        _add_output_flag,
    ),
    "surface": Command(save_surface, "plot the error surface of a network", *_ONE_NETWORK),
    "section": Command(
        save_section, "plot the errors of all pairs with one sum", *_ONE_NETWORK, _add_total_flag
    ),
    "network": Command(
        save_network, "draw a network with its weights", *_ONE_NETWORK, _add_pair_flags
    ),
    "tanh": Command(save_tanh, "plot the tanh with which two nodes can add", _add_output_flag),
    "float32": Command(save_float32, "plot the limits of float32", _add_output_flag),
}


def main(argv: Sequence[str]) -> None:
    """Run the subcommand on the command line; without one, save all plots."""
    parser = Parser(__doc__, prog=PROG)
    parser.usage = f"{PROG} [COMMAND] [flags]"
    commands = parser.add_subparsers(title="commands", dest="command", metavar="", prog=PROG)
    for name, command in COMMANDS.items():
        description = command.help[0].upper() + command.help[1:] + "."
        subparser = commands.add_parser(name, doc=description, help=command.help)
        for add_flags in command.add_flags:
            add_flags(subparser)
    is_default = not argv or (argv[0].startswith("-") and argv[0] not in ("-h", "--help"))
    args = parser.parse_args(["plots", *argv] if is_default else argv)
    COMMANDS[args.command].run(args)


if __name__ == "__main__":
    run_cli(main)
