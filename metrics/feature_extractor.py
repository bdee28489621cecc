"""Map images to points in which generated and real images are compared."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from common.checkpoint import load_run, read_meta
from data.avatars.labelled_images import Attribute
from metrics.pixel_space import PixelSpace
from models.attributes import AttributeClassifier

# From uint8 images (n, side, side, 3) to their recognized variants, int16 (n, attributes), or None
# without a classifier; and to points (n, d).
FeatureExtractor = Callable[[np.ndarray], tuple[np.ndarray | None, np.ndarray]]


def find_classifier(
    attributes: Sequence[Attribute], checkpoint_dir: str | Path
) -> AttributeClassifier | None:
    """Return the first classifier in checkpoints/attributes/ with exactly these attributes."""
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
    """Return the classifier's embeddings or, without one, principal components of the pixels.

    Args:
        images: Training images, uint8 of shape (n, side, side, 3); they define the components.
        classifier: A classifier that knows the attributes of the images, or None.
    """
    if classifier:
        return classifier.predict_with_embeddings
    space = PixelSpace(images)
    return lambda new_images: (None, space.embed(new_images))
