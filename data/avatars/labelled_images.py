"""Pictures of 64 x 64 and what is known of each: the shape in which faces and ellipses reach the networks."""

from typing import NamedTuple

import numpy as np
from PIL import Image

IMAGE_SIDE = 64
SPLITS = ("training", "held-out")  # what a network learns from, and what no training sees
INVISIBLE = -1  # the label of a feature that cannot be seen


class Attribute(NamedTuple):
    """One thing that can be chosen about a picture.

    variants: the names of its variants; a label is the place in them; probabilities: how often each occurs among the
    pictures; masked_by: {name of another feature: its variants under which this feature cannot be seen}.
    """

    name: str
    variants: tuple
    probabilities: tuple
    masked_by: dict = {}


class LabelledImages(NamedTuple):
    """Pictures and their labels.

    images: (count, 64, 64, 3), uint8, perhaps a memory map; labels: (count, len(features)), int16, HIDDEN where the
    feature cannot be seen; features: a tuple of Feature, empty without labels; hash: SHA-256 of all that, hexadecimal.
    """

    images: np.ndarray
    labels: np.ndarray
    features: tuple
    hash: str


def parse_attributes(told):
    """The Features, a tuple, that JSON tells of. KeyError, TypeError, ValueError or AttributeError where not."""
    features = tuple(Attribute(**one) for one in told)
    variants = {feature.name: set(feature.variants) for feature in features}
    for name, all_of, probabilities, masks in features:
        texts = [name, *all_of, *(variant for others in masks.values() for variant in others)]
        if (
            not all(isinstance(text, str) for text in texts)
            or len(all_of) != len(probabilities)
            or not all_of
        ):
            raise ValueError("no feature")
        if not all(share >= 0 for share in probabilities) or not abs(sum(probabilities) - 1) < 0.01:
            raise ValueError("no probabilities")
        if not all(variants[other] >= set(others) for other, others in masks.items()):
            raise ValueError("covered by nothing")
    return features


def sample_labels(rng, features, count):
    """Random labels (count, len(features)), int16, each feature on its own with its probabilities; none is HIDDEN.

    The first rows are the same whatever `count` is.
    """
    drawn = rng.random((count, len(features)))
    labels = np.zeros(drawn.shape, "int16")
    for i, feature in enumerate(features):
        labels[:, i] = np.searchsorted(
            np.cumsum(feature.probabilities)[:-1], drawn[:, i], side="right"
        )
    return labels


def mask_invisible(labels, features):
    """`labels` with HIDDEN wherever another feature covers the feature up."""
    names = [feature.name for feature in features]
    hidden = labels.copy()
    for i, feature in enumerate(features):
        for name, variants in feature.masked_by.items():
            j = names.index(name)
            hidden[
                np.isin(
                    labels[:, j], [features[j].variants.index(variant) for variant in variants]
                ),
                i,
            ] = INVISIBLE
    return hidden


def contact_sheet(images, columns, scale=1):
    """A contact sheet: pictures (count, side, side, 3), uint8, row by row on white, as a Pillow image."""
    count, side = len(images), images.shape[1]
    rows = -(-count // columns)
    filled = np.full((rows * columns, *images.shape[1:]), 255, "uint8")
    filled[:count] = images
    joined = (
        filled.reshape(rows, columns, side, side, 3)
        .swapaxes(1, 2)
        .reshape(rows * side, columns * side, 3)
    )
    return Image.fromarray(joined).resize(
        (columns * side * scale, rows * side * scale), Image.Resampling.NEAREST
    )


def one_hot(labels, features):
    """Labels (count, len(features)) as networks take them: float32 (count, variants of all features), HIDDEN all 0."""
    blocks = [
        np.eye(len(feature.variants) + 1, dtype="float32")[column][:, :-1]
        for feature, column in zip(features, labels.T)
    ]
    return np.concatenate([np.zeros((len(labels), 0), "float32"), *blocks], axis=1)
