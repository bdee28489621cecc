"""The base class of all training batches: endless, and resumable at any step."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from common.cli import GeneError


class ResumableBatches(ABC):
    """Endless training batches that can start at any step of any epoch.

    The order of the examples depends only on (seed, epoch), and a batch depends only on that order,
    the epoch and the step. So a resumed run gets exactly the same batches as an uninterrupted one.

    Attributes:
        seed: Random seed of the run. Set by the subclass.
        steps: Number of batches per epoch. Set by the subclass.
        items_per_step: Training examples per batch, for the progress line. Set by the subclass.
        item_name: Plural noun for the examples, such as "images". Set by the subclass.
    """

    seed: int
    steps: int
    items_per_step: int
    item_name: str

    @abstractmethod
    def epoch_order(self, random: np.random.Generator) -> Any:
        """Return the order of the examples in one epoch, in any form that `batch` can use.

        Args:
            random: Random number generator of this epoch, seeded with (seed, epoch).
        """

    @abstractmethod
    def batch(self, order: Any, epoch: int, step: int) -> Any:
        """Return one batch.

        Args:
            order: The return value of `epoch_order` for this epoch.
            epoch: Epoch, counted from 0.
            step: Index of the batch within the epoch, counted from 0.
        """

    def batches(self, epoch: int, step: int) -> Iterator[Any]:
        """Yield batches forever, starting with batch `step` of epoch `epoch`."""
        while True:
            order = self.epoch_order(np.random.default_rng([self.seed, epoch]))
            for index in range(step, self.steps):
                yield self.batch(order, epoch, index)
            epoch += 1
            step = 0


def count_batches(
    available: int, batch_size: int, unit: str, advice: str = "give more data"
) -> int:
    """Count the full batches of one epoch.

    Args:
        available: Number of training examples.
        batch_size: Examples per batch.
        unit: Plural noun for the examples, such as "images", for the error message.
        advice: What the error message suggests in addition to a smaller --batch-size.

    Raises:
        GeneError: If the examples do not fill one batch.
    """
    if available < batch_size:
        raise too_few(available, batch_size, unit, f"{advice}, or use a smaller --batch-size")
    return available // batch_size


def too_few(available: int, needed: int, unit: str, advice: str) -> GeneError:
    """Return the error for training data that does not fill one batch."""
    return GeneError(
        f"{available:,} training {unit} are too few: one batch needs {needed:,}; {advice}"
    )
