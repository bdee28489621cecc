"""Measure training steps per second."""

import time
from collections.abc import Iterator

import common.keras_quiet  # noqa: F401

import keras


class _StepTimes(keras.callbacks.Callback):
    """Records the time at the end of each step."""

    def __init__(self):
        super().__init__()
        self.times: list[float] = []

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.monotonic())


def steps_per_second(trainer: keras.Model, batches: Iterator, steps: int) -> float:
    """Train for some steps and return the steps per second.

    Time is measured from the end of the first step to the end of the last one. `fit` sometimes
    waits about a second before or after training, which would distort such a short measurement.

    Args:
        trainer: A compiled model.
        batches: Endless batches.
        steps: Number of steps, at least 2.
    """
    recorder = _StepTimes()
    trainer.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False, callbacks=[recorder])
    return (steps - 1) / (recorder.times[-1] - recorder.times[0])
