"""Evaluate lyrics networks on training songs, without dropout."""

import keras

from train.lyrics.trainers import NextTokenTrainer


class TrainingSongsMonitor(keras.callbacks.Callback):
    """Replace an epoch's running means with an evaluation at its end.

    Keras logs `cross_entropy` and `accuracy` as means over the epoch, under dropout and while the
    network still changes; so they say how it did on average, not how well it knows the songs.

    Args:
        examples: (inputs, targets, weights) of training songs.
        batch_size: Rows per batch.
    """

    def __init__(self, examples: tuple, batch_size: int):
        super().__init__()
        self.examples = examples
        self.batch_size = batch_size

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Write `cross_entropy` and `accuracy` of the network as it is now into the logs."""
        measured = evaluate(self.model, self.examples, self.batch_size)
        logs["cross_entropy"] = measured["cross_entropy"]
        logs["accuracy"] = measured["accuracy"]


def evaluate(trainer: NextTokenTrainer, examples: tuple, batch_size: int) -> dict[str, float]:
    """Return the metrics of a compiled trainer on examples, without dropout.

    Args:
        trainer: The trainer.
        examples: (inputs, targets, weights).
        batch_size: Rows per batch.
    """
    inputs, targets, weights = examples
    return trainer.evaluate(
        inputs,
        targets,
        sample_weight=weights,
        batch_size=batch_size,
        verbose=0,
        return_dict=True,
    )
