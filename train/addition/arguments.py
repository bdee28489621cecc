"""The command line of `python -m train.addition`."""

from argparse import Namespace
from collections.abc import Sequence

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from train.core.flags import add_distributed_flags, add_folder_flags

ORIGINAL = {
    "hidden": [1, 2, 4, 8, 16],
    "max_sum": [16, 256, 65536],
    "epochs": 1000,
    "patience": 5,
    "learning_rate": 1e-3,
}
RECIPES = {
    "sweep": ORIGINAL | {"biases": "both", "seeds": 10},
    "original": ORIGINAL | {"biases": "without", "seeds": 10},
    "solve": ORIGINAL | {"biases": "both", "seeds": 10},
}


def parse(doc: str | None, argv: Sequence[str]) -> Namespace:
    """Parse the command line and fill in the values of the recipe.

    Args:
        doc: Description for --help.
        argv: The command-line arguments, without the program name.
    """
    parser = Parser(doc, prog="python -m train.addition")
    _add_network_flags(parser)
    _add_training_flags(parser)
    add_folder_flags(parser)
    add_distributed_flags(parser)
    parser.set_defaults(task="addition")
    args = add_recipes(parser, RECIPES, argv)
    if args.resume and args.given & {"epochs", "patience"}:
        parser.error(
            "--epochs and --patience cannot be changed on --resume, because they would not "
            "apply to networks that are already finished; omit them"
        )
    return args


def _add_network_flags(parser: Parser) -> None:
    group = parser.add_argument_group("networks")
    group.add_argument(
        "--hidden",
        type=bounded_int(1, 256),
        nargs="+",
        metavar="NODES",
        help="numbers of hidden nodes; one network is trained for each",
    )
    group.add_argument(
        "--max-sum",
        type=bounded_int(4, 65536),
        nargs="+",
        metavar="SUM",
        help="maximum sums; one network is trained for each",
    )
    group.add_argument(
        "--biases",
        choices=["without", "with", "both"],
        help="train networks without biases, with biases, or both",
    )
    group.add_argument(
        "--seeds",
        type=bounded_int(1, 100),
        help="train each network with this many consecutive random seeds, starting with --seed",
    )
    group.add_argument(
        "--seed",
        type=bounded_int(0, 2**30),
        default=1,
        help="first of the random seeds; a seed determines the pairs, their order and the initial "
        "weights (default: 1)",
    )


def _add_training_flags(parser: Parser) -> None:
    group = parser.add_argument_group("training (recipes sweep and original)")
    group.add_argument(
        "--epochs",
        type=bounded_int(1, 10_000),
        help="maximum number of epochs",
    )
    group.add_argument(
        "--patience",
        type=bounded_int(1, 100_000),
        help="stop after this many epochs in a row without a lower held-out loss",
    )
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-9, 1e30),
        help="learning rate of Adam",
    )
