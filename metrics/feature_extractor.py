"""Map images to points, so that generated images can be compared with real ones."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from common.checkpoint import load_run
from common.runs import read_meta
from data.avatars.labelled_images import Attribute
from metrics.pixel_space import PixelSpace
from models.attributes import AttributeClassifier

# A function from images, uint8 (n, side, side, 3), to two values: the recognized variants, int16
# (n, attributes), or None without a classifier; and the points, (n, d).
FeatureExtractor = Callable[[np.ndarray], tuple[np.ndarray | None, np.ndarray]]


def find_classifier(
    attributes: Sequence[Attribute], checkpoint_dir: str | Path
) -> AttributeClassifier | None:
    """Return the first classifier in `checkpoint_dir` for exactly these attributes, or None."""
    if not attributes:
        return None
    wanted = [(attribute.name, list(attribute.variants)) for attribute in attributes]
    for path in sorted(Path(checkpoint_dir).glob("attributes/*/meta.json")):
        known = read_meta(path.parent).get("data", {}).get("attributes", [])
        if [(attribute["name"], attribute["variants"]) for attribute in known] == wanted:
            return load_run(path.parent, "attributes", [AttributeClassifier])[0]
    return None


def feature_extractor(
    images: np.ndarray, classifier: AttributeClassifier | None
) -> FeatureExtractor:
    """Return a function that maps images to points.

    The points are the embeddings of the classifier or, without a classifier, the coordinates in
    `PixelSpace`.

    Args:
        images: Training images, uint8 of shape (n, side, side, 3), from which the principal
            components of `PixelSpace` are computed.
        classifier: A classifier for the attributes of the images, or None.
    """
    if classifier:
        return classifier.predict_with_embeddings
    space = PixelSpace(images)
    return lambda new_images: (None, space.embed(new_images))
