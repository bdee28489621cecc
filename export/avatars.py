"""The generators of the avatar networks as graphs for the browser: noise and labels in, pictures out.

    inputs  noise float32 (batch, latent), and labels float32 (batch, labels) where the network takes any
    outputs images (batch, 64, 64, 3), from -1 to 1

Beside the graph lie page.json, what the page tells of the run, and epochs.webp, its pictures of all epochs in one:
256 x 256 an epoch, COLUMNS side by side, row by row.
"""

import csv

import numpy as np
import tensorflow as tf
from PIL import Image

from common.checkpoint import best_epoch, read_meta
from common.cli import GeneError
from common.files import write_json
from data.avatars import toonhead
from data.avatars.labelled_images import mask_invisible, one_hot, sample_labels
from generate.runs import load_avatars

FILES = []
BOUNDS = {
    "uint8": 0.02
}  # form, and the largest mean difference of a picture let through: 2 is black to white
COLUMNS, SHEET_BYTES = 10, 300_000


def load(folder):
    """The network and the meta of a run."""
    network, features, meta = load_avatars(folder)
    network.features = features if network.labels else ()
    return network, meta


def graph(generator):
    """The concrete function to export."""
    inputs = [
        tf.TensorSpec((None, size), tf.float32, name)
        for name, size in (("noise", generator.latent), ("labels", generator.labels))
        if size
    ]
    return tf.function(
        lambda *given: {"images": generator(*given)}, autograph=False
    ).get_concrete_function(*inputs)


def compare(generator, exported, count=200):
    """The largest mean difference of a picture between Keras and the exported graph, over `count` pictures. Not of a
    colour: a pixel at the edge of a figure may change sides."""
    rng = np.random.default_rng(1)
    inputs = {"noise": rng.standard_normal((count, generator.latent), dtype="float32")}
    if generator.labels:
        features = generator.features
        inputs["labels"] = one_hot(
            mask_invisible(sample_labels(rng, features, count), features), features
        )
    ours, theirs = generator(*inputs.values()).numpy(), exported(inputs)["images"]
    return float(np.abs(ours.clip(-1, 1) - theirs.clip(-1, 1)).mean(axis=(1, 2, 3)).max())


def add_files(source, folder):
    """Write page.json and, where the run has kept its samples, epochs.webp to `folder`."""
    meta, history = read_meta(source), _history(source / "history.csv")
    features = {feature["name"]: set(feature["variants"]) for feature in meta["data"]["features"]}
    write_json(
        folder / "page.json",
        {
            "columns": COLUMNS,
            "best": best_epoch(source, meta),
            "history": history,
            "swatches": {
                name: colors
                for name, colors in toonhead.SWATCHES.items()
                if features.get(name) == set(colors)
            },
        },
    )
    paths = [source / "samples" / f"epoch-{epoch:03d}.webp" for epoch in range(1, len(history) + 1)]
    if all(path.exists() for path in paths):
        _save_small(
            _sheet([Image.open(path).convert("RGB") for path in paths]), folder / "epochs.webp"
        )


def _history(path):
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
        raise GeneError(f"{path}: no history of this run ({type(error).__name__})") from None


def _sheet(frames):
    width, height = frames[0].size
    whole = Image.new(
        "RGB", (width * min(COLUMNS, len(frames)), height * -(-len(frames) // COLUMNS))
    )
    for i, frame in enumerate(frames):
        whole.paste(frame, (i % COLUMNS * width, i // COLUMNS * height))
    return whole


def _save_small(image, path):
    """At the best quality that stays under SHEET_BYTES."""
    for quality in range(85, 4, -10):
        image.save(path, "WEBP", quality=quality)
        if path.stat().st_size <= SHEET_BYTES:
            return
