"""Export the digit networks, each as one graph, and the digits that the page shows.

    inputs   pictures float32 (batch, 784), from 0 (paper) to 1 (ink)
    outputs  logits (batch, classes)

Two more files are written next to each graph, digits.json and digits.bin, which
`web/core/eigen-digits.js` reads. They contain the eigen-digits of the training digits, a typical
test digit of each class, the distribution and the statistics of the pixels of each class, and the
table of `python -m explore.digits transfer`.
"""

import csv
import functools
from pathlib import Path

import numpy as np
import tensorflow as tf

from common.checkpoint import load_run
from common.files import write_json
from data.digits.eigen_digits import fit_pca
from data.digits.mnist import IMAGE_SIDE, NUM_CLASSES, load_digits
from data.digits.pixel_quantiles import pixel_quantiles
from export.exporter import Exporter
from metrics.pixel_statistics import statistics
from models.digits import NETWORKS

FILES: list[str] = []
DTYPE = "float16"
MAX_ERROR = {DTYPE: 0.05}  # maximum difference between exported and Keras logits
TRANSFER_TABLE = Path("checkpoints/digits/transfer.csv")
NUM_PIXELS = IMAGE_SIDE * IMAGE_SIDE
NUM_COMPONENTS = 54  # plus the mean digit: 55 images, which fill rows of 5 or 11

# Links to the page contain coefficients of the first components, so the signs of these components
# must not change.
COMPONENT_SIGNS = (1, 1, -1, 1, 1, 1)


def load(folder):
    """Return the network and the metadata of a run."""
    return load_run(folder, "digits", NETWORKS)


def graph(network):
    """Return the concrete TensorFlow function to export."""

    def logits(pictures):
        return {"logits": network(pictures)}

    signature = tf.TensorSpec((None, NUM_PIXELS), tf.float32, "pictures")
    return tf.function(logits, autograph=False).get_concrete_function(pictures=signature)


def compare(network, exported, count=200):
    """Return the largest difference between exported and Keras logits for noise images."""
    strengths = np.linspace(0, 1, count)[:, None]
    noise = np.random.default_rng(1).random((count, NUM_PIXELS))
    pictures = (noise * strengths).astype("float32")
    expected = np.asarray(network(pictures))
    return float(np.abs(expected - exported({"pictures": pictures})["logits"]).max())


def add_files(_source, folder):
    """Write digits.json and digits.bin, which are the same for every run, to `folder`."""
    description, arrays = _page_digits()
    write_json(folder / "digits.json", description)
    (folder / "digits.bin").write_bytes(arrays)


@functools.cache
def _page_digits() -> tuple[dict, bytes]:
    """Return the contents of digits.json and digits.bin."""
    digits = load_digits()
    pca = fit_pca(digits.training.images / 255, NUM_COMPONENTS)
    components = pca.components_.copy()
    components[: len(COMPONENT_SIGNS)] *= np.array(COMPONENT_SIGNS)[:, None]
    scales = np.abs(components).max(axis=1) / 127
    by_digit = [digits.training.images_of(digit) for digit in range(NUM_CLASSES)]
    description = {
        "scales": scales.tolist(),
        "deviations": np.sqrt(pca.explained_variance_).tolist(),
        "labels": list(range(NUM_CLASSES)),
        "explained": pca.explained_variance_ratio_.tolist(),
        "transfer": _read_table(TRANSFER_TABLE),
        "statistics": [statistics(images).mean(axis=0).tolist() for images in by_digit],
    }
    arrays = [
        (pca.mean_ * 255).round().astype("uint8"),
        (components / scales[:, None]).round().astype("int8"),
        *(most_typical(digits.test.images_of(digit)) for digit in range(NUM_CLASSES)),
        *(pixel_quantiles(images) for images in by_digit),
        *(pixel_quantiles(images, nonzero=True) for images in by_digit),
    ]
    return description, b"".join(array.tobytes() for array in arrays)


def _read_table(path: Path) -> list[dict]:
    """Return the rows of a CSV table; empty if it does not exist."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def most_typical(images: np.ndarray) -> np.ndarray:
    """Return the image that is nearest to the mean of all images."""
    errors = images - images.mean(axis=0)
    return images[np.square(errors).sum(axis=(1, 2)).argmin()]


EXPORTER = Exporter(
    load,
    graph,
    compare,
    DTYPE,
    MAX_ERROR,
    add_files=add_files,
    inputs=lambda _: [TRANSFER_TABLE],
)
