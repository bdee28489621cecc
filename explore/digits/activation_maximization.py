"""Activation maximization: optimize pixels so that a network classifies them as a given digit.

The images are the weights of a Keras model, so that any optimizer can train them while the network
is frozen. Without priors, the images look like noise (Simonyan et al., 2014, arXiv:1312.6034); with
priors, they look more like digits.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from data.digits.mnist import IMAGE_SIDE

OnProgress = Callable[[int, np.ndarray], None]


class Prior(NamedTuple):
    """Constraints on the images that make them look more like digits.

    Attributes:
        blur: Standard deviation of a Gaussian blur, in pixels.
        total_variation: Weight of the sum of absolute differences between neighboring pixels.
        jitter: Maximum random shift of the images in each step, in pixels.
        components: If not 0, images are linear combinations of this number of principal components
            of the digits.
        code_penalty: Weight of the squared coefficients of the components, each divided by its
            standard deviation among digits.
    """

    blur: float = 0.0
    total_variation: float = 0.0
    jitter: int = 0
    components: int = 0
    code_penalty: float = 0.0


class Basis(NamedTuple):
    """Principal components, for computing images from coefficients.

    Attributes:
        mean: The mean digit, of shape (784,).
        components: Components of shape (k, 784), each multiplied by the standard deviation of its
            coefficient among digits.
    """

    mean: np.ndarray
    components: np.ndarray


def maximize_activation(
    network: keras.Model,
    digits: np.ndarray,
    prior: Prior,
    steps: int,
    learning_rate: float,
    seed: int,
    basis: Basis | None = None,
    noise: float = 1.0,
    on_progress: OnProgress | None = None,
) -> np.ndarray:
    """Generate one image for each digit in `digits`.

    Args:
        network: A digit network.
        digits: The target digits, of shape (n,).
        prior: Constraints on the images.
        steps: Steps of the optimizer (Adam).
        learning_rate: Initial learning rate (cosine decay).
        seed: Random seed for the initial images and the jitter.
        basis: The principal components; required if the prior has components.
        noise: Initial pixels are uniform in [0, noise].
        on_progress: Called now and then with the number of steps so far and the confidences (n,
            classes).

    Returns:
        Images, float32 of shape (n, 28, 28), from 0 to 1.
    """
    random = np.random.default_rng(seed)
    if basis:
        code = random.normal(0, 0.5, (len(digits), prior.components))
    else:
        code = noise * random.random((len(digits), IMAGE_SIDE * IMAGE_SIDE))
    targets = np.eye(network.classes, dtype="float32")[digits]
    model = TrainableImages(network, code.astype("float32"), targets, prior, basis)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps, alpha=0.05)
    model.compile(keras.optimizers.Adam(schedule))

    def report(step):
        if on_progress:
            logits = model(_shift_matrices(0, 0))
            on_progress(step, ops.convert_to_numpy(network.confidences(logits)))

    for step in range(steps):
        if step in _REPORTED_STEPS:
            report(step)
        down, right = random.integers(-prior.jitter, prior.jitter + 1, 2)
        model.train_on_batch(_shift_matrices(down, right))
    report(steps)
    return ops.convert_to_numpy(model.images())


# More frequent at the start, when the confidences change quickly.
_REPORTED_STEPS = {*range(20), *range(20, 100, 4), *range(100, 1000, 20)}


class TrainableImages(keras.Model):
    """Images as weights, trained until a network assigns them the target classes.

    Args:
        network: The network. It is frozen.
        code: Initial weights: pixels (n, 784), or coefficients (n, components) with a basis.
        targets: One-hot target classes, of shape (n, classes).
        prior: Constraints on the images, e.g. smoothness.
        basis: Decodes coefficients; None if the weights are pixels.
    """

    def __init__(self, network, code, targets, prior: Prior, basis: Basis | None = None):
        super().__init__()
        network.trainable = False
        self.network = network
        self.targets = ops.convert_to_tensor(targets)
        self.prior = prior
        self.basis = basis and [ops.convert_to_tensor(part, "float32") for part in basis]
        self.code = self.add_weight(
            shape=code.shape,
            initializer="zeros",
            name="code",
            constraint=None if basis else UnitInterval(),
        )
        self.code.assign(code)
        self.blur = ops.convert_to_tensor(_blur_matrix(prior.blur), "float32")
        self.built = True

    def images(self):
        """Return the current images, of shape (n, 28, 28)."""
        pixels = self.code
        if self.basis:
            mean, components = self.basis
            pixels = ops.clip(mean + ops.matmul(self.code, components), 0.0, 1.0)
        squares = ops.reshape(pixels, (-1, IMAGE_SIDE, IMAGE_SIDE))
        return ops.matmul(self.blur, ops.matmul(squares, ops.transpose(self.blur)))

    def call(self, shifts, training=False):
        """Return the logits (n, classes) of the images, shifted by two matrices (2, 28, 28)."""
        shifted = ops.matmul(shifts[0], ops.matmul(self.images(), shifts[1]))
        return self.network(shifted, training=False)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the cross-entropy and the costs of the priors, summed over all images.

        With a sum, the gradient of an image does not depend on the number of images.
        """
        loss = ops.sum(self.network.cross_entropy(y_pred, self.targets))
        if self.prior.total_variation:
            loss += self.prior.total_variation * _total_variation(self.images())
        if self.prior.code_penalty:
            loss += self.prior.code_penalty * ops.sum(ops.square(self.code))
        return loss


class UnitInterval(keras.constraints.Constraint):
    """Clip weights to [0, 1]."""

    def __call__(self, value):
        """Return the clipped weights."""
        return ops.clip(value, 0.0, 1.0)


def _total_variation(images):
    along_y = ops.sum(ops.abs(images[:, 1:] - images[:, :-1]))
    along_x = ops.sum(ops.abs(images[:, :, 1:] - images[:, :, :-1]))
    return along_y + along_x


def _shift_matrices(down: int, right: int) -> np.ndarray:
    """Return the matrices (2, 28, 28) that shift rows and columns."""
    shifts = [np.eye(IMAGE_SIDE, k=down), np.eye(IMAGE_SIDE, k=right)]
    return np.stack(shifts).astype("float32")


def _blur_matrix(deviation: float) -> np.ndarray:
    """Return a Gaussian blur along one axis as a matrix (28, 28); each row sums to 1."""
    offsets = np.arange(IMAGE_SIDE)[:, None] - np.arange(IMAGE_SIDE)
    if deviation:
        weights = np.exp(-0.5 * (offsets / deviation) ** 2)
    else:
        weights = np.eye(IMAGE_SIDE)
    return weights / weights.sum(axis=1, keepdims=True)
