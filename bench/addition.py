"""The addition networks: all 15 of the original trained at once against Keras fit in turn, and all 30 solved."""

import time

from bench.report import row
from train.addition.keras_fit import fit
from train.addition.solve import solve
from train.addition.spec import Adder
from train.addition.vectorized import train_stacked

HIDDEN, MAX_SUMS, ROUNDS, FEW = (1, 2, 4, 8, 16), (16, 256, 65536), 3, 15


def measure():
    adders = [Adder(hidden, False, max_sum, 1) for max_sum in MAX_SUMS for hidden in HIDDEN]
    ratios, ours = [], []
    for _ in range(ROUNDS):
        start = time.monotonic()
        trained = train_stacked(adders, 1000, 5, 1e-3)
        ours.append(time.monotonic() - start)
        turn = sum(len(network.losses) for network in trained) * _fit_seconds(adders[2])
        ratios.append(turn / ours[-1])
    epochs = sum(len(network.losses) for network in trained)
    detail = (
        f"{min(ours):.1f} s for {epochs:,} epochs of 15 networks, compiling included; fit: the seconds of an "
        "epoch of one network times as many, compiling left out"
    )
    start = time.monotonic()
    for adder in [Adder(h, b, m, 1) for b in (False, True) for m in MAX_SUMS for h in HIDDEN]:
        solve(adder)
    seconds = time.monotonic() - start
    return [
        row("addition, stacked against fit in turn", ratios, "x", 100, "more", detail),
        row(
            "addition, all 30 networks solved",
            [seconds],
            "s",
            10,
            "less",
            "from the start to weights chosen in float32",
        ),
    ]


def _fit_seconds(adder):
    """Seconds an epoch of Keras fit as the original ran it, with Keras' defaults, once it is compiled."""
    times = []
    for epochs in (1, 1 + FEW):
        start = time.monotonic()
        fit(adder, epochs, 1000, 1e-3)
        times.append(time.monotonic() - start)
    return (times[1] - times[0]) / FEW
