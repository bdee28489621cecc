"""The command line of `python -m train.attributes`."""

import argparse

from common.cli import Parser, add_recipes, bounded_float, bounded_int
from data.avatars import crop, faces
from train.core.flags import add_run_flags

RECIPES = {
    "faces": dict(
        channels=[32, 64, 96, 96],
        embedding_dim=96,
        dropout=0.0,
        batch_size=64,
        learning_rate=2e-3,
        weight_decay=0.01,
        epochs=16,
        patience=4,
    ),
}


def parse(doc: str | None, argv: list[str]) -> argparse.Namespace:
    """Parse the command line; the recipe supplies the defaults.

    Args:
        doc: Description for --help.
        argv: The command-line arguments, without the program name.
    """
    parser = Parser(doc, prog="python -m train.attributes")
    data = parser.add_argument_group("faces")
    data.add_argument(
        "--faces",
        metavar="PATH",
        help="folder or archive of pictures with labels, such as Cartoon Set (default: Gene's own "
        "faces)",
    )
    data.add_argument(
        "--crop",
        choices=crop.MODES,
        default="square",
        help="how to crop each picture, as for train.avatars: the largest square, a square around "
        "the subject, or not at all (none) (default: %(default)s)",
    )
    data.add_argument(
        "--max-images",
        type=bounded_int(64, 10**6),
        help="maximum number of training faces (default: 10,000 for Gene's own faces, otherwise "
        "all)",
    )
    data.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=str(faces.CACHE_DIR),
        help="folder for the decoded images (default: %(default)s)",
    )
    network = parser.add_argument_group("network")
    network.add_argument(
        "--channels", type=bounded_int(1, 4096), nargs="+", help="channels of each convolution"
    )
    network.add_argument(
        "--embedding-dim", type=bounded_int(1, 65536), help="size of the embedding layer"
    )
    network.add_argument(
        "--dropout",
        type=bounded_float(0, 0.95),
        help="dropout rate after the embedding layer, 0 to 0.95",
    )
    training = parser.add_argument_group("training")
    training.add_argument("--batch-size", type=bounded_int(1, 65536), help="faces per batch")
    training.add_argument(
        "--learning-rate", type=bounded_float(1e-7, 10), help="peak learning rate (cosine decay)"
    )
    training.add_argument("--weight-decay", type=bounded_float(0, 1), help="weight decay of AdamW")
    add_run_flags(parser, "attributes")
    return add_recipes(parser, RECIPES, argv)
