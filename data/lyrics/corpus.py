"""A corpus: songs turned once into arrays of word numbers on disk, from which training streams.

    corpus/<fingerprint>/tokens.npy      every song's numbers in a row, each song begun by SONG, and by its band's where
                                         bands are asked for; read as a memory map
                         starts.npy      where each song begins in tokens.npy, and the end of the last
                         parts.npy       each song's part: 0 training, 1 validation, 2 test
                         vocabulary.tsv  counted over the training songs
                         meta.json       the file's sha256, the filters, the counts, the bands

Bands are numbered after the words: the first number says "any band", the next ones are `meta["bands"]` in their order.
A song's part hangs on a fingerprint of its artist and text alone, so it is the same whatever else is read.
"""

import hashlib
import json
import zlib
from array import array
from collections import Counter
from pathlib import Path

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, sha256, write_json
from common.progress import Progress
from data.lyrics.songs import read_songs
from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import BOS_EOS, Vocabulary

PARTS = ["training", "validation", "test"]
VERSION = 1
_HELD_OUT = 8  # of 100 songs for validation, and as many for the test


class Corpus:
    """The arrays of one corpus. `songs(part)` gives where its songs begin and end in `tokens`."""

    def __init__(self, folder):
        folder = Path(folder)
        self.meta = read_json(folder / "meta.json")
        self.vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
        try:
            self.tokens = np.load(folder / "tokens.npy", mmap_mode="r", allow_pickle=False)
            self._starts = np.load(folder / "starts.npy", allow_pickle=False)
            self._parts = np.load(folder / "parts.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise GeneError(
                f"{folder}: a damaged corpus ({error}); delete the folder and start again"
            ) from None

    def songs(self, part):
        """(start, end) of every song of a part, shape (songs, 2)."""
        chosen = np.flatnonzero(self._parts == PARTS.index(part))
        return np.stack([self._starts[chosen], self._starts[chosen + 1]], axis=1)

    def words(self, part):
        """How many words, new lines and song starts the part has."""
        return int(np.diff(self.songs(part), axis=1).sum())


def open_corpus(cache, path, min_count, max_vocabulary, vocabulary=None, bands=False, **filters):
    """The corpus of a songs table, made if `cache` does not have it yet; `filters` are those of `read_songs`.

    vocabulary: use this one instead of counting a new one (then `min_count` and `max_vocabulary` say nothing);
    bands: each song begins with its band.
    """
    asked = {"version": VERSION, "songs_sha256": _sha256(path), "filters": filters}
    asked |= (
        {"vocabulary_sha256": vocabulary.sha256()}
        if vocabulary
        else {"min_count": min_count, "max_vocabulary": max_vocabulary}
    )
    asked |= {"bands": []} if bands else {}
    name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
    folder = Path(cache) / name
    build_once(
        folder,
        lambda temporary: _build(
            temporary, path, asked, min_count, max_vocabulary, vocabulary, filters
        ),
    )
    return Corpus(folder)


def _sha256(path):
    try:
        return sha256(path)
    except OSError as error:
        raise GeneError(f"{path}: {error.strerror}; --songs takes a CSV file") from None


def _build(folder, path, asked, min_count, max_vocabulary, vocabulary, filters):
    numbers, starts, parts, counts, bands = _read(
        folder / "numbers.bin", path, "bands" in asked, filters
    )
    words = list(numbers)
    training = dict(zip(words, counts))
    vocabulary = vocabulary or Vocabulary.from_counts(training, min_count, max_vocabulary)
    signs = [
        *range(len(vocabulary) + len(bands), len(vocabulary), -1),
        BOS_EOS,
    ]  # found by -1 and, of bands, less
    _renumber(folder, np.append(vocabulary.encode(words), signs), starts[-1])
    np.save(folder / "starts.npy", np.array(starts, dtype="int64"))
    np.save(folder / "parts.npy", np.array(parts, dtype="uint8"))
    vocabulary.save(folder / "vocabulary.tsv")
    songs = Counter(PARTS[part] for part in parts)
    asked |= {"bands": list(bands)} if bands else {}
    begun = len(parts) * (2 if bands else 1)
    write_json(folder / "meta.json", asked | {"songs": dict(songs), "words": starts[-1] - begun})


def _read(temporary, path, with_bands, filters):
    """Give words and bands numbers as they come and write those to disk: -1 begins a song, -2 is the first band."""
    numbers, starts, parts, counts, bands = {}, [0], [], array("q"), {}
    progress = Progress(None)
    with open(temporary, "wb") as file:
        for song in read_songs(path, **filters):
            words = tokenize(song.text)
            if not words:
                continue
            part = part_of(song)
            row = array(
                "i", [-1, -2 - bands.setdefault(song.artist, len(bands))] if with_bands else [-1]
            )
            for word in words:
                number = numbers.setdefault(word, len(numbers))
                if number == len(counts):
                    counts.append(0)
                counts[number] += part == 0
                row.append(number)
            row.tofile(file)
            starts.append(starts[-1] + len(row))
            parts.append(part)
            progress.show(
                len(parts), lambda speed: f"{len(parts):,} songs read  {speed:,.0f} songs/s"
            )
    progress.end()
    if not parts:
        raise GeneError(f"{path}: no song has a word in it")
    return numbers, starts, parts, counts, bands


def part_of(song):
    """The number of a song's part in PARTS."""
    bucket = zlib.crc32(f"{song.artist}\n{song.text}".encode()) % 100
    return 1 if bucket < _HELD_OUT else 2 if bucket < 2 * _HELD_OUT else 0


def _renumber(folder, table, length):
    """Write tokens.npy: the vocabulary's numbers in place of those given while reading."""
    source = np.memmap(folder / "numbers.bin", dtype="int32", mode="r")
    small = np.uint16 if table.max() < 1 << 16 else np.int32
    with open(
        folder / "tokens.npy", "wb"
    ) as file:  # a memory map ends in a bus error on a full disk
        np.lib.format.write_array_header_1_0(
            file, {"descr": np.dtype(small).str, "fortran_order": False, "shape": (length,)}
        )
        for start in range(0, length, 1 << 20):
            file.write(table[source[start : start + (1 << 20)]].astype(small))
    (folder / "numbers.bin").unlink()
