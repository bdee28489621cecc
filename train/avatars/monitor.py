"""Measure the generator after every epoch, warn of mode collapse, and stop if it persists."""

from collections.abc import Sequence

import keras
import numpy as np

from data.avatars.labelled_images import reduce_size
from generate.faces import generate_images, sample_noise
from metrics.eigenface_monitor import EigenfaceMonitor, PixelSpaceMonitor
from train.core.callbacks import Logs
from train.core.data_parallel import local_copy

# Diversity is relative to that of real images.
MIN_DIVERSITY = 0.5  # below it, a warning is printed
COLLAPSED_DIVERSITY = 0.25  # below it for COLLAPSED_EPOCHS epochs in a row, training stops
COLLAPSED_EPOCHS = 5
MIN_HELD_OUT = 500  # if there are fewer held-out images, training images are added
MIN_GENERATED = 256  # fewer images are not enough to estimate a mean and a covariance


class GeneratorMonitor(keras.callbacks.Callback):
    """Adds `frechet` and `diversity` (see `EigenfaceMonitor`) to the logs of an epoch.

    Args:
        images: Held-out images, uint8 of shape (n, side, side, channels). They are reduced to 64x64
            pixels and compared with n generated images, or MIN_GENERATED if n is smaller.
        labels: Their one-hot labels, shape (n, num_labels).
        network: The generator, which determines the size of the noise.
        seed: Random seed of the run.
        training: Training images to add to the held-out ones if n is less than MIN_HELD_OUT, which
            is too few to estimate a mean and a covariance; None to add none.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        network: keras.Model,
        seed: int,
        training: np.ndarray | None = None,
    ):
        super().__init__()
        images = reduce_size(images)
        if len(images) < MIN_HELD_OUT and training is not None:
            self.space: EigenfaceMonitor = PixelSpaceMonitor(
                np.concatenate([reduce_size(training[:MIN_HELD_OUT]), images])
            )
        else:
            self.space = EigenfaceMonitor(images)
        count = max(len(images), MIN_GENERATED)
        self.labels = repeat_rows(labels, count)
        self.noise = sample_noise(network, count, seed + 1)

    def on_epoch_end(self, epoch, logs=None) -> None:
        """Generate images, measure them, and warn of mode collapse."""
        with local_copy(self.model.network) as network:
            images = reduce_size(generate_images(network, self.noise, self.labels))
        logs["frechet"] = self.space.frechet(images)
        logs["diversity"] = self.space.diversity(images)
        if logs["diversity"] < MIN_DIVERSITY:
            print(
                f"\nmode collapse: generated images differ from each other only "
                f"{logs['diversity']:.0%} as much as real ones",
                flush=True,
            )


class CollapseDetector:
    """Detects mode collapse that has lasted for COLLAPSED_EPOCHS epochs in a row.

    Args:
        enabled: Whether to stop training on mode collapse.

    Attributes:
        found: Whether mode collapse was detected; always False if not enabled.
    """

    def __init__(self, enabled: bool = True):
        self.enabled = enabled
        self.found = False

    def __call__(self, history: Sequence[Logs]) -> bool:
        """Return whether to stop, given the logs of all epochs so far."""
        last = [logs["diversity"] < COLLAPSED_DIVERSITY for logs in history[-COLLAPSED_EPOCHS:]]
        self.found = self.enabled and len(last) == COLLAPSED_EPOCHS and all(last)
        return self.found


def repeat_rows(labels: np.ndarray, count: int) -> np.ndarray:
    """Return `count` rows, repeating them in order if there are fewer."""
    return labels[np.arange(count) % len(labels)]
