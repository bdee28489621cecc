"""Loss and training batches of the attribute classifier."""

import keras
import numpy as np
from keras import ops

from train.attributes.augment import augment
from train.core.batches import ResumableBatches, count_batches
from train.core.classification import ClassificationTrainer


class AttributeTrainer(ClassificationTrainer):
    """Trains an `AttributeClassifier` on all visible attributes."""

    def call(self, images, training=False):
        """Return the logits of images of shape (batch, side, side, 3), from -1 to 1."""
        return self.network(images, training=training)[0]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the mean cross-entropy of the visible labels, and update the metrics.

        Args:
            x: Ignored.
            y: Labels, shape (batch, attributes), negative for an invisible attribute.
            y_pred: Logits, shape (batch, total number of variants).
            sample_weight: Ignored.
            training: Ignored.
        """
        visible = ops.cast(y >= 0, "float32")
        labels = ops.maximum(ops.cast(y, "int32"), 0)
        logits = self.network.split_logits(y_pred)
        cross_entropy = ops.stack(
            [
                keras.losses.sparse_categorical_crossentropy(labels[:, i], part, from_logits=True)
                for i, part in enumerate(logits)
            ],
            axis=1,
        )
        predicted = ops.stack(
            [ops.cast(ops.argmax(part, axis=-1), "int32") for part in logits], axis=1
        )
        self.cross_entropy.update_state(cross_entropy, visible)
        self.accuracy.update_state(ops.equal(predicted, labels), visible)
        return ops.sum(cross_entropy * visible) / ops.maximum(ops.sum(visible), 1.0)


class FaceBatches(ResumableBatches):
    """Batches (images, labels) of augmented faces, in a new order in every epoch.

    Args:
        images: uint8 array of shape (n, side, side, 3).
        labels: int16 array of shape (n, attributes).
        batch_size: Faces per batch.
        seed: Random seed of the order and the augmentation.
    """

    item_name = "faces"

    def __init__(self, images: np.ndarray, labels: np.ndarray, batch_size: int, seed: int):
        self.images = images
        self.labels = labels
        self.items_per_step = batch_size
        self.seed = seed
        self.steps = count_batches(len(images), batch_size, "faces", "give more faces")

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """Return a permutation of the images."""
        return random.permutation(len(self.images))

    def batch(self, order: np.ndarray, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return one batch, augmented."""
        start = step * self.items_per_step
        rows = np.sort(order[start : start + self.items_per_step])
        random = np.random.default_rng([self.seed, epoch, step])
        return augment(self.images[rows], random), self.labels[rows]
