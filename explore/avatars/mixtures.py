"""Measure whether each attribute of a mixture of two faces looks like that of one of them."""

from collections.abc import Iterator, Sequence

import keras
import numpy as np
from keras import ops

from data.avatars import toonhead
from data.avatars.labelled_images import Attribute, mask_invisible, reduce_size
from data.avatars.mixture import mix_labels
from data.avatars.people import Person, person_of_seed, rules_for, seeds_from
from generate.faces import FaceGenerator, generate_images
from models.attributes import AttributeClassifier

TENTHS = 10
HEAD = "| weight of face 2 | lowest confidence | at least 90% | least certain attribute |\n" + (
    "| ---: | ---: | ---: | --- |"
)
_CONFIDENT = 0.9


def pairs_of_people(generator: FaceGenerator, count: int, seed: int) -> list[tuple[Person, Person]]:
    """Return random pairs of people to mix."""
    attributes = generator.attributes
    crowd = [
        person_of_seed(one, attributes, generator.network.latent_dim, rules_for(attributes), 0)
        for one in seeds_from(seed, 2 * count)
    ]
    return list(zip(crowd[::2], crowd[1::2], strict=True))


def mixture_images(
    generator: FaceGenerator, pairs: Sequence[tuple[Person, Person]], amount: float
) -> np.ndarray:
    """Generate a mixture of each pair; return uint8 images, as `generate_images` does.

    Args:
        generator: The generator.
        pairs: The pairs.
        amount: Weight of the second face, from 0 to 1.
    """
    angle = amount * np.pi / 2
    noise = [np.cos(angle) * one.noise + np.sin(angle) * two.noise for one, two in pairs]
    hot = [
        mix_labels(one.labels, two.labels, amount, generator.attributes, toonhead.SWATCHES)
        for one, two in pairs
    ]
    return generate_images(generator.network, np.stack(noise).astype("float32"), np.stack(hot))


def measure_mixtures(
    generator: FaceGenerator,
    classifier: AttributeClassifier,
    pairs: Sequence[tuple[Person, Person]],
) -> Iterator[str]:
    """Yield the lines of the table, one for each weight of the second face: 0%, 10%, ... 100%.

    The two faces may have different variants of an attribute. The confidence in the attribute is
    the probability of whichever of the two variants is more likely. Colors, which blend, and
    attributes that are invisible in either face are ignored.
    """
    attributes = generator.attributes
    for tenth in range(TENTHS + 1):
        images = mixture_images(generator, pairs, tenth / TENTHS)
        certain = _confidence(classifier, images, pairs, attributes)
        pair, worst = np.unravel_index(np.nanargmin(certain), certain.shape)
        share = (certain[~np.isnan(certain)] >= _CONFIDENT).mean()
        lowest = certain[pair, worst]
        yield f"| {tenth / TENTHS:.0%} | {lowest:.3f} | {share:.2%} | {attributes[worst].name} |"


def _confidence(
    classifier: AttributeClassifier,
    images: np.ndarray,
    pairs: Sequence[tuple[Person, Person]],
    attributes: Sequence[Attribute],
) -> np.ndarray:
    """Return the confidences, shape (pairs, attributes); NaN for attributes that are ignored."""
    logits, _ = classifier(np.float32(reduce_size(images)) / 127.5 - 1)
    parts = classifier.split_logits(logits)
    ends = [np.array([pair[i].labels for pair in pairs], "int16") for i in range(2)]
    masked = [mask_invisible(labels, attributes) for labels in ends]
    result = np.full(ends[0].shape, np.nan)
    for i, (attribute, part) in enumerate(zip(attributes, parts, strict=True)):
        if attribute.name in toonhead.SWATCHES:
            continue
        probabilities = ops.convert_to_numpy(keras.activations.softmax(part))
        rows = np.flatnonzero((masked[0][:, i] >= 0) & (masked[1][:, i] >= 0))
        both = [probabilities[rows, labels[rows, i]] for labels in ends]
        result[rows, i] = np.maximum(*both)
    return result
