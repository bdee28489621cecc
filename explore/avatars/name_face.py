"""Draw the face for a name or a code, as the avatars page does."""

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from common.cli import GeneError
from common.files import atomic
from data.avatars import face_code
from data.avatars.labelled_images import mask_invisible, one_hot
from data.avatars.people import person_of_seed, rules_for
from generate.enlarge import enlarge, resize, to_rgba
from generate.faces import FaceGenerator, generate_images

NOISE_SEED = 0  # the same for all names, so that faces differ only in their attributes


def face_labels(generator: FaceGenerator, name: str | None, code: str | None) -> list[int]:
    """Return the variants of the face for a code or, if `code` is None, for a name.

    Raises:
        GeneError: If the code is invalid, or the network has no attributes.
    """
    attributes = generator.attributes
    if not attributes:
        raise GeneError(
            "--run: this network has no attributes, so it cannot draw the face for a name or a "
            "code; choose another run"
        )
    if code is not None:
        return face_code.decode(code, attributes)
    return face_code.labels_of_name(name or "", attributes, rules_for(attributes))


def draw_face(generator: FaceGenerator, labels: list[int], side: int) -> Image.Image:
    """Draw the face with these variants on white, `side` pixels wide and high."""
    return Image.fromarray(resize(_pixels(generator, labels), side))


def draw_rgba(generator: FaceGenerator, labels: list[int], side: int) -> np.ndarray:
    """Draw the face with these variants; return uint8 pixels of shape (side, side, 4).

    The background is transparent if the network has an alpha channel. `side` must be at least the
    size of the network's own pictures.
    """
    return enlarge(to_rgba(_pixels(generator, labels)), side)


def _pixels(generator: FaceGenerator, labels: list[int]) -> np.ndarray:
    attributes, network = generator.attributes, generator.network
    noise = person_of_seed(NOISE_SEED, (), network.latent_dim).noise
    masked = mask_invisible(np.array([labels], "int16"), attributes)
    [pixels] = generate_images(network, noise[None], one_hot(masked, attributes))
    return pixels


def save_face(image: Image.Image, code: str, path: Path) -> None:
    """Write a PNG file with the code in its metadata, like the files that the page saves."""
    texts = PngInfo()
    texts.add_text("Software", "Gene")
    texts.add_text("Face code", code)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic(path) as temporary:
        image.save(temporary, format="PNG", pnginfo=texts)
