"""The command line of `python -m train.avatars`."""

import argparse

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from data.avatars import crop, ellipses, faces
from data.avatars.labelled_images import LabelledImages
from train.avatars.recipes import RECIPES
from train.core.flags import add_run_flags, refuse_resumed_dry_run

FEW_PICTURES = 2000  # with fewer training pictures, the default recipe is "few"


def parse(doc: str | None, argv: list[str]) -> argparse.Namespace:
    """Parse the command line; the recipe supplies the defaults.

    Without --recipe, the number of the user's own pictures determines the recipe.

    Args:
        doc: Description for --help.
        argv: The command-line arguments, without the program name.
    """
    args = _parse(doc, argv)
    if not args.faces or args.resume or "recipe" in args.given:
        return args
    few = len(load(args, "training").images) < FEW_PICTURES
    return _parse(doc, ["--recipe", "few", *argv]) if few else args


def load(args: argparse.Namespace, split: str) -> LabelledImages:
    """Load one split of the faces that the flags name."""
    return faces.load(
        args.faces, args.max_images, split, args.cache_dir, args.crop, not args.no_labels
    )


def _parse(doc: str | None, argv: list[str]) -> argparse.Namespace:
    parser = Parser(doc, prog="python -m train.avatars")
    _add_data_flags(parser.add_argument_group("images"))
    _add_network_flags(parser.add_argument_group("network"))
    _add_training_flags(parser.add_argument_group("training"))
    add_run_flags(parser, "avatars")
    args = add_recipes(parser, RECIPES, argv)
    if not 2 <= len(args.channels) <= 6:
        parser.error("--channels: give 2 to 6 numbers")
    if args.model == "dcgan" and len(args.channels) != 4:
        parser.error(f"--channels: {len(args.channels)} values; give 4 numbers for --model dcgan")
    if args.faces and args.model == "sub-pixel":
        parser.error("--faces: --model sub-pixel can only be trained on Gene's own faces; omit it")
    if args.faces and args.data != "faces":
        parser.error(f"--faces: recipe {args.recipe} trains on {args.data} ellipses; omit --faces")
    refuse_resumed_dry_run(parser, args)
    if args.dry_run and not args.faces:
        parser.error("--dry-run: describes the pictures of --faces; give --faces, too")
    if args.init_from == "none":
        args.init_from = None
    return args


def _add_data_flags(group) -> None:
    group.add_argument(
        "--data",
        choices=["faces", *ellipses.STYLES],
        help="train on faces, or on ellipses of this style",
    )
    group.add_argument(
        "--faces",
        metavar="PATH",
        help="folder or archive of pictures, such as Cartoon Set (default: Gene's own faces)",
    )
    group.add_argument(
        "--crop",
        choices=crop.MODES,
        default="square",
        help="how to crop each picture: the largest square (at the top of a tall picture), a "
        "square around the subject, or not at all (none) (default: %(default)s)",
    )
    group.add_argument("--no-labels", action="store_true", help="ignore the labels of the pictures")
    group.add_argument(
        "--dry-run",
        action="store_true",
        help="describe the pictures in --faces, save some as the network will see them, and stop",
    )
    group.add_argument(
        "--max-images",
        type=bounded_int(64, 10**6),
        default=10_000,
        help="maximum number of training images (default: 10,000)",
    )
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=str(faces.CACHE_DIR),
        help="folder for the decoded images (default: %(default)s)",
    )


def _add_network_flags(group) -> None:
    group.add_argument(
        "--model",
        choices=["relativistic", "dcgan", "sub-pixel"],
        help="relativistic: Gene's conditional network with a relativistic loss; dcgan: a plain "
        "DCGAN; sub-pixel: Gene's network with a last layer that doubles the size of its images",
    )
    group.add_argument(
        "--init-from",
        metavar="RUN",
        help="start from the weights of another run where their shapes match; none: start from "
        "random weights",
    )
    group.add_argument(
        "--latent", type=bounded_int(1, 4096), help="size of the generator's noise vector"
    )
    group.add_argument(
        "--activation",
        choices=["tanh", "linear"],
        help="activation of the generator's output (relativistic model only)",
    )
    group.add_argument(
        "--channels",
        type=bounded_int(1, 4096),
        nargs="+",
        help="channels of the generator at each resolution, lowest first; the resolution doubles "
        "each time, and the last one is 64x64",
    )
    group.add_argument(
        "--detail-channels",
        type=bounded_int(1, 4096),
        nargs="+",
        help="channels of each convolution between the generator of 64x64 images and the layer "
        "that doubles their size (sub-pixel model only)",
    )


def _add_training_flags(group) -> None:
    group.add_argument("--batch-size", type=bounded_int(2, 4096), help="images per batch")
    group.add_argument(
        "--min-steps",
        type=bounded_int(1, 10**6),
        metavar="STEPS",
        help="minimum number of steps per epoch; a small data set is repeated as needed",
    )
    group.add_argument(
        "--diff-augment",
        action=argparse.BooleanOptionalAction,
        help="augment all images that the discriminator sees (relativistic model only)",
    )
    group.add_argument(
        "--image-codes",
        action=argparse.BooleanOptionalAction,
        help="give each image a noise vector from which the generator must reproduce it; prevents "
        "mode collapse on small data sets (relativistic model only)",
    )
    group.add_argument(
        "--learning-rate",
        type=bounded_float(1e-7, 10),
        help="learning rate of Adam; for the relativistic model, the peak of a cosine decay",
    )
    group.add_argument(
        "--base-learning-rate",
        type=bounded_float(1e-7, 10),
        help="peak learning rate of the generator of 64x64 images, which comes from another run; "
        "it is reached after the first quarter of training (sub-pixel model only)",
    )
    group.add_argument(
        "--gradient-penalty",
        type=bounded_float(0, 1e6),
        help="weight of the zero-centered gradient penalties (relativistic model only)",
    )
    group.add_argument(
        "--sigma",
        type=bounded_float(0, 1),
        help="standard deviation of the noise that the gradient penalties add to images, whose "
        "values range from -1 to 1 (relativistic model only)",
    )
    group.add_argument(
        "--l1-weight",
        type=bounded_float(0, 1e6),
        help="weight of the mean absolute difference between a generated image and the real one "
        "with the same labels or code (relativistic model only)",
    )
    group.add_argument(
        "--ema-decay",
        type=bounded_float(0, 0.999999),
        help="decay per step of the moving average of the generator's weights; 0: no averaging",
    )
