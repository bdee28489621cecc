"""What a digit network says of images, as a plain function: many at a time, and fast."""

import common.keras_quiet  # noqa: F401

import jax
import numpy as np
from jax import numpy as jnp
from keras import ops

from models.digits import SigmoidMLP

_BATCH = 2000


def ask_of(network):
    """A function from images uint8 (n, 28, 28) to the network's logits float32 (n, classes)."""
    if isinstance(network, SigmoidMLP):
        return _fused(*(jnp.asarray(weight) for weight in network.get_weights()))

    def ask(images):
        parts = [images[i : i + _BATCH] / np.float32(255) for i in range(0, len(images), _BATCH)]
        return np.concatenate(
            [ops.convert_to_numpy(network(part, training=False)) for part in parts]
        )

    return ask


def _fused(first, bias, last, offset):
    """The sigmoid network as one compiled function."""

    @jax.jit
    def answer(images):
        pixels = images.reshape(len(images), -1).T.astype(
            "float32"
        )  # a column an image: faster this way round
        return jax.nn.sigmoid((first.T / 255) @ pixels + bias[:, None]).T @ last + offset

    return lambda images: np.asarray(answer(images))
