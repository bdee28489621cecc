"""Batches of digits, and the Keras models that train the digit networks."""

import keras
import numpy as np
from keras import ops

from data.digits.mnist import IMAGE_SIDE, DigitSplit
from train.core.batches import ResumableBatches, count_batches
from train.core.ema import Ema
from train.digits.augment import augment


class DigitBatches(ResumableBatches):
    """Training batches (images, targets) of digits, in a new order each epoch.

    Images are float32 of shape (batch, 28, 28), targets float32 of shape (batch, classes).

    Args:
        split: The training digits.
        batch_size: Digits per batch.
        classes: Number of classes.
        seed: Random seed of the order and the augmentation.
        replay_steps: Number of consecutive steps that use the same batch.
        label_smoothing: Fraction of each target that is spread evenly over all classes (Szegedy et
            al., 2016, arXiv:1512.00567).
        augmentation: Keyword arguments of `augment`; no augmentation if all are zero.
    """

    def __init__(
        self,
        split: DigitSplit,
        batch_size: int,
        classes: int,
        seed: int,
        replay_steps: int = 1,
        label_smoothing: float = 0.0,
        **augmentation: float,
    ):
        self.split = split
        self.batch_size = batch_size
        self.classes = classes
        self.seed = seed
        self.replay_steps = replay_steps
        self.label_smoothing = label_smoothing
        self.augmentation = augmentation
        self.steps = count_batches(len(split.labels), batch_size, "digits") * replay_steps
        self.items_per_step = batch_size
        self.item_name = "digits"
        self._replayed: tuple = (None, None)  # position and content of the latest batch

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """Return a permutation of the digits."""
        return random.permutation(len(self.split.labels))

    def batch(self, order: np.ndarray, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return one batch; `replay_steps` consecutive steps return the same one."""
        index = step // self.replay_steps
        position, batch = self._replayed
        if position != (epoch, index):
            batch = self._make_batch(order, epoch, index)
            self._replayed = (epoch, index), batch
        return batch

    def _make_batch(self, order, epoch, index):
        chosen = order[index * self.batch_size : (index + 1) * self.batch_size]
        images = self.split.images[chosen]
        if any(self.augmentation.values()):
            random = np.random.default_rng([self.seed, epoch, index])
            inputs = augment(images, random, **self.augmentation)
        else:
            inputs = to_float(images)
        return inputs, one_hot(self.split.labels[chosen], self.classes, self.label_smoothing)


def to_float(images: np.ndarray) -> np.ndarray:
    """Convert images from uint8 (0 to 255) to float32 (0 to 1)."""
    return images / np.float32(255)


def one_hot(labels: np.ndarray, classes: int, label_smoothing: float = 0.0) -> np.ndarray:
    """Convert labels (n,) to smoothed one-hot targets, float32 of shape (n, classes)."""
    certain = np.eye(classes, dtype="float32")[labels] * np.float32(1 - label_smoothing)
    return certain + np.float32(label_smoothing / classes)


class DigitTrainer(keras.Model):
    """Trains a copy of a network; the network itself gets the moving average of the copy's weights.

    The weights before each step are averaged (Polyak & Juditsky, 1992), including the statistics of
    batch normalization.

    Args:
        network: The network that receives the averaged weights. It is not trained itself.
        ema_decay: Decay of the average, see `train.core.ema`; 0 for no averaging.
    """

    def __init__(self, network: keras.Model, ema_decay: float = 0.0):
        super().__init__()
        self.learner = network.from_config(network.get_config())
        self.network = network
        self.learner.set_weights(network.get_weights())
        self.ema = Ema(self, source=self.learner, average=network, decay=ema_decay)
        network.trainable = False
        self.cross_entropy = keras.metrics.Mean(name="cross_entropy")
        self.accuracy = keras.metrics.Mean(name="accuracy")

    def build(self, input_shape=None):
        """Do nothing; both networks are already built."""
        self.built = True

    def call(self, images, training=False):
        """Return the logits of the trained copy in training, otherwise of the averaged network."""
        if not training:
            return self.network(images, training=False)
        self.ema.update()
        return self.learner(self.perturb(images), training=True)

    def perturb(self, images):
        """Return the images to train on; this base class does not perturb them."""
        return images

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean cross-entropy, and update the metrics."""
        cross_entropy = self.network.cross_entropy(y_pred, y)
        self.cross_entropy.update_state(cross_entropy)
        correct = ops.equal(ops.argmax(y_pred, axis=-1), ops.argmax(y, axis=-1))
        self.accuracy.update_state(correct)
        return ops.mean(cross_entropy)


class FreeAdversarialTrainer(DigitTrainer):
    """Trains on adversarially perturbed images.

    One backward pass computes the gradients of both the weights and the perturbation ("free"
    adversarial training, Shafahi et al., 2019, arXiv:1904.12843). For this to work, each batch must
    be replayed several times. Compile with the optimizer that `make_optimizer` returns.

    Args:
        network: The network that receives the averaged weights.
        ema_decay: See `DigitTrainer`.
        batch_size: Images per batch.
        epsilon: Maximum Euclidean norm of the perturbation of one image.
    """

    def __init__(self, network: keras.Model, ema_decay: float, batch_size: int, epsilon: float):
        super().__init__(network, ema_decay)
        self.epsilon = epsilon
        self.perturbation = self.add_weight(
            shape=(batch_size, IMAGE_SIDE, IMAGE_SIDE), initializer="zeros", name="perturbation"
        )

    def perturb(self, images):
        """Return the perturbed images, clipped to [0, 1]."""
        return ops.clip(images + self.perturbation, 0.0, 1.0)

    def make_optimizer(self, learning_rate, weight_decay: float) -> keras.optimizers.Optimizer:
        """Return the optimizer of the weights and the perturbation."""
        return AdamWWithPerturbation(
            self.perturbation, self.epsilon, learning_rate, weight_decay=weight_decay
        )


class AdamWWithPerturbation(keras.optimizers.AdamW):
    """AdamW for the weights, and projected gradient ascent for the perturbation.

    Each step moves the perturbation of an image by half of `epsilon` along the normalized gradient
    and then projects it back into the ball of radius `epsilon`.

    Args:
        perturbation: The variable with the perturbations, of shape (batch, 28, 28).
        epsilon: Radius of the ball.
        *args: Arguments of `keras.optimizers.AdamW`.
        **kwargs: Arguments of `keras.optimizers.AdamW`.
    """

    def __init__(self, perturbation: keras.Variable, epsilon: float, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.perturbation_shape = tuple(perturbation.shape)
        self.radius = epsilon  # `self.epsilon` is AdamW's
        self.exclude_from_weight_decay([perturbation])

    def update_step(self, gradient, variable, learning_rate):
        """Update a weight with AdamW, or the perturbation by gradient ascent."""
        if tuple(variable.shape) != self.perturbation_shape:
            super().update_step(gradient, variable, learning_rate)
            return
        moved = variable + self.radius / 2 * gradient / _norms(gradient)
        self.assign(variable, moved * ops.minimum(1.0, self.radius / _norms(moved)))


def _norms(images):
    """Return the Euclidean norm of each image (n, 28, 28), as (n, 1, 1)."""
    return ops.sqrt(ops.sum(ops.square(images), axis=(1, 2), keepdims=True)) + 1e-12
