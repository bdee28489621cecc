"""A corpus that grows, 0.1, 1 and 10 million words, all of it made up: what a word costs, in seconds and in memory.

Then training with 32,000 words to choose from: the sampled softmax against the one over all of them.
"""

import tempfile
from statistics import median

from bench.ingest import SONGS, write_table
from bench.report import ratios, row
from bench.subprocess_run import numbers_of

WORDS_A_SONG, MILLIONS, ROUNDS, STEPS = 268, (0.1, 1, 10), 3, 40
READ = """
import sys, time
from datasets.corpus import open_corpus
start = time.monotonic()
made = open_corpus(sys.argv[2], sys.argv[1], 1, 32000, first=int(sys.argv[3]))
print(1e6 * (time.monotonic() - start) / len(made.tokens))
"""
TRAIN = """
import sys
import numpy as np
import common.engine
from bench.apart import peak
from bench.steps import steps_a_second
from datasets.corpus import open_corpus
from models.lyrics import Stream
from train.lanes import Lanes
from train.sampled import DRAWN, SampledTrainer
from train.trainers import StreamTrainer
made, steps = open_corpus(sys.argv[2], sys.argv[1], 1, 32000, first=int(sys.argv[3])), int(sys.argv[4])
lanes = Lanes(made.tokens, made.songs("training"), 32, 32, 1)
network = Stream(32000, 128, [256])
trainer = (SampledTrainer(network, 32, np.full(32000, 1.0), DRAWN) if sys.argv[5] == "sampled"
           else StreamTrainer(network, 32))
trainer.compile("adamw")
print(steps_a_second(trainer, lanes.batches(0, 0), steps) * 32 * 32, peak())
"""


def measure():
    with tempfile.TemporaryDirectory() as folder:
        table = f"{folder}/songs.csv"
        write_table(table)
        counts = [min(SONGS, round(1e6 * millions / WORDS_A_SONG)) for millions in MILLIONS]
        read = [
            [numbers_of(READ, table, f"{folder}/{turn}", songs)[0] for songs in counts]
            for turn in range(ROUNDS)
        ]
        cache = f"{folder}/0"
        trained = [
            [numbers_of(TRAIN, table, cache, songs, STEPS, "sampled") for songs in counts]
            for _ in range(ROUNDS)
        ]
        whole = [
            numbers_of(TRAIN, table, cache, counts[-1], STEPS // 4, "whole") for _ in range(ROUNDS)
        ]
    speeds = [[speed for speed, _ in turn] for turn in trained]
    sampled = ratios([turn[-1] for turn in speeds], [speed for speed, _ in whole])
    return [
        _flat("reading", read, "seconds a million words"),
        _flat("training", [[1 / speed for speed in turn] for turn in speeds], "seconds a word"),
        row(
            "memory of training from 10 million words, vocabulary 32,000",
            [turn[-1][1] for turn in trained],
            "GB",
            2,
            "less",
            "batches of 32 x 32, one layer of 256, sampled softmax",
        ),
        row(
            "sampled softmax, targets/s, against the softmax over all 32,000 words",
            sampled,
            "x",
            3,
            "more",
            f"{median(turn[-1] for turn in speeds):,.0f} targets/s",
        ),
    ]


def _flat(what, turns, unit):
    """What a word costs in the largest corpus, against the dearest of the smaller ones."""
    costs = ", ".join(
        f"{millions} M: {median(turn[i] for turn in turns):.3g}"
        for i, millions in enumerate(MILLIONS)
    )
    return row(
        f"{what}, cost of a word of 10 million against fewer",
        [turn[-1] / max(turn[:-1]) for turn in turns],
        "x",
        1.25,
        "less",
        f"{unit}: {costs}",
    )
