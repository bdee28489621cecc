"""Pictures out of a generator: labels and a seed in, uint8 pictures out."""

import numpy as np
from keras import ops

BLOCK = 100     # pictures drawn at once


def one_hot(labels, variants):
    """Labels (n, features), -1 where a feature cannot be seen, as float32 (n, sum of variants): each feature's
    variants side by side, all 0 for -1."""
    parts = [np.arange(n) == labels[:, k, None] for k, n in enumerate(variants)]
    return np.concatenate([np.zeros((len(labels), 0)), *parts], axis=1).astype("float32")


def draw(network, labels, seed):
    """Pictures, uint8 (n, side, side, 3), that a generator makes of labels (n, sum of variants) and the noise of a
    seed. A network without labels takes (n, 0)."""
    noise = np.random.default_rng(seed).standard_normal((len(labels), network.latent), dtype="float32")
    blocks = [network(noise[i:i + BLOCK], labels[i:i + BLOCK]) for i in range(0, len(labels), BLOCK)]
    images = np.concatenate([ops.convert_to_numpy(block) for block in blocks])
    return np.rint((np.clip(images, -1, 1) + 1) * 127.5).astype("uint8")
