"""Synthetic ellipses, the simplest images that an avatar network can learn.

outline   outlines in a random color on white; networks tend to collapse to blank images
white     filled white ellipses on black, the easiest to learn
color     filled ellipses in a random color on black
"""

import colorsys
import hashlib

import numpy as np

from data.avatars.labelled_images import IMAGE_SIDE, SPLITS, LabelledImages

STYLES = ("outline", "white", "color")
COUNT = 10_000
STROKE = 1.5  # width of an outline in pixels
SEMI_AXES = (7.0, 24.0)  # minimum and maximum, pixels
_MARGIN = 2  # empty pixels at the border
_BATCH = 500  # images rendered at once: 8 million floats


def load(style: str, count: int = COUNT, split: str = "training") -> LabelledImages:
    """Render ellipses.

    Args:
        style: One of STYLES.
        count: Number of images.
        split: "training", or "held-out" for images that are never trained on.

    Returns:
        The images, without labels; always the same for the same arguments.
    """
    rng = np.random.default_rng([SPLITS.index(split), STYLES.index(style)])
    ellipses = sample_ellipses(rng, count)
    images = render(style, ellipses, sample_colors(rng, count))
    digest = hashlib.sha256(images.tobytes()).hexdigest()
    return LabelledImages(images, np.zeros((count, 0), "int16"), (), digest)


def sample_ellipses(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw random ellipses that lie inside the image.

    Both semi-axes are drawn uniformly, then the center, among all positions at which the ellipse
    fits.

    Returns:
        float64 array of shape (count, 4): center x, center y and semi-axes a, b in pixels.
    """
    axes = rng.uniform(*SEMI_AXES, (count, 2))
    margin = IMAGE_SIDE / 2 - _MARGIN - axes
    centers = IMAGE_SIDE / 2 + rng.uniform(-1, 1, (count, 2)) * margin
    return np.concatenate([centers, axes], axis=1)


def sample_colors(rng: np.random.Generator, count: int) -> np.ndarray:
    """Draw random vivid colors: any hue, a saturation of at least 0.5 and a value of at least 0.6.

    Returns:
        uint8 array of shape (count, 3).
    """
    hsv = rng.uniform([0, 0.5, 0.6], [1, 1, 1], (count, 3))
    rgb = [[round(255 * value) for value in colorsys.hsv_to_rgb(*color)] for color in hsv]
    return np.array(rgb, "uint8").reshape(-1, 3)


def coverage_mask(ellipses: np.ndarray, stroke: float | None = None) -> np.ndarray:
    """Return how much of each pixel an ellipse covers.

    The distance to the edge is estimated to first order: f / |grad f| for f = r - 1 and
    r = |((x - cx) / a, (y - cy) / b)|.

    Args:
        ellipses: Shape (n, 4), as from `sample_ellipses`.
        stroke: Width of the outline in pixels; None for filled ellipses.

    Returns:
        float32 array of shape (n, 64, 64), from 0 to 1.
    """
    center_x, center_y, a, b = (
        column[:, None, None] for column in np.asarray(ellipses, "float32").T
    )
    pixels = np.arange(IMAGE_SIDE, dtype="float32") + 0.5
    u = (pixels[None, None, :] - center_x) / a
    v = (pixels[None, :, None] - center_y) / b
    r = np.sqrt(u * u + v * v)
    gradient = np.sqrt((u / a) ** 2 + (v / b) ** 2) / np.maximum(r, 1e-6)
    distance = (r - 1) / np.maximum(gradient, 1e-6)
    if stroke:
        distance = np.abs(distance) - stroke / 2
    return np.clip(0.5 - distance, 0, 1)


def render(style: str, ellipses: np.ndarray, colors: np.ndarray) -> np.ndarray:
    """Render ellipses.

    Args:
        style: One of STYLES.
        ellipses: Shape (n, 4), as from `sample_ellipses`.
        colors: uint8 array of shape (n, 3); ignored for white ellipses.

    Returns:
        uint8 array of shape (n, 64, 64, 3).
    """
    images = np.empty((len(ellipses), IMAGE_SIDE, IMAGE_SIDE, 3), "uint8")
    background = 255 if style == "outline" else 0
    stroke = STROKE if style == "outline" else None
    if style == "white":
        colors = np.full_like(colors, 255)
    for start in range(0, len(ellipses), _BATCH):
        rows = slice(start, start + _BATCH)
        coverage = coverage_mask(ellipses[rows], stroke)[..., None]
        contrast = colors[rows, None, None].astype("float32") - background
        images[rows] = np.rint(background + contrast * coverage)
    return images
