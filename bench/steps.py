"""Measure training steps per second."""

import time
from collections.abc import Iterator

import common.keras_quiet  # noqa: F401

import keras


class _StepTimes(keras.callbacks.Callback):
    """Records when each step ended."""

    def __init__(self):
        super().__init__()
        self.times: list[float] = []

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.monotonic())


def steps_per_second(trainer: keras.Model, batches: Iterator, steps: int) -> float:
    """Train for some steps and return the steps per second.

    The time counts from the end of the first step, because `fit` sometimes waits about a second
    before or after training, which does not matter in a training of hours.

    Args:
        trainer: A compiled model.
        batches: Endless batches.
        steps: Number of steps.
    """
    recorder = _StepTimes()
    trainer.fit(batches, steps_per_epoch=steps, verbose=0, shuffle=False, callbacks=[recorder])
    return (steps - 1) / (recorder.times[-1] - recorder.times[0])
