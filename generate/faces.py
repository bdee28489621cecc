"""Draw faces with a trained generator.

from generate.faces import load

load("faces").draw(hair="spiky", glasses="round", seed=7).save("me.png")
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import common.keras_quiet  # noqa: F401

import keras
import numpy as np
from keras import ops
from PIL import Image

from common.checkpoint import load_run
from common.cli import GeneError
from common.runs import find_run
from data.avatars.labelled_images import (
    IMAGE_SIDE,
    SPLITS,
    Attribute,
    contact_sheet,
    mask_invisible,
    one_hot,
    parse_attributes,
    sample_labels,
)
from models.avatars import DCGANGenerator, Generator

BATCH = 100  # images per forward pass
COLUMNS = 8  # faces per row of a contact sheet


class FaceGenerator:
    """A trained avatar network.

    Attributes:
        network: The Keras model, a `Generator` or `DCGANGenerator`.
        attributes: The attributes that can be chosen; empty if the network takes no labels.
        meta: The content of the run's meta.json.
    """

    def __init__(self, network: keras.Model, attributes: tuple[Attribute, ...], meta: dict):
        self.network = network
        self.attributes = attributes
        self.meta = meta

    def draw(
        self,
        count: int = 1,
        seed: int = 1,
        side: int = 256,
        attributes: Mapping[str, str] | None = None,
        **more_attributes: str,
    ) -> Image.Image:
        """Draw faces.

        Args:
            count: Number of faces.
            seed: Random seed, 0 or larger, of the noise and of all attributes that are not given.
                The same arguments always give the same faces.
            side: Width and height of a face in pixels. The network draws 64 x 64 pixels, which
                are enlarged smoothly.
            attributes: Variants by attribute, for names that cannot be keyword arguments.
            **more_attributes: Variants by attribute, e.g. hair="spiky".

        Returns:
            One face; for `count` > 1 a contact sheet with 8 faces per row.

        Raises:
            GeneError: If the network has no such attribute or variant.
        """
        images = self.draw_pixels(count, seed, {**(attributes or {}), **more_attributes})
        sheet = contact_sheet(images, min(COLUMNS, count))
        size = (sheet.width * side // IMAGE_SIDE, sheet.height * side // IMAGE_SIDE)
        return sheet if size == sheet.size else sheet.resize(size, Image.Resampling.BICUBIC)

    def draw_pixels(self, count: int, seed: int, attributes: Mapping[str, str]) -> np.ndarray:
        """Draw faces as an array; the arguments are those of `draw`.

        Returns:
            uint8 array of shape (count, 64, 64, 3).
        """
        labels = choose_labels(self.attributes, attributes, count, seed)
        noise = sample_noise(self.network, count, seed)
        return generate_images(self.network, noise, one_hot(labels, self.attributes))


def load(name: str | Path, checkpoint_dir: str | Path | None = None) -> FaceGenerator:
    """Load a trained generator.

    Args:
        name: Name of a run, e.g. "faces", or the path of its folder.
        checkpoint_dir: Folder of all runs. None for `checkpoints` in the working directory, else
            the one next to this package.

    Raises:
        GeneError: If there is no such run, or its files are damaged or do not fit each other.
    """
    folder = find_run("avatars", name, checkpoint_dir)
    network, meta = load_run(folder, "avatars", [Generator, DCGANGenerator])
    path = folder / "meta.json"
    try:
        attributes = parse_attributes(meta["data"]["attributes"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GeneError(f"{path}: the attributes of the images are missing or invalid") from None
    if not network.num_labels:
        return FaceGenerator(network, (), meta)
    variants = sum(len(attribute.variants) for attribute in attributes)
    if variants != network.num_labels:
        raise GeneError(
            f"{path}: the attributes have {variants} variants, "
            f"but the network takes {network.num_labels} labels"
        )
    return FaceGenerator(network, attributes, meta)


def choose_labels(
    attributes: Sequence[Attribute], chosen: Mapping[str, str], count: int, seed: int
) -> np.ndarray:
    """Draw random labels, except for the attributes that are given.

    Args:
        attributes: The attributes of the network.
        chosen: Variants by attribute.
        count: Number of faces.
        seed: Random seed.

    Returns:
        int16 array of shape (count, attributes), INVISIBLE where an attribute cannot be seen.

    Raises:
        GeneError: If there is no such attribute or variant.
    """
    labels = sample_labels(request_rng(seed), attributes, count)
    names = [attribute.name for attribute in attributes]
    for name, variant in chosen.items():
        if name not in names:
            raise GeneError(
                f"{name}: no such attribute; "
                + (f"choose from {', '.join(names)}" if names else "this network takes none")
            )
        column = names.index(name)
        variants = attributes[column].variants
        if variant not in variants:
            raise GeneError(f"{name}={variant}: {name} must be one of {', '.join(variants)}")
        labels[:, column] = variants.index(variant)
    return mask_invisible(labels, attributes)


def request_rng(seed: int) -> np.random.Generator:
    """Return random numbers for the attributes that are requested of a generator.

    They differ from those of the data set's faces, so that no requested face has the attributes of
    the training or held-out face with the same index.
    """
    return np.random.default_rng([len(SPLITS), seed])


def sample_noise(network: keras.Model, count: int, seed: int) -> np.ndarray:
    """Return the noise of `count` images, float32 of shape (count, latent_dim)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, network.latent_dim), dtype="float32")


def generate_images(network: keras.Model, noise: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Run a generator.

    Args:
        network: A `Generator` or `DCGANGenerator`.
        noise: Shape (n, latent_dim).
        labels: One-hot labels, shape (n, num_labels); ignored by a network without labels.

    Returns:
        uint8 array of shape (n, 64, 64, 3).
    """
    batches = [
        ops.convert_to_numpy(network(noise[i : i + BATCH], labels[i : i + BATCH]))
        for i in range(0, len(noise), BATCH)
    ]
    images = np.concatenate(batches)
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
