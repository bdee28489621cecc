"""Addition networks: training 15 at once, compared with Keras `fit`, and solving all 30."""

import time

from bench.report import row
from train.addition.keras_fit import fit
from train.addition.solve import solve
from train.addition.spec import AdderSpec
from train.addition.vectorized import train_vectorized

HIDDEN = (1, 2, 4, 8, 16)
MAX_SUMS = (16, 256, 65536)
EPOCHS = 1000
PATIENCE = 5
LEARNING_RATE = 1e-3
ROUNDS = 3
FIT_EPOCHS = 15  # number of epochs of `fit` that are timed


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table."""
    return [_training_row(), _solving_row()]


def _training_row() -> dict:
    specs = [AdderSpec(hidden, False, max_sum, 1) for max_sum in MAX_SUMS for hidden in HIDDEN]
    speedups = []
    seconds = []
    for _ in range(ROUNDS):
        start = time.monotonic()
        trained = train_vectorized(specs, EPOCHS, PATIENCE, LEARNING_RATE)
        seconds.append(time.monotonic() - start)
        epochs = sum(len(network.losses) for network in trained)
        speedups.append(epochs * _fit_seconds_per_epoch(specs[2]) / seconds[-1])
    return row(
        "addition: training 15 networks at once, compared with Keras fit, one network at a time",
        speedups,
        "x",
        100,
        "more",
        f"{min(seconds):.1f} s for {epochs:,} epochs of 15 networks, including compilation; fit: "
        "the time per epoch of one network times the number of epochs, without compilation",
    )


def _solving_row() -> dict:
    start = time.monotonic()
    for biases in (False, True):
        for max_sum in MAX_SUMS:
            for hidden in HIDDEN:
                solve(AdderSpec(hidden, biases, max_sum, 1))
    return row(
        "addition: solving all 30 networks",
        [time.monotonic() - start],
        "s",
        10,
        "less",
        "including the selection of the final weights in float32",
    )


def _fit_seconds_per_epoch(spec: AdderSpec) -> float:
    """Return the time per epoch of Keras `fit` with its default settings, without compilation."""
    times = []
    for epochs in (1, 1 + FIT_EPOCHS):
        start = time.monotonic()
        fit(spec, epochs, EPOCHS, LEARNING_RATE)
        times.append(time.monotonic() - start)
    return (times[1] - times[0]) / FIT_EPOCHS
