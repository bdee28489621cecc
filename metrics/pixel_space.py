"""Pictures as points without any classifier: for data that have no labels, and to see what a classifier ignores."""

import numpy as np

BLOCK = 1000  # pictures at once


def shrink(images, side):
    """uint8 images (n, s, s, 3) averaged down to (n, side, side, 3), float32 in [0, 1]; side divides s."""
    factor, parts = images.shape[1] // side, []
    for begin in range(0, len(images), BLOCK):
        block = np.float32(images[begin : begin + BLOCK]) / 255
        parts.append(block.reshape(-1, side, factor, side, factor, 3).mean(axis=(2, 4)))
    return np.concatenate(parts)


def flat(images, side=32):
    """uint8 images as points of the pixels of their half-sized copies, (n, 3072) float32 in [0, 1]."""
    return shrink(images, side).reshape(len(images), -1)


class PixelSpace:
    """The principal components of colours (16 x 16) and edges (16 x 16) of the data: a space that knows no labels.

    Edges are the mean absolute steps of brightness between neighbouring pixels, so that blurred pictures lie apart
    from sharp ones of the same colours.
    """

    def __init__(self, images, size=64):
        vectors = _colours_and_edges(images)
        self.mean = vectors.mean(axis=0)
        scatter = (vectors - self.mean).T @ (vectors - self.mean)
        self.axes = np.linalg.eigh(scatter.astype("float64"))[1][:, ::-1][:, :size]

    def look(self, images):
        """No labels, and the points (n, size) of uint8 images."""
        return None, (_colours_and_edges(images) - self.mean) @ self.axes


def _colours_and_edges(images):
    return np.concatenate(
        [
            np.concatenate([flat(block, 16), 4 * _edges(block)], axis=1)
            for block in np.split(images, range(BLOCK, len(images), BLOCK))
        ]
    )


def _edges(images):
    grey = np.float32(images).mean(axis=3) / 255
    steps = np.abs(np.diff(grey, axis=1, append=grey[:, -1:])) + np.abs(
        np.diff(grey, axis=2, append=grey[:, :, -1:])
    )
    return (
        steps.reshape(len(images), 16, steps.shape[1] // 16, 16, -1)
        .mean(axis=(2, 4))
        .reshape(len(images), -1)
    )
