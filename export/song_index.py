"""An index of training songs, in which the page looks up the phrases that a network copies.

`web/core/song-index.js` reads it.

    song-index.bin  a line of JSON: phrase_length, count, rice, bits, share and songs, which is a
                    list of [artist, title]; then, for each of the `count` distinct phrases of
                    `phrase_length` tokens, by ascending fingerprint and highest bit first:
                    the difference from the previous fingerprint in Rice code (difference >> rice
                    ones, a zero, its lowest `rice` bits), and the index of the first song with that
                    phrase in `bits` bits

It contains no words, only 32-bit fingerprints of phrases: someone who guesses six words of a song
can check the guess, and nothing else. Phrases with unknown words are skipped, since the network
cannot write them. False-positive rate: n / 2^32 for n phrases, which is 0.003 % for the songbook,
or one of 230 songs of sixteen lines.

An index above `MAX_BYTES` is thinned: only fingerprints below 1/2, 1/4 or 1/8 of 2^32 are kept (the
`share`), so that a phrase of six words is found with that probability, and a longer one with a
higher one. If there are too many songs even for that, there is no index. Golomb-Rice codes: Rice &
Plaunt, 1971, doi:10.1109/TCOM.1971.1090789.
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.files import sha256
from common.prng import murmur3_finalizer
from data.lyrics.corpus import SPLITS, split_of
from data.lyrics.songs import SONGBOOK, read_songs
from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import UNK, Vocabulary
from metrics.copied_phrases import COPIED_PHRASE_LENGTH

FILE_NAME = "song-index.bin"
MAX_BYTES = 600_000
SHARES = [1, 2, 4, 8]  # inverse shares of fingerprints that are kept

IndexedSong = Sequence[Any]  # artist, title, token ids


def training_songs(meta: dict, vocabulary: Vocabulary) -> list[IndexedSong]:
    """Return the songs that a run was trained on.

    Args:
        meta: The run's metadata.
        vocabulary: The run's vocabulary.

    Returns:
        [artist, title, token ids] of each song; nothing if the table of songs is gone or changed.
    """
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


def build_index(songs: Sequence[IndexedSong], max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of song-index.bin; nothing if there are no phrases, or too many."""
    by_song = [_fingerprints(token_ids) for _, _, token_ids in songs]
    owners = np.repeat(np.arange(len(by_song)), [len(prints) for prints in by_song])
    all_prints = np.concatenate([*by_song, np.empty(0, "uint64")])
    prints, first = np.unique(all_prints, return_index=True)
    if len(prints):
        for share in SHARES:
            kept = prints < 2**32 // share
            index = _encode(prints[kept], owners[first[kept]], songs, share)
            if len(index) <= max_bytes:
                return index
    return b""


def _fingerprints(token_ids: np.ndarray) -> np.ndarray:
    """Return the fingerprints of a song's phrases, uint64 (phrases,)."""
    if len(token_ids) < COPIED_PHRASE_LENGTH:
        return np.empty(0, "uint64")
    phrases = np.lib.stride_tricks.sliding_window_view(
        np.asarray(token_ids, "uint64"), COPIED_PHRASE_LENGTH
    )
    prints = np.zeros(len(phrases), "uint64")
    for column in phrases.T:
        prints = murmur3_finalizer(prints ^ column)
    return prints[(phrases != UNK).all(axis=1)]


def _encode(
    prints: np.ndarray, owners: np.ndarray, songs: Sequence[IndexedSong], share: int
) -> bytes:
    named, owners = np.unique(owners, return_inverse=True)
    differences = np.diff(prints, prepend=np.uint64(0))
    rice = int(math.log2(1 + 0.69 * differences.mean()))  # ln 2 times the mean: the best parameter
    bits = max(1, (len(named) - 1).bit_length())
    header = {
        "phrase_length": COPIED_PHRASE_LENGTH,
        "count": len(prints),
        "rice": rice,
        "bits": bits,
        "share": 1 / share,
        "songs": [songs[i][:2] for i in named],
    }
    first_line = json.dumps(header, ensure_ascii=False).encode() + b"\n"
    return first_line + _encode_bits(differences, owners, rice, bits)


def _encode_bits(differences: np.ndarray, owners: np.ndarray, rice: int, bits: int) -> bytes:
    """Write each difference in Rice code and each owner in binary, all entries at once."""
    ones = (differences >> np.uint64(rice)).astype("int64")
    lengths = ones + 1 + rice + bits
    ends = np.cumsum(lengths)
    starts = ends - lengths
    code = np.zeros(ends[-1], "uint8")
    # Position of each one: its entry's start plus its index within the entry.
    index_in_entry = np.arange(ones.sum()) - np.repeat(np.cumsum(ones) - ones, ones)
    code[np.repeat(starts, ones) + index_in_entry] = 1
    for values, field_ends, width in ((differences, ends - bits, rice), (owners, ends, bits)):
        for bit in range(width):
            code[field_ends - 1 - bit] = values.astype("int64") >> bit & 1
    return np.packbits(code).tobytes()
