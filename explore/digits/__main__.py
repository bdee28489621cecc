"""Find out what the digit networks see, and what they take for a digit.

    python -m explore.digits eigen          principal components, and how well they tell digits apart
    python -m explore.digits gradient       pictures by descent on the pixels, plain and with priors
    python -m explore.digits genetic        pictures by genetic search: the original's way, and a better one
    python -m explore.digits mean           the mean of many evolved pictures of each digit
    python -m explore.digits background     digits whose background is scrambled by degrees
    python -m explore.digits transfer       do pictures that fool one network fool another, and what helps
    python -m explore.digits ask --image drawing.png      what the networks say of a picture of yours

Each prints its figures, and keeps them as tables (CSV, Markdown) and pictures. Networks are those of the runs in
checkpoints/digits/; explore/README.md tells what is to be seen.
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from importlib import import_module

from common.cli import Parser, bounded_float, bounded_int, run_cli
from data.digits.mnist import load_digits

ROOMS = {
    "eigen": "eigen",
    "gradient": "gradient",
    "genetic": "genetic",
    "mean": "genetic",
    "background": "background",
    "transfer": "transfer",
    "ask": "asking",
}


def parse(argv):
    """The flags."""
    parser = Parser(__doc__, prog="python -m explore.digits")
    parser.add_argument("what", choices=ROOMS, help="which of the above")
    parser.add_argument(
        "--checkpoint-dir", metavar="DIR", default="checkpoints", help="where runs live"
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="results/digits",
        help="tables/ and pictures/ go there (default: %(default)s)",
    )
    parser.add_argument(
        "--mnist", metavar="DIR", help="folder of the four IDX files (default: the package's)"
    )
    parser.add_argument(
        "--unchecked", action="store_true", help="take digits that are not the published MNIST"
    )
    parser.add_argument(
        "--network", metavar="RUN", default="seed", help="who is fooled (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**31 - 1),
        default=1,
        help="of every random number (default: %(default)s)",
    )
    parser.add_argument(
        "--each",
        type=bounded_int(1, 10_000),
        default=10,
        help="pictures of each digit: gradient's priors, transfer (default: %(default)s)",
    )
    search = parser.add_argument_group("genetic, mean")
    search.add_argument(
        "--method", choices=["own", "original", "cma"], default="own", help="default: %(default)s"
    )
    search.add_argument(
        "--statistics", action="store_true", help="the cost asks for a digit's pixel statistics too"
    )
    search.add_argument(
        "--lag-bug", action="store_true", help="lag 1 for every lag, as the original's code had it"
    )
    search.add_argument(
        "--runs", type=bounded_int(1, 100_000), help="of each digit (genetic: 100, mean: 1,000)"
    )
    search.add_argument(
        "--generations",
        type=bounded_int(1, 100_000),
        default=1000,
        help="at most (default: %(default)s)",
    )
    search.add_argument(
        "--tolerance", type=bounded_float(0, 10), help="of the statistics' share of the cost"
    )
    search.add_argument(
        "--mutation",
        type=bounded_float(0, 1000),
        default=1.0,
        help="the original's factor of its chance that a pixel changes (default: %(default)s)",
    )
    asked = parser.add_argument_group("ask")
    asked.add_argument(
        "--image", metavar="FILE", help="a picture: dark on light, light on dark, or ink on nothing"
    )
    asked.add_argument(
        "--as-mnist", action="store_true", help="size and centre the picture as MNIST's were"
    )
    return parser.parse_args(argv)


def main(argv):
    args = parse(argv)
    digits = load_digits(args.mnist, args.unchecked) if args.what != "ask" else None
    import_module(f"explore.{ROOMS[args.what]}").main(args, digits)


if __name__ == "__main__":
    run_cli(main)
