"""Export an avatar generator for the browser.

Inputs of the graph: noise, float32 of shape (batch, latent_dim), and, unless the network takes no
labels, labels, float32 of shape (batch, num_labels). Output: images, shape (batch, 64, 64, 3), from
-1 to 1.

Next to the graph are page.json, what the page needs to know about the run, and epochs.webp, the
previews of all epochs in one image: 256 x 256 pixels each, COLUMNS per row.
"""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from common.checkpoint import best_epoch, read_meta
from common.cli import GeneError
from common.files import write_json
from data.avatars import toonhead
from data.avatars.labelled_images import mask_invisible, one_hot, sample_labels
from export.exporter import Exporter
from generate.faces import load as load_generator

# Largest mean difference of an image from Keras that is accepted, by format; 2 is black to white.
MAX_ERROR = {"uint8": 0.02}
COLUMNS = 10
MAX_SHEET_BYTES = 300_000


def load(folder: Path) -> tuple[keras.Model, dict]:
    """Return the network of a run, with its attributes as `network.attributes`, and its meta."""
    generator = load_generator(Path(folder).absolute())
    generator.network.attributes = generator.attributes
    return generator.network, generator.meta


def graph(network: keras.Model):
    """Return the concrete TensorFlow function to export."""
    inputs = [
        tf.TensorSpec((None, size), tf.float32, name)
        for name, size in (("noise", network.latent_dim), ("labels", network.num_labels))
        if size
    ]
    return tf.function(
        lambda *arrays: {"images": network(*arrays)}, autograph=False
    ).get_concrete_function(*inputs)


def compare(network: keras.Model, exported: Callable[[dict], dict], count: int = 200) -> float:
    """Compare the exported graph with Keras.

    Args:
        network: The network, from `load`.
        exported: The exported graph: from arrays by input to arrays by output.
        count: Number of images.

    Returns:
        The largest mean difference of an image. Single pixels at the edge of a shape may differ
        more.
    """
    rng = np.random.default_rng(1)
    inputs = {"noise": rng.standard_normal((count, network.latent_dim), dtype="float32")}
    if network.num_labels:
        attributes = network.attributes
        labels = mask_invisible(sample_labels(rng, attributes, count), attributes)
        inputs["labels"] = one_hot(labels, attributes)
    expected = network(*inputs.values()).numpy().clip(-1, 1)
    actual = exported(inputs)["images"].clip(-1, 1)
    return float(np.abs(expected - actual).mean(axis=(1, 2, 3)).max())


def add_files(source: Path, folder: Path) -> None:
    """Write page.json and, if the run has kept its previews, epochs.webp.

    Args:
        source: Folder of the run.
        folder: Folder of the exported model.
    """
    meta = read_meta(source)
    history = _read_history(source / "history.csv")
    attributes = {item["name"]: set(item["variants"]) for item in meta["data"]["attributes"]}
    swatches = {
        name: colors
        for name, colors in toonhead.SWATCHES.items()
        if attributes.get(name) == set(colors)
    }
    write_json(
        folder / "page.json",
        {
            "columns": COLUMNS,
            "best": best_epoch(source, meta),
            "history": history,
            "swatches": swatches,
            "labels": toonhead.LABELS if attributes else {},
        },
    )
    epochs = range(1, len(history) + 1)
    paths = [source / "samples" / f"epoch-{epoch:03d}.webp" for epoch in epochs]
    if all(path.exists() for path in paths):
        frames = [Image.open(path, formats=("WEBP",)).convert("RGB") for path in paths]
        _save_below_limit(_sheet(frames), folder / "epochs.webp")


def _read_history(path: Path) -> list[dict[str, float]]:
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = [
                {name: float(row[name]) for name in ("frechet", "diversity")}
                for row in csv.DictReader(file)
            ]
        if not rows:
            raise ValueError("empty")
        return rows
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise GeneError(
            f"{path}: not the history of an avatar run ({type(error).__name__})"
        ) from None


def _sheet(frames: Sequence[Image.Image]) -> Image.Image:
    """Paste frames of the same size side by side, COLUMNS per row."""
    width, height = frames[0].size
    rows = -(-len(frames) // COLUMNS)
    sheet = Image.new("RGB", (width * min(COLUMNS, len(frames)), height * rows))
    for i, frame in enumerate(frames):
        sheet.paste(frame, (i % COLUMNS * width, i // COLUMNS * height))
    return sheet


def _save_below_limit(image: Image.Image, path: Path) -> None:
    """Save at the best quality that stays below MAX_SHEET_BYTES."""
    for quality in range(85, 4, -10):
        image.save(path, "WEBP", quality=quality)
        if path.stat().st_size <= MAX_SHEET_BYTES:
            return


EXPORTER = Exporter(load, graph, compare, MAX_ERROR, add_files=add_files)
