"""Export an avatar generator for the browser.

    inputs   noise float32 (batch, latent_dim) and, for networks with labels, labels float32
             (batch, num_labels)
    outputs  images (batch, 64, 64, 3), or (batch, 128, 128, 4) with alpha, from -1 to 1

Two more files are written next to the graph: page.json, which describes the run for the page, and
epochs.webp, a single image with the previews of all epochs, 256 x 256 pixels each, 10 per row.
"""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image

from common.checkpoint import best_epoch
from common.cli import GeneError
from common.files import write_json
from common.runs import RESTORE_RUN, read_meta
from data.avatars import people, toonhead
from data.avatars.labelled_images import (
    mask_invisible,
    one_hot,
    parse_attributes,
    sample_labels,
)
from export.exporter import Exporter
from generate.faces import load as load_generator

DTYPE = "uint8"
# Maximum error (see `compare`) by weight format. Pixel values range from -1 to 1.
MAX_ERROR = {DTYPE: 0.02}
COLUMNS = 10
MAX_SHEET_BYTES = 300_000


def load(folder: Path) -> tuple[keras.Model, dict]:
    """Load a run.

    Returns:
        The network, with its attributes as `network.attributes`, and the metadata of the run.
    """
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
        exported: Function that maps named inputs to named outputs of the exported graph.
        count: Number of images.

    Returns:
        The mean absolute difference over the pixels of the image that differs most. Single pixels
        at the edges of shapes may differ more.
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
    """Write page.json and, if the run still has its previews, epochs.webp.

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
    rules = people.rules_for(parse_attributes(meta["data"]["attributes"]))
    write_json(
        folder / "page.json",
        {
            "columns": COLUMNS,
            "best": best_epoch(source, meta),
            "history": history,
            "swatches": swatches,
            "labels": toonhead.LABELS if attributes else {},
            "rules": [rule._asdict() for rule in rules],
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
            f"{path}: not the history of an avatar run ({type(error).__name__}); {RESTORE_RUN}"
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
    """Save an image at the highest quality at which the file is at most MAX_SHEET_BYTES."""
    for quality in range(85, 4, -10):
        image.save(path, "WEBP", quality=quality)
        if path.stat().st_size <= MAX_SHEET_BYTES:
            return


EXPORTER = Exporter(
    load,
    graph,
    compare,
    DTYPE,
    MAX_ERROR,
    add_files=add_files,
    has_own_data=lambda meta: bool(meta.get("args", {}).get("faces")),
)
