"""How the classifier of faces learns: its loss, and faces a little shifted, blurred, dimmed and noisy.

Generated faces are never as crisp as rendered ones; a network that has seen rendered ones alone misreads them.
"""

import keras
import numpy as np
from keras import ops

from train.core.classification import ClassificationTrainer


class LookTrainer(ClassificationTrainer):
    """Trains a Classifier: cross-entropy of every visible feature in nats, and the share seen right."""

    def call(self, images, training=False):
        """Images (batch, side, side, 3) in [-1, 1] to logits (batch, sum of variants)."""
        return self.network(images, training=training)[0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Mean nats a visible label; keeps the running means by the way. y: (batch, features), -1 where invisible."""
        visible = ops.cast(y >= 0, "float32")
        labels = ops.maximum(ops.cast(y, "int32"), 0)
        logits = self.network.split(y_pred)
        nats = ops.stack(
            [
                keras.losses.sparse_categorical_crossentropy(labels[:, k], part, from_logits=True)
                for k, part in enumerate(logits)
            ],
            axis=1,
        )
        seen = ops.stack([ops.cast(ops.argmax(part, axis=-1), "int32") for part in logits], axis=1)
        self.cross_entropy.update_state(nats, visible)
        self.accuracy.update_state(ops.equal(seen, labels), visible)
        return ops.sum(nats * visible) / ops.maximum(ops.sum(visible), 1.0)


class Faces:
    """Batches (images, labels) of uint8 images (n, side, side, 3) and int16 labels (n, features), in a new order and
    roughened anew every epoch. Both hang on (seed, epoch, step) alone, so any step can be asked for at once."""

    def __init__(self, images, labels, batch, seed):
        self.images, self.labels, self.batch, self.seed = images, labels, batch, seed
        self.steps = len(images) // batch

    item_name = "faces"

    @property
    def items_per_step(self):
        return self.batch

    def batches(self, epoch, step):
        """Batches without end, from a step of an epoch on."""
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self.images))
            for i in range(step, self.steps):
                rows = np.sort(order[i * self.batch : (i + 1) * self.batch])
                yield (
                    roughen(self.images[rows], np.random.default_rng([self.seed, epoch, i])),
                    self.labels[rows],
                )
            epoch, step = epoch + 1, 0


def plain(images):
    """uint8 images as float32 in [-1, 1]."""
    return np.float32(images) / 127.5 - 1


def roughen(images, random):
    """uint8 images (n, side, side, 3) as float32 in [-1, 1], each moved by up to two pixels, blurred, dimmed, noisy."""
    images = plain(shift(images, random.integers(-2, 3, (len(images), 2))))
    share, brightness, contrast, noise = (
        random.uniform(low, high, (len(images), 1, 1, 1)).astype("float32")
        for low, high in ((-0.5, 1), (-0.08, 0.08), (0.9, 1.1), (0, 0.06))
    )
    images += np.maximum(share, 0) * (blur(blur(images)) - images)
    grain = random.standard_normal(images.shape, "float32")
    return np.clip(images * contrast + brightness + noise * grain, -1, 1)


def shift(images, moves):
    """Images moved by (down, right) pixels each, the edges repeated."""
    side = np.arange(images.shape[1])
    rows, columns = (np.clip(side - moves[:, axis, None], 0, len(side) - 1) for axis in (0, 1))
    return images[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]


def blur(images):
    """Images under a 3 x 3 binomial filter, the edges repeated."""
    for axis in (1, 2):
        wide = np.pad(images, [(0, 0) if i != axis else (1, 1) for i in range(4)], mode="edge")
        before, here, after = (
            wide.take(range(i, i + images.shape[axis]), axis=axis) for i in range(3)
        )
        images = (before + 2 * here + after) / 4
    return images
