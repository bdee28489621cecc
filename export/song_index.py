"""An index of the training songs, in which the page looks up what a network sings by heart.

`web/core/song-index.js` reads it.

    memory.bin  a line of JSON: {run, count, rice, bits, share, songs: [[artist, title], ...]}, and then of each of the
                `count` different runs of `run` words, in the order of their fingerprints, highest bit first:
                the distance from the fingerprint before, in Rice's code (distance >> rice ones, a zero, its lowest
                `rice` bits), and the number of the first song that holds the run, in `bits` bits

It holds no word, only fingerprints of 32 bits of runs of word numbers; whoever guesses six words of a song can check
the guess, no more. A run with a word that the network does not know is left out, for it cannot sing it. Of n runs n in
2^32 that are not copied are taken for copied: 0.003 % with the songbook, which is one song of sixteen lines in 230.

A songbook too large for LIMIT is thinned: of all fingerprints those below a half, a quarter, an eighth (the share) of
the highest are kept, so that a run of six words is found by that chance and a longer one more surely. Songs too many
even for that get no index. Golomb and Rice codes: Rice & Plaunt 1971, doi:10.1109/TCOM.1971.1090789.
"""

import json
import math
from pathlib import Path

import numpy as np

from common.files import sha256
from common.prng import murmur3_finalizer
from data.lyrics.corpus import SPLITS, split_of
from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import UNK

RUN = 6  # words
LIMIT = 600_000  # bytes
SHARES = [1, 2, 4, 8]


def training_songs(meta, vocabulary):
    """[artist, title, word numbers] of each song that a run has learned, or none when its table has gone or changed."""
    tables = [
        path
        for path in (SONGBOOK, Path(meta["args"]["songs"]))
        if path.is_file() and sha256(path) == meta["data"]["songs_sha256"]
    ]
    songs = read_songs(tables[0], **meta["data"]["filters"]) if tables else ()
    return [
        [song.artist, song.title, vocabulary.encode(tokenize(song.text))]
        for song in songs
        if SPLITS[split_of(song)] == "training"
    ]


def pack(songs, limit=LIMIT):
    """The bytes of memory.bin; none when there is nothing to find in the songs, or too much."""
    found = [_fingerprints(numbers) for _, _, numbers in songs]
    owners = np.repeat(np.arange(len(found)), [len(prints) for prints in found])
    prints, first = np.unique(np.concatenate([*found, np.empty(0, "uint64")]), return_index=True)
    if len(prints):
        for share in SHARES:
            kept = prints < 2**32 // share
            packed = _pack(prints[kept], owners[first[kept]], songs, share)
            if len(packed) <= limit:
                return packed
    return b""


def _fingerprints(numbers):
    """Fingerprints of the runs of a song, uint64 (runs,)."""
    if len(numbers) < RUN:
        return np.empty(0, "uint64")
    runs = np.lib.stride_tricks.sliding_window_view(np.asarray(numbers, "uint64"), RUN)
    prints = np.zeros(len(runs), "uint64")
    for word in runs.T:
        prints = murmur3_finalizer(prints ^ word)
    return prints[(runs != UNK).all(axis=1)]


def _pack(prints, owners, songs, share):
    named, owners = np.unique(owners, return_inverse=True)
    distances = np.diff(prints, prepend=np.uint64(0))
    rice, bits = int(math.log2(1 + 0.69 * distances.mean())), max(1, (len(named) - 1).bit_length())
    head = {
        "run": RUN,
        "count": len(prints),
        "rice": rice,
        "bits": bits,
        "share": 1 / share,
        "songs": [songs[i][:2] for i in named],
    }
    return (
        json.dumps(head, ensure_ascii=False).encode() + b"\n" + _code(distances, owners, rice, bits)
    )


def _code(distances, owners, rice, bits):
    ones = (distances >> np.uint64(rice)).astype("int64")
    ends = np.cumsum(ones + 1 + rice + bits)
    code, starts = np.zeros(ends[-1], "uint8"), ends - ones - 1 - rice - bits
    code[np.arange(ones.sum()) + np.repeat(starts - np.cumsum(ones) + ones, ones)] = 1
    for values, end, width in ((distances, ends - bits, rice), (owners, ends, bits)):
        for bit in range(width):
            code[end - 1 - bit] = values.astype("int64") >> bit & 1
    return np.packbits(code).tobytes()
