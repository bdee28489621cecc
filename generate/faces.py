"""Pictures out of a generator: noise and labels in, uint8 pictures out."""

import common.keras_quiet  # noqa: F401

import numpy as np
from keras import ops

BLOCK = 100  # pictures drawn at once


def noise_of(seed, count, network):
    """The noise of `count` pictures, float32 (count, latent), the same for the same seed."""
    return np.random.default_rng(seed).standard_normal((count, network.latent), dtype="float32")


def draw(network, noise, labels):
    """Pictures, uint8 (n, 64, 64, 3), that a generator makes of noise (n, latent) and one-hot labels (n, labels), which
    a network without labels ignores."""
    blocks = [
        network(noise[i : i + BLOCK], labels[i : i + BLOCK]) for i in range(0, len(noise), BLOCK)
    ]
    images = np.concatenate([ops.convert_to_numpy(block) for block in blocks])
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
