"""Addition networks: training all 15 at once against Keras `fit` one by one, and solving all 30."""

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
FIT_EPOCHS = 15  # epochs of `fit` that are timed


def measure() -> list[dict]:
    """Return the rows of this benchmark."""
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
        "addition: training 15 networks at once, against Keras fit one by one",
        speedups,
        "x",
        100,
        "more",
        f"{min(seconds):.1f} s for {epochs:,} epochs of 15 networks, with compilation; fit: the "
        "time of an epoch of one network times the number of epochs, without compilation",
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
        "from the start to weights that are selected in float32",
    )


def _fit_seconds_per_epoch(spec: AdderSpec) -> float:
    """Time an epoch of Keras `fit` with Keras' defaults, without compilation."""
    times = []
    for epochs in (1, 1 + FIT_EPOCHS):
        start = time.monotonic()
        fit(spec, epochs, EPOCHS, LEARNING_RATE)
        times.append(time.monotonic() - start)
    return (times[1] - times[0]) / FIT_EPOCHS
