"""Training batches of images, their labels and their codes."""

import numpy as np

from data.avatars.labelled_images import LabelledImages, one_hot
from train.core.batches import ResumableBatches


class ImageBatches(ResumableBatches):
    """Batches x = (images, labels, codes), shuffled in every epoch.

    Images are float32 of shape (batch, 64, 64, 3) from -1 to 1, labels are one-hot, and
    `train.avatars.gan.GANTrainer` describes codes. If there are few images, an epoch goes over them
    several times.

    Args:
        data: The training images.
        batch_size: Images per batch; reduced if there are fewer images.
        seed: Random seed of the order.
        min_steps: Minimum number of batches per epoch.

    Attributes:
        codes: The code of each image, float32 of shape (n, latent_dim). Empty, of shape (n, 0),
            unless the caller assigns it.
    """

    item_name = "images"

    def __init__(self, data: LabelledImages, batch_size: int, seed: int, min_steps: int = 1):
        self.images = data.images
        self.labels = one_hot(data.labels, data.attributes)
        self.seed = seed
        self.items_per_step = min(batch_size, len(self.images))
        self.codes = np.zeros((len(self.images), 0), "float32")
        self.steps = max(len(self.images) // self.items_per_step, min_steps)

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """Return one or more permutations of the images, concatenated."""
        passes = -(-self.steps * self.items_per_step // len(self.images))
        orders = [random.permutation(len(self.images)) for _ in range(passes)]
        return np.concatenate(orders)

    def batch(self, order: np.ndarray, epoch: int, step: int) -> tuple:
        """Return one batch."""
        start = step * self.items_per_step
        rows = np.sort(order[start : start + self.items_per_step])
        images = self.images[rows].astype("float32") / 127.5 - 1
        return ((images, self.labels[rows], self.codes[rows]),)
