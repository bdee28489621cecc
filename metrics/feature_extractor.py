"""Who looks at pictures: the classifier that was trained on their features, or nobody who knows anything of them."""

from pathlib import Path

from common.checkpoint import load_run
from common.files import read_json
from metrics.pixel_space import PixelSpace
from models.attributes import AttributeClassifier


def find_classifier(features, checkpoints):
    """The first classifier in checkpoints/attributes/ that knows just these features, or None."""
    named = [(feature.name, list(feature.variants)) for feature in features]
    for path in sorted(Path(checkpoints).glob("attributes/*/meta.json")):
        told = read_json(path).get("data", {}).get("features", [])
        if named and [(feature["name"], feature["variants"]) for feature in told] == named:
            return load_run(path.parent, "attributes", [AttributeClassifier])[0]
    return None


def find_look(pictures, checkpoints):
    """A function from uint8 images (n, 64, 64, 3) to what they show, (n, features) or None, and to points (n, d)."""
    classifier = find_classifier(pictures.features, checkpoints)
    return (classifier or PixelSpace(pictures.images)).look
