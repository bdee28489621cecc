"""Draw faces with a trained generator.

Example:
    from generate.faces import load

    load("faces-128").draw(hair="spiky", glasses="round", seed=7).save("me.png")
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
from common.runs import RESTORE_RUN, find_run
from data.avatars.labelled_images import (
    SPLITS,
    Attribute,
    contact_sheet,
    mask_invisible,
    one_hot,
    parse_attributes,
)
from data.avatars.people import person_of_seed, rules_for, seeds_from
from generate.enlarge import resize
from models.avatars import DCGANGenerator, Generator
from models.sub_pixel import SubPixelGenerator

BATCH = 100  # images per forward pass
COLUMNS = 8  # faces per row of a contact sheet


class FaceGenerator:
    """A trained avatar network.

    Attributes:
        network: The Keras model, a `Generator`, `DCGANGenerator` or `SubPixelGenerator`.
        attributes: The attributes that can be chosen; empty for a network without labels.
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
        wildness: float = 0,
        **more_attributes: str,
    ) -> Image.Image:
        """Draw faces.

        Args:
            count: Number of faces.
            seed: Random seed, 0 or larger, for the noise and for all attributes that are not given.
                The same arguments always give the same faces.
            side: Width and height of a face in pixels. The network draws 128 x 128 pixels (or
                64 x 64, without an alpha channel), which are then resized.
            attributes: The chosen variants, {attribute: variant}, for names of attributes that
                cannot be keyword arguments.
            wildness: From 0 to 1: at 0, plausible combinations of attributes are preferred; at 1,
                attributes are drawn independently.
            **more_attributes: More chosen variants, e.g. hair="spiky".

        Returns:
            An image of the face or, for `count` > 1, a contact sheet with 8 faces per row.

        Raises:
            GeneError: If the network has no such attribute or variant.
        """
        chosen = {**(attributes or {}), **more_attributes}
        images = self.draw_pixels(count, seed, chosen, wildness)
        resized = np.stack([resize(image, side) for image in images])
        return contact_sheet(resized, min(COLUMNS, count))

    def draw_pixels(
        self, count: int, seed: int, attributes: Mapping[str, str], wildness: float = 0
    ) -> np.ndarray:
        """Draw the faces that the web page shows for a seed; see `draw` for the arguments.

        Returns:
            uint8 array of shape (count, side, side, channels), as returned by `generate_images`.
        """
        rules = rules_for(self.attributes)
        crowd = [
            person_of_seed(one, self.attributes, self.network.latent_dim, rules, wildness)
            for one in seeds_from(seed, count)
        ]
        labels = np.array([person.labels for person in crowd], "int16")
        labels = override_labels(labels, self.attributes, attributes)
        noise = np.stack([person.noise for person in crowd])
        return generate_images(self.network, noise, one_hot(labels, self.attributes))


def load(name: str | Path, checkpoint_dir: str | Path | None = None) -> FaceGenerator:
    """Load a trained generator.

    Args:
        name: Name of a run, e.g. "faces", or the path of its folder.
        checkpoint_dir: Folder that contains all runs. If None, search `checkpoints` in the working
            directory, then `checkpoints` next to this package.

    Raises:
        GeneError: If there is no such run, or its files are damaged or inconsistent.
    """
    folder = find_run("avatars", name, checkpoint_dir)
    network, meta = load_run(folder, "avatars", [Generator, DCGANGenerator, SubPixelGenerator])
    path = folder / "meta.json"
    try:
        attributes = parse_attributes(meta["data"]["attributes"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise GeneError(
            f"{path}: the attributes of the images are missing or invalid; {RESTORE_RUN}"
        ) from None
    if not network.num_labels:
        return FaceGenerator(network, (), meta)
    variants = sum(len(attribute.variants) for attribute in attributes)
    if variants != network.num_labels:
        raise GeneError(
            f"{path}: the attributes have {variants} variants, "
            f"but the network takes {network.num_labels} labels; {RESTORE_RUN}"
        )
    return FaceGenerator(network, attributes, meta)


def override_labels(
    labels: np.ndarray, attributes: Sequence[Attribute], chosen: Mapping[str, str]
) -> np.ndarray:
    """Give all faces the chosen variants, in place of their own labels.

    Args:
        labels: Shape (count, attributes), without INVISIBLE.
        attributes: The attributes of the network.
        chosen: The chosen variants, {attribute: variant}.

    Returns:
        int16 array of shape (count, attributes), INVISIBLE where an attribute cannot be seen.

    Raises:
        GeneError: If there is no such attribute or variant.
    """
    labels = labels.copy()
    names = [attribute.name for attribute in attributes]
    for name, variant in chosen.items():
        if name not in names:
            raise GeneError(
                f"{name}: no such attribute; "
                + (
                    f"choose from {', '.join(names)}"
                    if names
                    else "this network has no attributes, so leave it out"
                )
            )
        column = names.index(name)
        variants = attributes[column].variants
        if variant not in variants:
            raise GeneError(f"{name}={variant}: {name} must be one of {', '.join(variants)}")
        labels[:, column] = variants.index(variant)
    return mask_invisible(labels, attributes)


def request_rng(seed: int) -> np.random.Generator:
    """Return a random number generator for the attributes of generated faces.

    It is seeded differently from those of the data set, so that a generated face does not have the
    same attributes as the training or held-out face with the same index.
    """
    return np.random.default_rng([len(SPLITS), seed])


def sample_noise(network: keras.Model, count: int, seed: int) -> np.ndarray:
    """Draw the noise for `count` images; return float32 of shape (count, latent_dim)."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((count, network.latent_dim), dtype="float32")


def generate_images(network: keras.Model, noise: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Generate images in batches.

    Args:
        network: A `Generator`, `DCGANGenerator` or `SubPixelGenerator`.
        noise: Shape (n, latent_dim).
        labels: One-hot labels, shape (n, num_labels); ignored by a network without labels.

    Returns:
        uint8 array of shape (n, 64, 64, 3), or (n, 128, 128, 4) with alpha in the last channel.
    """
    batches = [
        ops.convert_to_numpy(network(noise[i : i + BATCH], labels[i : i + BATCH]))
        for i in range(0, len(noise), BATCH)
    ]
    images = np.concatenate(batches)
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
