"""Pictures as the weights of a Keras model: what the optimizer changes is the picture, while the network is held.

Plain descent finds noise (Simonyan et al. 2014, arXiv:1312.6034); the priors here keep it to what digits look like.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

SIDE = 28


class Prior(NamedTuple):
    """What a picture is held to. blur: width in pixels of a Gaussian; variation: price of the difference of neighbours;
    shift: pixels that the picture is moved either way in each step; components: numbers that it is made of, along the
    principal components of all digits, 0 for free pixels; likely: price of numbers that digits do not have."""

    blur: float = 0.0
    variation: float = 0.0
    shift: int = 0
    components: int = 0
    likely: float = 0.0


class Truncated(keras.constraints.Constraint):
    """Pixels stay between paper and ink."""

    def __call__(self, pixels):
        return ops.clip(pixels, 0.0, 1.0)


class Dream(keras.Model):
    """Pictures that are trained until a network calls them `wanted` (n, classes).

    start: what is changed, (n, 784) pixels, or (n, components) numbers; basis: what decodes the latter, a mean (784,)
    and components (k, 784), each as long as it usually is.
    """

    def __init__(self, network, start, wanted, prior, basis=None):
        super().__init__()
        network.trainable = False
        self.network, self.wanted, self.prior = network, ops.convert_to_tensor(wanted), prior
        self.basis = basis and [ops.convert_to_tensor(part, "float32") for part in basis]
        self.code = self.add_weight(
            shape=start.shape,
            initializer="zeros",
            name="code",
            constraint=None if basis else Truncated(),
        )
        self.code.assign(start)
        self.blur = ops.convert_to_tensor(_blurring(prior.blur), "float32")
        self.built = True

    def pictures(self):
        """The pictures (n, 28, 28) as they are now."""
        pixels = self.code
        if self.basis:
            pixels = ops.clip(self.basis[0] + ops.matmul(self.code, self.basis[1]), 0.0, 1.0)
        return ops.matmul(
            self.blur, ops.matmul(ops.reshape(pixels, (-1, SIDE, SIDE)), ops.transpose(self.blur))
        )

    def call(self, moves, training=False):
        """Logits of the pictures, moved by the two matrices (2, 28, 28)."""
        return self.network(
            ops.matmul(moves[0], ops.matmul(self.pictures(), moves[1])), training=False
        )

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Cross-entropy and the prices of the priors, of all pictures together: each has its own gradient."""
        loss, pictures = ops.sum(self.network.cross_entropy(y_pred, self.wanted)), self.pictures()
        if self.prior.variation:
            loss += self.prior.variation * (
                ops.sum(ops.abs(pictures[:, 1:] - pictures[:, :-1]))
                + ops.sum(ops.abs(pictures[:, :, 1:] - pictures[:, :, :-1]))
            )
        if self.prior.likely:
            loss += self.prior.likely * ops.sum(ops.square(self.code))
        return loss


def _blurring(width):
    """A matrix (28, 28) that blurs along one side; nothing is lost at the edges."""
    apart = np.arange(SIDE)[:, None] - np.arange(SIDE)
    weights = np.exp(-0.5 * (apart / width) ** 2) if width else np.eye(SIDE)
    return weights / weights.sum(axis=1, keepdims=True)


def dream(network, digits, prior, steps, rate, seed, basis=None, noise=1.0, watch=None):
    """Pictures float32 (n, 28, 28), one for each of `digits` (n,), from noise in [0, noise] on; basis: see Dream.

    rate: of Adam, which falls along a cosine; watch: is told (step, the network's confidences (n, classes)) on the way.
    """
    random = np.random.default_rng(seed)
    start = (
        random.normal(0, 0.5, (len(digits), prior.components))
        if basis
        else noise * random.random((len(digits), SIDE * SIDE))
    )
    wanted = np.eye(network.classes, dtype="float32")[digits]
    model = Dream(network, start.astype("float32"), wanted, prior, basis)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.05))
    )
    still = np.stack([np.eye(SIDE, dtype="float32")] * 2)
    for step in range(steps):
        if watch and step in _WATCHED:
            watch(step, ops.convert_to_numpy(network.confidences(model(still))))
        down, right = random.integers(-prior.shift, prior.shift + 1, 2)
        model.train_on_batch(
            np.stack([np.eye(SIDE, k=down), np.eye(SIDE, k=right)]).astype("float32")
        )
    if watch:
        watch(steps, ops.convert_to_numpy(network.confidences(model(still))))
    return ops.convert_to_numpy(model.pictures())


_WATCHED = {*range(20), *range(20, 100, 4), *range(100, 1000, 20)}
