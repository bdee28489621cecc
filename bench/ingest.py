"""Reading a table as large as the well-known one: 57,650 songs, 13 million words, 72 MB, all of it made up."""

import csv
import tempfile
from pathlib import Path

import numpy as np

from bench.report import row
from bench.subprocess_run import numbers_of

SONGS, LINES, WORDS_A_LINE, VOCABULARY = 57_650, 38, 6, 120_000
READ = """
import sys, time
from bench.apart import peak
from datasets.corpus import open_corpus
start = time.monotonic()
made = open_corpus(sys.argv[2], sys.argv[1], 3, 16384)
seconds = time.monotonic() - start
print(seconds, peak(), made.meta["words"])
"""


TRAIN = """
import sys
import common.engine
from bench.apart import peak
from datasets.corpus import open_corpus
from models.lyrics import Stream
from train.lanes import Lanes
from train.trainers import StreamTrainer
made = open_corpus(sys.argv[2], sys.argv[1], 3, 16384, first=int(sys.argv[3]))
lanes = Lanes(made.tokens, made.songs("training"), 8, 32, 1)
trainer = StreamTrainer(Stream(16384, 64, [64]), 8)
trainer.compile("adam")
trainer.fit(lanes.batches(0, 0), steps_per_epoch=200, verbose=0, shuffle=False)
print(peak())
"""


def write_table(path):
    """A table whose words follow Zipf's law, with the line ends, blanks and tags of the real one."""
    random = np.random.default_rng(1)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(
        ["".join(random.choice(letters, random.integers(2, 8))) for _ in range(VOCABULARY)]
    )
    chance = 1 / np.arange(1, VOCABULARY + 1)
    chance /= chance.sum()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["artist", "song", "link", "text"])
        for i in range(SONGS):
            drawn = words[random.choice(VOCABULARY, (LINES, WORDS_A_LINE), p=chance)]
            text = "[Chorus]  \n" + "".join(" ".join(line) + "  \n" for line in drawn) + "  \n\n"
            writer.writerow([f"Artist {i // 90}", f"Song {i}", f"/{i}.html", text])


def measure():
    with tempfile.TemporaryDirectory() as folder:
        table, cache = f"{folder}/songs.csv", f"{folder}/cache"
        write_table(table)
        seconds, gigabytes, words = numbers_of(READ, table, cache)
        for songs in (SONGS // 50, SONGS):  # so that what is measured next only trains
            numbers_of(TRAIN, table, cache, songs)
        [small], [large] = (
            numbers_of(TRAIN, table, cache, songs) for songs in (SONGS // 50, SONGS)
        )
        detail = f"{SONGS:,} songs, {words:,.0f} words and new lines, {Path(table).stat().st_size / 1e6:.0f} MB"
    return [
        row("the full table read, counted and numbered", [seconds], "s", 90, "less", detail),
        row("memory for that, at most", [gigabytes], "GB", 1.5, "less", detail),
        row(
            "memory of training from it, against a fiftieth of it",
            [large / small],
            "x",
            1.25,
            "less",
            f"{large:.2f} against {small:.2f} GB",
        ),
    ]
