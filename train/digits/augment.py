"""Digits shifted, turned, stretched and slanted a little, so that a network sees no picture twice."""

import numpy as np

_CENTRE = 13.5


def distort(images, random, shift, turn, stretch):
    """Pictures float32 (n, 28, 28) in [0, 1] of images uint8, each moved by a transformation of its own.

    shift: pixels either way; turn: degrees either way; stretch: share either way, of each side and of the slant.
    """
    n = len(images)
    angle = np.radians(random.uniform(-turn, turn, n))
    sides = np.exp(random.uniform(-stretch, stretch, (n, 2)))
    slant = random.uniform(-stretch, stretch, n)
    sine, cosine = np.sin(angle), np.cos(angle)
    matrix = np.stack(
        [
            cosine * sides[:, 0],
            (slant * cosine - sine) * sides[:, 1],
            sine * sides[:, 0],
            (slant * sine + cosine) * sides[:, 1],
        ],
        axis=1,
    ).reshape(n, 2, 2)
    grid = np.indices((28, 28)).reshape(2, -1) - _CENTRE
    places = matrix.astype("float32") @ grid.astype("float32")
    places += (_CENTRE + random.uniform(-shift, shift, (n, 2, 1))).astype("float32")
    return _read_between(images, places).reshape(n, 28, 28)


def _read_between(images, places):
    """Bilinear values (n, 784) of images (n, 28, 28) at places (n, 2, 784), y and x; paper lies around them."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1))).reshape(len(images), -1)
    places = np.clip(places + 1, 0, 28.999)
    corner = places.astype("int32")
    (down, right), index = np.moveaxis(places - corner, 1, 0), corner[:, 0] * 30 + corner[:, 1]

    def at(offset):
        return np.take_along_axis(padded, index + offset, axis=1).astype("float32")

    upper = at(0) * (1 - right) + at(1) * right
    lower = at(30) * (1 - right) + at(31) * right
    return (upper * (1 - down) + lower * down) / np.float32(255)
