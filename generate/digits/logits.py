"""Compute the logits of a digit network for many images at a time."""

from collections.abc import Callable

import common.keras_quiet  # noqa: F401

import jax
import keras
import numpy as np
from jax import numpy as jnp
from keras import ops

from models.digits import SigmoidMLP

_BATCH_SIZE = 2000

LogitsFn = Callable[[np.ndarray], np.ndarray]


def logits_fn(network: keras.Model) -> LogitsFn:
    """Return a fast function that computes the logits of a network.

    Args:
        network: A digit network.

    Returns:
        A function from images, uint8 of shape (n, 28, 28), to logits, float32 of shape
        (n, classes).
    """
    if isinstance(network, SigmoidMLP):
        return _fused(*(jnp.asarray(weight) for weight in network.get_weights()))

    def logits(images):
        batches = []
        for start in range(0, len(images), _BATCH_SIZE):
            batch = images[start : start + _BATCH_SIZE] / np.float32(255)
            batches.append(ops.convert_to_numpy(network(batch, training=False)))
        return np.concatenate(batches)

    return logits


def _fused(kernel_1, bias_1, kernel_2, bias_2) -> LogitsFn:
    """Compile a `SigmoidMLP` with the given weights into a single function."""

    @jax.jit
    def logits(images):
        # One image per column is faster than one per row.
        pixels = images.reshape(len(images), -1).T.astype("float32")
        hidden = jax.nn.sigmoid((kernel_1.T / 255) @ pixels + bias_1[:, None])
        return hidden.T @ kernel_2 + bias_2

    return lambda images: np.asarray(logits(images))
