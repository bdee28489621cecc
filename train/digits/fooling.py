"""Pictures that fool the original's network, as an eleventh kind of training digit."""

import hashlib
from pathlib import Path

import numpy as np

from common.checkpoint import load_run
from common.progress import Progress
from data.digits.mnist import CLASSES, Part
from generate.digits.genetic_search import evolve, ink_of
from generate.digits.logits import ask_of
from models.digits import SigmoidMLP

AT_ONCE = 100  # runs


def fooling_images(training, checkpoints, count, seed):
    """Images uint8 (about count, 28, 28) of every digit in turn, evolved against the run `seed`."""
    network, _ = load_run(Path(checkpoints) / "digits" / "seed", "digits", [SigmoidMLP])
    ask, progress, parts = ask_of(network), Progress(count), []
    for digit in range(CLASSES):
        ink = ink_of(training.of(digit))
        for begin in range(0, max(1, count // CLASSES), AT_ONCE):
            seeds = (
                np.arange(begin, min(begin + AT_ONCE, max(1, count // CLASSES))) + seed * 7_000_003
            )
            parts.append(evolve(ask, digit, seeds, ink).images)
            progress.show(
                sum(map(len, parts)), lambda speed: f"pictures that fool the network: {speed:.0f}/s"
            )
    progress.end()
    return np.concatenate(parts)


def with_fooling(part, images):
    """A Part with images added as the class after the last digit."""
    labels = np.full(len(images), CLASSES, "uint8")
    return Part(np.concatenate([part.images, images]), np.concatenate([part.labels, labels]))


def fingerprint(images):
    """The SHA-256 of the images, for meta.json."""
    return hashlib.sha256(np.ascontiguousarray(images)).hexdigest()
