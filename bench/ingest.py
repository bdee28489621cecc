"""Reading a large table of songs: 57,650 random songs with 15 million tokens.

A well-known public data set has the same size.
"""

import csv
import tempfile
from pathlib import Path

import numpy as np

from bench.report import row
from bench.subprocess_run import numbers_of

NUM_SONGS = 57_650
LINES_PER_SONG = 38
WORDS_PER_LINE = 6
VOCABULARY = 120_000
SMALL = NUM_SONGS // 50  # number of songs in the small corpus that the peak memory is compared with

# Arguments: table, cache.
READ = """
import sys, time
from bench.subprocess_run import peak_memory
from data.lyrics.corpus import open_corpus
start = time.process_time()  # CPU time, which other programs do not affect
corpus = open_corpus(sys.argv[2], sys.argv[1], 3, 16384)
seconds = time.process_time() - start
print(seconds, peak_memory(), corpus.meta["words"])
"""

# Arguments: table, cache, number of songs.
TRAIN = """
import sys
import common.keras_quiet
from bench.subprocess_run import peak_memory
from data.lyrics.corpus import open_corpus
from models.lyrics import LSTMLanguageModel
from train.lyrics.stateful_batches import StatefulBatches
from train.lyrics.trainers import LSTMTrainer
corpus = open_corpus(sys.argv[2], sys.argv[1], 3, 16384, first_rows=int(sys.argv[3]))
batches = StatefulBatches(corpus.tokens, corpus.songs("training"), 8, 32, 1)
trainer = LSTMTrainer(LSTMLanguageModel(16384, 64, [64]), 8)
trainer.compile("adam")
trainer.fit(batches.batches(0, 0), steps_per_epoch=200, verbose=0, shuffle=False)
print(peak_memory())
"""


def write_table(path: str | Path) -> None:
    """Write a table of songs whose word frequencies follow Zipf's law.

    Line breaks, spaces and tags are like those of the public data set.
    """
    random = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(
        ["".join(random.choice(letters, random.integers(2, 8))) for _ in range(VOCABULARY)]
    )
    probabilities = 1 / np.arange(1, VOCABULARY + 1)
    probabilities /= probabilities.sum()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["artist", "song", "link", "text"])
        for i in range(NUM_SONGS):
            shape = (LINES_PER_SONG, WORDS_PER_LINE)
            lines = words[random.choice(VOCABULARY, shape, p=probabilities)]
            text = "[Chorus]  \n" + "".join(" ".join(line) + "  \n" for line in lines) + "  \n\n"
            writer.writerow([f"Artist {i // 90}", f"Song {i}", f"/{i}.html", text])


def measure() -> list[dict]:
    """Run this benchmark and return its rows for the results table."""
    with tempfile.TemporaryDirectory() as folder:
        table = f"{folder}/songs.csv"
        cache = f"{folder}/cache"
        write_table(table)
        seconds, gigabytes, words = numbers_of(READ, table, cache)
        for songs in (SMALL, NUM_SONGS):  # fill the cache, so that the next runs only train
            numbers_of(TRAIN, table, cache, songs)
        [small] = numbers_of(TRAIN, table, cache, SMALL)
        [large] = numbers_of(TRAIN, table, cache, NUM_SONGS)
        megabytes = Path(table).stat().st_size / 1e6
    detail = f"{NUM_SONGS:,} songs, {words:,.0f} words and line breaks, {megabytes:.0f} MB"
    return [
        row("reading and tokenizing a large table of songs", [seconds], "s", 90, "less", detail),
        row("peak memory of reading this table", [gigabytes], "GB", 1.5, "less", detail),
        row(
            "peak memory of training on this table, compared with a fiftieth of it",
            [large / small],
            "x",
            1.25,
            "less",
            f"{large:.2f} and {small:.2f} GB",
        ),
    ]
