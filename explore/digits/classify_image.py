"""What the networks say of a picture: `python -m explore.digits ask --image FILE`."""

import sys
from pathlib import Path

import numpy as np

from common.cli import GeneError
from data.digits.mnist_style import as_mnist
from data.digits.user_image import IMAGE_SIDE, read_picture, shrink
from explore.digits.report import sure
from generate.digits.logits import ask_of
from generate.runs import load_digit_network


def main(args, digits):
    if not args.image:
        raise GeneError("--image: name the picture to ask about")
    drawing = read_picture(args.image)
    if args.as_mnist:
        picture = as_mnist(drawing)
    else:
        if drawing.shape != (IMAGE_SIDE, IMAGE_SIDE):
            print(
                f"{args.image}: {drawing.shape[1]}x{drawing.shape[0]} pixels, resized to {IMAGE_SIDE}x{IMAGE_SIDE}; --as-mnist "
                "sizes and centres it as MNIST's digits were",
                file=sys.stderr,
            )
        picture = shrink(drawing)
    image = np.round(np.clip(picture, 0, 1) * 255).astype("uint8")
    runs = sorted(
        path.parent.name for path in (Path(args.checkpoint_dir) / "digits").glob("*/model.keras")
    )
    if not runs:
        raise GeneError(
            f"{args.checkpoint_dir}/digits: no run to ask; train one first, e.g. python -m train.digits"
        )
    for run in runs:
        network = load_digit_network(args.checkpoint_dir, run)
        said = np.asarray(network.confidences(ask_of(network)(image[None])))[0]
        first, second = np.argsort(-said)[:2]
        print(
            f"{run:>8}: {_name(first)} {sure(said[first])}, then {_name(second)} {sure(said[second])}"
        )


def _name(answer):
    return str(answer) if answer < 10 else "no digit"
