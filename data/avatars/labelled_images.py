"""64x64 images and their labels: the form in which faces and ellipses reach the networks."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

IMAGE_SIDE = 64  # pixels
SPLITS = ("training", "held-out")  # held-out images are never trained on
INVISIBLE = -1  # label of an attribute that cannot be seen


class Attribute(NamedTuple):
    """A property of an image that can be chosen, such as the hair of a face.

    Attributes:
        name: Name of the attribute.
        variants: Names of its variants. A label is an index into them.
        probabilities: How often each variant occurs among the images; they add up to 1.
        masked_by: For other attributes, by name, the variants that make this one invisible.
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
        hash: SHA-256 of all that, hexadecimal.
    """

    images: np.ndarray
    labels: np.ndarray
    attributes: tuple[Attribute, ...]
    hash: str


def parse_attributes(value: Any) -> tuple[Attribute, ...]:
    """Read attributes from the JSON of a meta.json.

    Args:
        value: A list of objects with the fields of `Attribute`.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the value is anything else.
    """
    attributes = tuple(Attribute(**item) for item in value)
    variants = {attribute.name: set(attribute.variants) for attribute in attributes}
    for name, own_variants, probabilities, masked_by in attributes:
        masks = [variant for others in masked_by.values() for variant in others]
        if not all(isinstance(text, str) for text in [name, *own_variants, *masks]):
            raise ValueError("names and variants must be strings")
        if not own_variants or len(own_variants) != len(probabilities):
            raise ValueError("each variant needs a probability")
        if not all(p >= 0 for p in probabilities) or not abs(sum(probabilities) - 1) < 0.01:
            raise ValueError("probabilities must add up to 1")
        if not all(variants[other] >= set(others) for other, others in masked_by.items()):
            raise ValueError("masked by an unknown variant")
    return attributes


def sample_labels(
    rng: np.random.Generator, attributes: Sequence[Attribute], count: int
) -> np.ndarray:
    """Draw random labels, each attribute independently with its probabilities.

    Args:
        rng: Source of random numbers.
        attributes: The attributes to draw.
        count: Number of images.

    Returns:
        int16 array of shape (count, attributes) without INVISIBLE. The first rows do not depend
        on `count`.
    """
    uniform = rng.random((count, len(attributes)))
    labels = np.zeros(uniform.shape, "int16")
    for i, attribute in enumerate(attributes):
        thresholds = np.cumsum(attribute.probabilities)[:-1]
        labels[:, i] = np.searchsorted(thresholds, uniform[:, i], side="right")
    return labels


def mask_invisible(labels: np.ndarray, attributes: Sequence[Attribute]) -> np.ndarray:
    """Return labels with INVISIBLE wherever another attribute hides an attribute."""
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
        float32 array of shape (n, variants of all attributes), the attributes side by side; an
        invisible attribute is all zeros.
    """
    blocks = [
        np.eye(len(attribute.variants) + 1, dtype="float32")[column][:, :-1]
        for attribute, column in zip(attributes, labels.T, strict=True)
    ]
    return np.concatenate([np.zeros((len(labels), 0), "float32"), *blocks], axis=1)


def attributes_as_json(attributes: Iterable[Attribute]) -> list[dict]:
    """Return attributes as `parse_attributes` reads them."""
    return [attribute._asdict() for attribute in attributes]


def contact_sheet(images: np.ndarray, columns: int, scale: int = 1) -> Image.Image:
    """Lay out images row by row on a white sheet.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        columns: Images per row.
        scale: Size of an image pixel on the sheet, in pixels.
    """
    count, side = images.shape[:2]
    rows = -(-count // columns)
    cells = np.full((rows * columns, *images.shape[1:]), 255, "uint8")
    cells[:count] = images
    grid = cells.reshape(rows, columns, side, side, 3).swapaxes(1, 2)
    sheet = Image.fromarray(grid.reshape(rows * side, columns * side, 3))
    return sheet.resize((sheet.width * scale, sheet.height * scale), Image.Resampling.NEAREST)
