"""Images that fool the network of the run `original`, as an eleventh class of training images."""

import hashlib

import numpy as np

from common.progress import Progress
from common.runs import find_any_run
from data.digits.mnist import NUM_CLASSES, DigitSplit
from data.digits.pixel_quantiles import pixel_quantiles
from generate.digits import load
from generate.digits.genetic_search import evolve
from generate.digits.logits import logits_fn

TARGET_RUN = "original"
_SEARCHES_AT_ONCE = 100
_SEED_STRIDE = 7_000_003  # so that runs with different seeds do not repeat searches


def fooling_images(training: DigitSplit, checkpoint_dir: str, count: int, seed: int) -> np.ndarray:
    """Evolve images that fool the network of the run `original`.

    Args:
        training: Training digits, from which the pixel values of the strokes are sampled.
        checkpoint_dir: Folder that contains all runs. If `original` is not there, the default
            folders are searched.
        count: Number of images, rounded down so that every digit has the same number; at least one
            per digit.
        seed: Random seed.

    Returns:
        Images, uint8 of shape (about `count`, 28, 28).
    """
    logits_of = logits_fn(load(find_any_run("digits", TARGET_RUN, checkpoint_dir)))
    progress = Progress(count)
    per_digit = max(1, count // NUM_CLASSES)
    found = []
    done = 0
    for digit in range(NUM_CLASSES):
        ink = pixel_quantiles(training.images_of(digit), nonzero=True)
        for begin in range(0, per_digit, _SEARCHES_AT_ONCE):
            searches = np.arange(begin, min(begin + _SEARCHES_AT_ONCE, per_digit))
            result = evolve(logits_of, digit, searches + seed * _SEED_STRIDE, ink)
            found.append(result.images)
            done += len(result.images)
            progress.show(done, lambda speed: f"fooling images: {speed:.0f}/s")
    progress.end()
    return np.concatenate(found)


def add_fooling_class(split: DigitSplit, images: np.ndarray) -> DigitSplit:
    """Return the split with `images` added as the class after the last digit."""
    labels = np.full(len(images), NUM_CLASSES, "uint8")
    return DigitSplit(
        np.concatenate([split.images, images]), np.concatenate([split.labels, labels])
    )


def sha256_of(images: np.ndarray) -> str:
    """Return the SHA-256 of the images in hexadecimal, for meta.json."""
    return hashlib.sha256(np.ascontiguousarray(images)).hexdigest()
