"""Measure the generator after every epoch, and warn of mode collapse."""

import keras
import numpy as np

from generate.faces import generate_images, sample_noise
from metrics.eigenface_monitor import EigenfaceMonitor
from train.core.data_parallel import local_copy

MIN_DIVERSITY = 0.5  # of the diversity of real images; below it a warning is printed


class GeneratorMonitor(keras.callbacks.Callback):
    """Adds `frechet` and `diversity` (see `EigenfaceMonitor`) to the logs of an epoch.

    Args:
        images: Held-out images, uint8 of shape (n, 64, 64, 3); as many are generated.
        labels: Their one-hot labels, shape (n, num_labels).
        network: The generator, for the size of its noise.
        seed: Random seed of the run.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, network: keras.Model, seed: int):
        super().__init__()
        self.space = EigenfaceMonitor(images)
        self.labels = labels
        self.noise = sample_noise(network, len(images), seed + 1)

    def on_epoch_end(self, epoch, logs=None) -> None:
        """Generate images and measure them."""
        with local_copy(self.model.network) as network:
            images = generate_images(network, self.noise, self.labels)
        logs["frechet"] = self.space.frechet(images)
        logs["diversity"] = self.space.diversity(images)
        if logs["diversity"] < MIN_DIVERSITY:
            print(
                f"\ncollapse: two generated images differ {logs['diversity']:.0%} as much as two "
                "real ones",
                flush=True,
            )
