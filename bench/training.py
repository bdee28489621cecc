"""Training: targets a second of the stream network against the window network of equal sizes, on this machine."""

import time

import numpy as np

from bench.rows import ratios, row
from models.lyrics import Stream, Window
from train.lanes import Lanes, Windows
from train.trainers import StreamTrainer, WindowTrainer

ROUNDS, STEPS, VOCABULARY = 3, 12, 4550


def measure():
    tokens = np.random.default_rng(1).integers(4, VOCABULARY, 60_000).astype("uint16")
    songs = np.stack([np.arange(0, 60_000, 300), np.arange(300, 60_001, 300)], axis=1)
    stream = _trainer(StreamTrainer(Stream(VOCABULARY, 50, [128, 128]), 16), Lanes(tokens, songs, 16, 32, 1))
    window = _trainer(WindowTrainer(Window(VOCABULARY, 14, 50, 128, 0.0)), Windows(tokens, songs, 256, 14, 1))
    ours, theirs = zip(*((stream() * 16 * 32, window() * 256) for _ in range(ROUNDS)))
    return [row("training, targets/s, against the window network", ratios(ours, theirs), "x", 4, "more",
                f"{max(ours):,.0f} against {max(theirs):,.0f} targets/s; vocabulary {VOCABULARY:,}, two layers of 128")]


def _trainer(trainer, batches):
    """A function that trains some steps and returns steps a second."""
    trainer.compile("adam")
    endless = batches.batches(0, 0)
    def steps():
        start = time.monotonic()
        trainer.fit(endless, steps_per_epoch=STEPS, verbose=0, shuffle=False)
        return STEPS / (time.monotonic() - start)
    steps()     # compiles
    return steps
