"""Training on this machine: targets a second of the stream network against the window network of equal sizes, and
floating-point operations a second against a large matrix product in the same engine."""

import time

import numpy as np
from keras import ops

from bench.report import ratios, row
from bench.steps import steps_a_second
from models.bigru import WindowedBiGRU
from models.lyrics import LSTMLanguageModel
from train.lyrics.batches import StatefulBatches, WindowBatches
from train.lyrics.trainers import LSTMTrainer, WindowTrainer

ROUNDS, STEPS, VOCABULARY = 3, 12, 4550


def measure():
    tokens = np.random.default_rng(1).integers(4, VOCABULARY, 60_000).astype("uint16")
    songs = np.stack([np.arange(0, 60_000, 300), np.arange(300, 60_001, 300)], axis=1)
    stream = _trainer(
        LSTMTrainer(LSTMLanguageModel(VOCABULARY, 50, [128, 128]), 16),
        StatefulBatches(tokens, songs, 16, 32, 1),
    )
    window = _trainer(
        WindowTrainer(WindowedBiGRU(VOCABULARY, 14, 50, 128, 0.0)),
        WindowBatches(tokens, songs, 256, 14, 1),
    )
    ours, theirs = zip(*((stream() * 16 * 32, window() * 256) for _ in range(ROUNDS)))
    network = LSTMLanguageModel(VOCABULARY, 224, [448])
    large = _trainer(LSTMTrainer(network, 64), StatefulBatches(tokens, songs, 64, 32, 1))
    done, possible = zip(
        *((large() * 64 * 32 * _operations(network), _product()) for _ in range(ROUNDS))
    )
    shares = [100 * ratio for ratio in ratios(done, possible)]
    return [
        row(
            "training, floating-point operations/s, against a matrix product",
            shares,
            "%",
            40,
            "more",
            f"{max(done) / 1e9:,.0f} against {max(possible) / 1e9:,.0f} billion a second; "
            "gene-lyrica-two's sizes, batches of 64 x 32",
        ),
        row(
            "training, targets/s, against the window network",
            ratios(ours, theirs),
            "x",
            4,
            "more",
            f"{max(ours):,.0f} against {max(theirs):,.0f} targets/s; vocabulary {VOCABULARY:,}, two layers of 128",
        ),
    ]


def _operations(network):
    """Floating-point operations a target: each weight multiplies and adds once forward and twice backward. The table of
    words counts once, for the way out."""
    return 6 * network.count_params()


def _product(size=2048, turns=8):
    """Floating-point operations a second of a product of two large matrices."""
    one, other = (
        ops.convert_to_tensor(np.random.default_rng(i).random((size, size), "float32"))
        for i in range(2)
    )
    np.asarray(ops.matmul(one, other))
    start = time.monotonic()
    for _ in range(turns):
        np.asarray(ops.matmul(one, other))
    return turns * 2 * size**3 / (time.monotonic() - start)


def _trainer(trainer, batches):
    """A function that trains some steps and returns steps a second."""
    trainer.compile("adam")
    endless = batches.batches(0, 0)
    return lambda: steps_a_second(trainer, endless, STEPS)
