"""The digit networks as graphs for the browser: pictures in, ten logits out; and the digits that the page shows.

    inputs  pictures float32 (batch, 784), from 0 (paper) to 1 (ink)
    outputs logits (batch, classes)

Beside each network go digits.json and digits.bin, for web/core/eigen-digits.js: eigen-digits of the training digits, the most
typical test digit of each kind, how the pixels of each digit are inked, and the table of explore.digits transfer.
"""

import csv
import functools
from pathlib import Path

import numpy as np
import tensorflow as tf

from common.checkpoint import load_run
from common.files import write_json
from data.digits.mnist import CLASSES, load_digits
from explore.digits.gradient import components
from generate.digits.genetic_search import ink_of
from metrics.pixel_statistics import palette, statistics
from models.digits import NETWORKS, PIXELS

FILES = []
BOUNDS = {"float16": 0.05}  # largest difference of a logit from Keras
COMPONENTS = 54  # with the average digit, 55 pictures: full rows of 5 and of 11

TRANSFER = Path("checkpoints/digits/transfer.csv")  # who is fooled by what: the page tells it


def load(folder):
    """The network and the meta of a run."""
    return load_run(folder, "digits", NETWORKS)


def graph(network):
    """The concrete function to export."""
    return tf.function(
        lambda pictures: {"logits": network(pictures)}, autograph=False
    ).get_concrete_function(pictures=tf.TensorSpec((None, PIXELS), tf.float32, "pictures"))


def compare(network, exported, count=200):
    """The largest difference of a logit between Keras and the exported graph, over noise of every strength."""
    strength = np.linspace(0, 1, count)[:, None]
    pictures = (np.random.default_rng(1).random((count, PIXELS)) * strength).astype("float32")
    return float(
        np.abs(np.asarray(network(pictures)) - exported({"pictures": pictures})["logits"]).max()
    )


def add_files(_source, folder):
    """Write digits.json and digits.bin, the same for every run, into the exported `folder`."""
    words, pictures = _page_digits()
    write_json(folder / "digits.json", words)
    (folder / "digits.bin").write_bytes(pictures)


@functools.cache
def _page_digits():
    """What goes into the two files: numbers by name, and pictures of 784 bytes each."""
    digits = load_digits()
    mean, directions = components(digits.training, COMPONENTS)
    deviations = np.linalg.norm(directions, axis=1)
    units = directions / deviations[:, None]
    scales, total = (
        np.abs(units).max(axis=1) / 127,
        (digits.training.images / 255).var(axis=0).sum(),
    )
    samples = [typical(digits.test.of(digit)) for digit in range(CLASSES)]
    real = [digits.training.of(digit) for digit in range(CLASSES)]
    words = {
        "scales": scales.tolist(),
        "deviations": deviations.tolist(),
        "labels": list(range(CLASSES)),
        "explained": (deviations**2 / total).tolist(),
        "transfer": _rows(TRANSFER),
        "statistics": [statistics(images).mean(axis=0).tolist() for images in real],
    }
    whole = [
        (mean * 255).round().astype("uint8"),
        (units / scales[:, None]).round().astype("int8"),
        *samples,
        *map(palette, real),
        *map(ink_of, real),
    ]
    return words, b"".join(part.tobytes() for part in whole)


def _rows(path):
    """The rows of a table that explore.digits has written, as a list of dicts; none where it has not been asked yet."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def typical(images):
    """The image that is nearest to the mean of the images."""
    apart = images - images.mean(axis=0)
    return images[np.square(apart).sum(axis=(1, 2)).argmin()]
