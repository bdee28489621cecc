"""Time and memory per word for corpora with 0.1, 1 and 10 million random words.

The benchmark also compares the sampled softmax with the full softmax, for a vocabulary of 32,000
words.
"""

import tempfile
from statistics import median

from bench.ingest import NUM_SONGS, write_table
from bench.report import ratios, row
from bench.subprocess_run import numbers_of

WORDS_PER_SONG = 268
MILLIONS = (0.1, 1, 10)
ROUNDS = 3
STEPS = 40

# Arguments: table, cache, number of songs.
READ = """
import sys, time
from data.lyrics.corpus import open_corpus
start = time.monotonic()
corpus = open_corpus(sys.argv[2], sys.argv[1], 1, 32000, first_rows=int(sys.argv[3]))
print(1e6 * (time.monotonic() - start) / len(corpus.tokens))
"""

# Arguments: table, cache, number of songs, steps, "sampled" or "full".
TRAIN = """
import sys
import numpy as np
import common.keras_quiet
from bench.subprocess_run import peak_memory
from bench.steps import steps_per_second
from data.lyrics.corpus import open_corpus
from models.lyrics import LSTMLanguageModel
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.recipes import NUM_SAMPLED
from train.lyrics.sampled_softmax import SampledSoftmaxTrainer
from train.lyrics.trainers import LSTMTrainer
corpus = open_corpus(sys.argv[2], sys.argv[1], 1, 32000, first_rows=int(sys.argv[3]))
steps = int(sys.argv[4])
batches = StatefulBatches(corpus.tokens, corpus.songs("training"), 32, 32, 1)
network = LSTMLanguageModel(32000, 128, [256])
if sys.argv[5] == "sampled":
    trainer = SampledSoftmaxTrainer(network, 32, np.full(32000, 1.0), NUM_SAMPLED)
else:
    trainer = LSTMTrainer(network, 32)
trainer.compile("adamw")
print(steps_per_second(trainer, batches.batches(0, 0), steps) * 32 * 32, peak_memory())
"""


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table."""
    with tempfile.TemporaryDirectory() as folder:
        table = f"{folder}/songs.csv"
        write_table(table)
        counts = [min(NUM_SONGS, round(1e6 * millions / WORDS_PER_SONG)) for millions in MILLIONS]
        reading = [
            [numbers_of(READ, table, f"{folder}/{i}", songs)[0] for songs in counts]
            for i in range(ROUNDS)
        ]
        cache = f"{folder}/0"
        sampled = [
            [numbers_of(TRAIN, table, cache, songs, STEPS, "sampled") for songs in counts]
            for _ in range(ROUNDS)
        ]
        full = [
            numbers_of(TRAIN, table, cache, counts[-1], STEPS // 4, "full") for _ in range(ROUNDS)
        ]
    speeds = [[speed for speed, _ in round_] for round_ in sampled]
    largest_speeds = [round_[-1] for round_ in speeds]
    seconds_per_target = [[1 / speed for speed in round_] for round_ in speeds]
    return [
        _cost_row("reading", reading, "seconds per million words"),
        _cost_row("training", seconds_per_target, "seconds per word"),
        row(
            "memory of training on 10 million words, vocabulary 32,000",
            [round_[-1][1] for round_ in sampled],
            "GB",
            2,
            "less",
            "batches of 32 x 32, one layer of 256, sampled softmax",
        ),
        row(
            "sampled softmax, targets/s, compared with the full softmax over 32,000 words",
            ratios(largest_speeds, [speed for speed, _ in full]),
            "x",
            3,
            "more",
            f"{median(largest_speeds):,.0f} targets/s",
        ),
    ]


def _cost_row(what: str, rounds: list[list[float]], unit: str) -> dict:
    """Compare the cost per word of the largest corpus with the highest cost of the smaller ones."""
    costs = ", ".join(
        f"{millions} M: {median(round_[i] for round_ in rounds):.3g}"
        for i, millions in enumerate(MILLIONS)
    )
    return row(
        f"{what}, cost per word for 10 million words, compared with fewer words",
        [round_[-1] / max(round_[:-1]) for round_ in rounds],
        "x",
        1.25,
        "less",
        f"{unit}: {costs}",
    )
