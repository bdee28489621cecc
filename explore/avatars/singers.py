"""Draw the singers of the lyrics page and the home page: faces with several expressions each.

`web/shared/singer.js` shows them.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from data.avatars import face_code
from data.avatars.labelled_images import Attribute
from data.avatars.people import rules_for
from explore.avatars.name_face import draw_rgba
from generate.faces import FaceGenerator

NAMES = ("Ada", "Billie", "Cleo", "Dolly", "Ella", "Finn", "Gus", "Hazel")
# At rest, two shapes of the mouth while singing, and a blink.
EXPRESSIONS = (
    {"mouth": "smile"},
    {"mouth": "agape"},
    {"mouth": "laugh"},
    {"mouth": "smile", "eyes": "bow"},
)
SIDE = 128  # pixels of a face


def variants_of(attributes: Sequence[Attribute]) -> dict[str, tuple[str, ...]]:
    """Return the variants of each attribute, by name."""
    return {attribute.name: tuple(attribute.variants) for attribute in attributes}


def draw_singers(generator: FaceGenerator) -> Image.Image:
    """Draw the face for each of `NAMES` in a row, with an expression in each column.

    Args:
        generator: A network for Gene's own faces.

    Returns:
        An RGBA image, `SIDE` pixels per face.
    """
    rows = [
        np.hstack([draw_rgba(generator, labels, SIDE) for labels in _expressions(generator, name)])
        for name in NAMES
    ]
    return Image.fromarray(np.vstack(rows), "RGBA")


def _expressions(generator: FaceGenerator, name: str) -> list[list[int]]:
    """Return the variants of the face for a name, with each of `EXPRESSIONS`."""
    attributes = generator.attributes
    labels = face_code.labels_of_name(name, attributes, rules_for(attributes))
    return [
        [
            attribute.variants.index(expression[attribute.name])
            if attribute.name in expression
            else label
            for attribute, label in zip(attributes, labels, strict=True)
        ]
        for expression in EXPRESSIONS
    ]
