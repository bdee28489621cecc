"""Labeled 64x64 images, the format of all training data for the avatar networks."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

IMAGE_SIDE = 64  # pixels
SPLITS = ("training", "held-out")  # held-out images are never trained on
INVISIBLE = -1  # label of an attribute that cannot be seen, e.g. the iris behind sunglasses


class Attribute(NamedTuple):
    """A property of an image that can be chosen, such as the hair of a face.

    Attributes:
        name: Name of the attribute.
        variants: Names of its variants. A label is an index into them.
        probabilities: Probability of each variant among the images; they add up to 1.
        masked_by: {name of another attribute: the variants of it that make this one invisible}.
    """

    name: str
    variants: tuple[str, ...]
    probabilities: tuple[float, ...]
    masked_by: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 (never modified)


class LabelledImages(NamedTuple):
    """Images and their labels.

    Attributes:
        images: uint8 array of shape (n, 64, 64, 3); may be a memory map.
        labels: int16 array of shape (n, attributes), INVISIBLE where an attribute cannot be seen.
        attributes: The attributes, in the order of the columns of `labels`; empty without labels.
        hash: SHA-256 that identifies the data, hexadecimal.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[Attribute, ...]
    hash: str


def parse_attributes(value: Any) -> tuple[Attribute, ...]:
    """Parse the attributes in a meta.json.

    Args:
        value: A list of objects with the fields of `Attribute`.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the value is not such a list.
    """
    attributes = tuple(Attribute(**item) for item in value)
    variants = {attribute.name: set(attribute.variants) for attribute in attributes}
    for name, own_variants, probabilities, masked_by in attributes:
        masks = [variant for others in masked_by.values() for variant in others]
        if not all(isinstance(text, str) for text in [name, *own_variants, *masks]):
            raise ValueError("attribute names and variants must be strings")
        if not own_variants or len(own_variants) != len(probabilities):
            raise ValueError("each variant needs a probability")
        if not all(p >= 0 for p in probabilities) or not abs(sum(probabilities) - 1) < 0.01:
            raise ValueError("probabilities must add up to 1")
        if not all(variants[other] >= set(others) for other, others in masked_by.items()):
            raise ValueError(f"masked_by of {name} names an unknown variant")
    return attributes


def sample_labels(
    rng: np.random.Generator, attributes: Sequence[Attribute], count: int
) -> np.ndarray:
    """Draw random labels; each attribute is drawn independently from its probabilities.

    Args:
        rng: Random number generator.
        attributes: The attributes to draw.
        count: Number of images.

    Returns:
        int16 array of shape (count, attributes) without INVISIBLE. A larger `count` adds rows but
        does not change the first ones.
    """
    uniform = rng.random((count, len(attributes)))
    labels = np.zeros(uniform.shape, "int16")
    for i, attribute in enumerate(attributes):
        thresholds = np.cumsum(attribute.probabilities)[:-1]
        labels[:, i] = np.searchsorted(thresholds, uniform[:, i], side="right")
    return labels


def mask_invisible(labels: np.ndarray, attributes: Sequence[Attribute]) -> np.ndarray:
    """Return a copy of labels that is INVISIBLE where one attribute hides another one."""
    names = [attribute.name for attribute in attributes]
    masked = labels.copy()
    for i, attribute in enumerate(attributes):
        for name, variants in attribute.masked_by.items():
            j = names.index(name)
            hiding = [attributes[j].variants.index(variant) for variant in variants]
            masked[np.isin(labels[:, j], hiding), i] = INVISIBLE
    return masked


def one_hot(labels: np.ndarray, attributes: Sequence[Attribute]) -> np.ndarray:
    """Encode labels for a network.

    Args:
        labels: int16 array of shape (n, attributes).
        attributes: The attributes, in the order of the columns of `labels`.

    Returns:
        float32 array of shape (n, total number of variants): the one-hot vectors of all attributes,
        concatenated. The vector of an invisible attribute is all zeros.
    """
    blocks = [
        np.eye(len(attribute.variants) + 1, dtype="float32")[column][:, :-1]
        for attribute, column in zip(attributes, labels.T, strict=True)
    ]
    return np.concatenate([np.zeros((len(labels), 0), "float32"), *blocks], axis=1)


def attributes_as_json(attributes: Iterable[Attribute]) -> list[dict]:
    """Return attributes as JSON values that `parse_attributes` can read."""
    return [attribute._asdict() for attribute in attributes]


def reduce_size(images: np.ndarray) -> np.ndarray:
    """Reduce images to IMAGE_SIDE pixels by averaging blocks of pixels, and drop alpha.

    Args:
        images: uint8 array of shape (n, side, side, channels). The first three channels are RGB on
            a white background; `side` is a multiple of IMAGE_SIDE.

    Returns:
        uint8 array of shape (n, IMAGE_SIDE, IMAGE_SIDE, 3).
    """
    count, side = images.shape[:2]
    factor = side // IMAGE_SIDE
    if factor == 1:
        return images[..., :3]
    small = np.empty((count, IMAGE_SIDE, IMAGE_SIDE, 3), "uint8")
    for i, image in enumerate(images):
        squares = image[..., :3].reshape(IMAGE_SIDE, factor, IMAGE_SIDE, factor, 3)
        small[i] = np.rint(squares.mean(axis=(1, 3)))
    return small


def contact_sheet(images: np.ndarray, columns: int, scale: int = 1) -> Image.Image:
    """Arrange images row by row on a white sheet.

    Args:
        images: uint8 array of shape (n, side, side, 3 or 4); alpha is ignored.
        columns: Images per row.
        scale: Factor by which the images are enlarged.
    """
    images = images[..., :3]
    count, side = images.shape[:2]
    rows = -(-count // columns)
    cells = np.full((rows * columns, *images.shape[1:]), 255, "uint8")
    cells[:count] = images
    grid = cells.reshape(rows, columns, side, side, 3).swapaxes(1, 2)
    sheet = Image.fromarray(grid.reshape(rows * side, columns * side, 3))
    return sheet.resize((sheet.width * scale, sheet.height * scale), Image.Resampling.NEAREST)
