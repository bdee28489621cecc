"""Exponential moving average of a network's weights."""

import keras
from keras import ops

WARM_UP = 10  # after n updates the decay is at most n / (n + WARM_UP)


class Ema:
    """Keeps an exponential moving average of a network's weights in a second network.

    The decay rises over the first updates, so that the initial weights soon have no effect.

    Args:
        trainer: The Keras model that is trained. It stores the number of updates as one of its
            variables, so that a resumed run restores it.
        source: The network whose weights are averaged.
        average: A network of the same architecture; receives the averaged weights.
        decay: Fraction of the average that each update keeps, from 0 (no averaging) to below 1.
            The average covers about the last 1 / (1 - decay) updates.
    """

    def __init__(
        self,
        trainer: keras.Model,
        source: keras.Model,
        average: keras.Model,
        decay: float,
    ):
        self.source = source
        self.average = average
        self.decay = decay
        self.updates = trainer.add_weight(
            shape=(), initializer="zeros", trainable=False, name="ema_updates"
        )

    def update(self) -> None:
        """Move the average toward the current weights of the source."""
        self.updates.assign_add(1.0)
        keep = ops.minimum(self.decay, self.updates / (self.updates + WARM_UP))
        for mean, current in zip(self.average.weights, self.source.weights, strict=True):
            mean.assign(keep * mean + (1 - keep) * ops.stop_gradient(current.value))
