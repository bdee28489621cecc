"""Training batches of images and their labels."""

import numpy as np

from data.avatars.labelled_images import LabelledImages, one_hot
from train.core.batches import ResumableBatches


class ImageBatches(ResumableBatches):
    """Batches x = (images, labels), shuffled in every epoch.

    Images are float32 of shape (batch, 64, 64, 3) from -1 to 1, labels one-hot.

    Args:
        data: The training images.
        batch_size: Images per batch; at most the number of images.
        seed: Random seed of the order.
    """

    item_name = "images"

    def __init__(self, data: LabelledImages, batch_size: int, seed: int):
        self.images = data.images
        self.labels = one_hot(data.labels, data.attributes)
        self.seed = seed
        self.items_per_step = min(batch_size, len(self.images))
        self.steps = len(self.images) // self.items_per_step

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """Return a permutation of the images."""
        return random.permutation(len(self.images))

    def batch(self, order: np.ndarray, epoch: int, step: int) -> tuple:
        """Return one batch."""
        start = step * self.items_per_step
        rows = np.sort(order[start : start + self.items_per_step])
        images = self.images[rows].astype("float32") / 127.5 - 1
        return ((images, self.labels[rows]),)
