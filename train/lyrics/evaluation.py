"""Evaluate lyrics networks on training songs, without dropout."""

import keras

from train.lyrics.trainers import NextTokenTrainer


class TrainingSongsMonitor(keras.callbacks.Callback):
    """Replaces the running means in the logs of an epoch with an evaluation at the end of it.

    Keras logs `cross_entropy` and `accuracy` as means over the epoch, with dropout and while the
    network is still changing. Such means do not show how well the network knows the songs when the
    epoch ends.

    Args:
        examples: (inputs, targets, weights) of training songs.
        batch_size: Rows per batch.
    """

    def __init__(self, examples: tuple, batch_size: int):
        super().__init__()
        self.examples = examples
        self.batch_size = batch_size

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        """Set `cross_entropy` and `accuracy` in the logs to those of the current network."""
        measured = evaluate(self.model, self.examples, self.batch_size)
        logs["cross_entropy"] = measured["cross_entropy"]
        logs["accuracy"] = measured["accuracy"]


def evaluate(trainer: NextTokenTrainer, examples: tuple, batch_size: int) -> dict[str, float]:
    """Return the metrics of a compiled trainer on examples, by name, without dropout.

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
