"""Classify an image file with every digit network.

Run with `python -m explore.digits classify --image FILE`.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.runs import PROJECT_FOLDER
from data.digits.mnist import IMAGE_SIDE, NUM_CLASSES
from data.digits.mnist_style import as_mnist
from data.digits.user_image import read_image, resize
from explore.digits.report import format_confidence
from generate.digits import load
from generate.digits.logits import logits_fn
from models.digits import SigmoidMLP


def main(args: argparse.Namespace) -> None:
    """Run the command `classify`."""
    image = load_image(args.image, args.as_mnist)
    folder = _checkpoint_folder(args.checkpoint_dir)
    runs = sorted(path.parent.name for path in folder.glob("*/model.keras"))
    if not runs:
        raise GeneError(f"{folder}: no trained network; train one with `python -m train.digits`")
    for run in runs:
        network = load(run, args.checkpoint_dir)
        confidences = np.asarray(network.confidences(logits_fn(network)(image[None])))[0]
        print(f"{run:>8}: {_describe(confidences)}{_note(network)}")


def load_image(path: str, is_mnist_style: bool) -> np.ndarray:
    """Read an image file and return it as a digit, uint8 of shape (28, 28)."""
    drawing = read_image(path)
    if is_mnist_style:
        picture = as_mnist(drawing)
        assert picture is not None, "read_image refuses blank images"
    else:
        height, width = drawing.shape
        if drawing.shape != (IMAGE_SIDE, IMAGE_SIDE):
            print(
                f"{path}: {width}x{height} pixels, resized to {IMAGE_SIDE}x{IMAGE_SIDE}; use "
                "--as-mnist to scale and center the digit as in MNIST",
                file=sys.stderr,
            )
        picture = resize(drawing)
    return np.round(np.clip(picture, 0, 1) * 255).astype("uint8")


def _checkpoint_folder(checkpoint_dir: str | None) -> Path:
    if checkpoint_dir is not None:
        return Path(checkpoint_dir) / "digits"
    local = Path("checkpoints") / "digits"
    return local if local.is_dir() else PROJECT_FOLDER / local


def _describe(confidences: np.ndarray) -> str:
    first, second = np.argsort(-confidences)[:2]
    return (
        f"{_name(first)} {format_confidence(confidences[first])}, then "
        f"{_name(second)} {format_confidence(confidences[second])}"
    )


def _name(predicted: int) -> str:
    return str(predicted) if predicted < NUM_CLASSES else "no digit"


def _note(network) -> str:
    if isinstance(network, SigmoidMLP):
        return "  (ten independent outputs, which need not add up to 100%)"
    return ""
