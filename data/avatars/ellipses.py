"""Ellipses: the first pictures the avatar network was taught, in the three kinds of the original.

outline   unfilled, in a random colour on white: the network drifts to an empty sheet
white     filled, white on black, as simple as it gets
color     filled, in a random colour on black
"""

import colorsys
import hashlib

import numpy as np

from data.avatars.labelled_images import IMAGE_SIDE, SPLITS, LabelledImages

KINDS = ("outline", "white", "color")
COUNT = 10_000
STROKE = 1.5  # pixels: the width of an outline
SEMI_AXES = 7.0, 24.0  # pixels
_MARGIN = 2  # pixels that stay free at the border
_BLOCK = 500  # images drawn at once: 8 million floats


def load(kind, count=COUNT, part="training"):
    """Ellipses of a kind as Pictures without labels; part: "training", or "held-out", which no training sees."""
    rng = np.random.default_rng([SPLITS.index(part), KINDS.index(kind)])
    ellipses = draw(rng, count)
    images = render(kind, ellipses, colors(rng, count))
    return LabelledImages(
        images, np.zeros((count, 0), "int16"), (), hashlib.sha256(images).hexdigest()
    )


def draw(rng, count):
    """Ellipses wholly inside the picture, (count, 4) float64: centre x, y and semi-axes a, b in pixels.

    The semi-axes are uniform, and the centre is uniform wherever the ellipse fits.
    """
    axes = rng.uniform(*SEMI_AXES, (count, 2))
    room = IMAGE_SIDE / 2 - _MARGIN - axes
    return np.concatenate([IMAGE_SIDE / 2 + rng.uniform(-1, 1, (count, 2)) * room, axes], axis=1)


def colors(rng, count):
    """Random strong colours (count, 3), uint8: any hue, half saturated or more, and bright enough for black."""
    drawn = rng.uniform([0, 0.5, 0.6], [1, 1, 1], (count, 3))
    return np.array(
        [[round(255 * x) for x in colorsys.hsv_to_rgb(*hsv)] for hsv in drawn], "uint8"
    ).reshape(-1, 3)


def cover(ellipses, stroke=None):
    """How much of each pixel an ellipse covers, (count, 64, 64) in 0..1; with a stroke, its outline alone.

    The distance to the edge is estimated to first order: f/|grad f| for f = r - 1, r = |((x - cx)/a, (y - cy)/b)|.
    """
    x, y, a, b = (column[:, None, None] for column in np.asarray(ellipses, "float32").T)
    grid = np.arange(IMAGE_SIDE, dtype="float32") + 0.5
    u, v = (grid[None, None, :] - x) / a, (grid[None, :, None] - y) / b
    r = np.sqrt(u * u + v * v)
    slope = np.sqrt((u / a) ** 2 + (v / b) ** 2) / np.maximum(r, 1e-6)
    distance = (r - 1) / np.maximum(slope, 1e-6)
    if stroke:
        distance = np.abs(distance) - stroke / 2
    return np.clip(0.5 - distance, 0, 1)


def render(kind, ellipses, tints):
    """Pictures (count, 64, 64, 3), uint8, of ellipses (count, 4) in the colours (count, 3)."""
    images = np.empty((len(ellipses), IMAGE_SIDE, IMAGE_SIDE, 3), "uint8")
    ground = 255 if kind == "outline" else 0
    tints = np.full_like(tints, 255) if kind == "white" else tints
    for start in range(0, len(ellipses), _BLOCK):
        block = slice(start, start + _BLOCK)
        share = cover(ellipses[block], STROKE if kind == "outline" else None)[..., None]
        images[block] = np.rint(
            ground + (tints[block, None, None].astype("float32") - ground) * share
        )
    return images
