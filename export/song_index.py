"""An index of training songs, which lets the page find the phrases that a network copies.

song-index.bin starts with a line of JSON: phrase_length, count, rice, bits, share, and songs, which
is a list of [artist, title]. Then come the `count` distinct phrases of `phrase_length` tokens, in
ascending order of their fingerprints. Each phrase consists of two numbers, highest bit first:

1. the difference from the previous fingerprint as a Rice code: `difference >> rice` ones, a zero,
   and the lowest `rice` bits of the difference (Rice & Plaunt, 1971,
   doi:10.1109/TCOM.1971.1090789);
2. the index of the first song that contains the phrase, in `bits` bits.

The index contains no lyrics, only 32-bit fingerprints of phrases. It does not reveal the songs; it
can only tell whether a given phrase of six words occurs in them.

Phrases with unknown words are skipped, because the network
cannot write them. The false-positive rate for n phrases is n / 2^32: 0.003% for the songbook, or
about one in 230 songs of sixteen lines.

If not all fingerprints fit into `MAX_BYTES`, only those below 1/2, 1/4 or 1/8 of 2^32 are kept.
A phrase of six words is then found with this probability (the `share`), and a longer phrase with a
higher one. If the index is still too large, none is written.

`web/core/song-index.js` reads the index.
"""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.prng import murmur3_finalizer
from data.lyrics.songs import PLAIN_SONGBOOK, SONGBOOK, Song, has_hash, read_songs
from data.lyrics.splits import TRAINING, Splitter
from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import UNK, Vocabulary
from metrics.copied_phrases import COPIED_PHRASE_LENGTH

FILE_NAME = "song-index.bin"
MAX_BYTES = 1_250_000
SHARES = [1, 2, 4, 8]  # n means that 1 / n of the fingerprints are kept

IndexedSong = Sequence[Any]  # artist, title, token ids


def training_songs(meta: dict, vocabulary: Vocabulary) -> list[IndexedSong]:
    """Return the songs that a run was trained on.

    Args:
        meta: The metadata of the run.
        vocabulary: The vocabulary of the run.

    Returns:
        [artist, title, token ids] of each song; empty if the table of songs is missing or has
        changed.
    """
    songs = _read_songs(meta)
    splitter = Splitter()
    indexed = []
    for song in songs:
        words = tokenize(song.text)
        if words:
            splitter.add(song, words)
            indexed.append([song.artist, song.title, vocabulary.encode(words)])
    pairs = zip(indexed, splitter.finish(), strict=True)
    return [song for song, split in pairs if split == TRAINING]


def _read_songs(meta: dict) -> Iterable[Song]:
    """Return the songs of the tables of a run; empty if one of them is missing or has changed.

    The plain songbook is accepted even if it has changed, because songs are only ever added to it.
    """
    data = meta["data"]
    path = _find_table([SONGBOOK, meta["args"]["songs"]], data["songs_sha256"])
    more = meta["args"].get("more_songs")
    if more and Path(more).name == PLAIN_SONGBOOK.name:
        more = PLAIN_SONGBOOK
    elif more:
        more = _find_table([more], data["more_songs_sha256"])
    if path is None or bool(more) != ("more_songs_sha256" in data):
        return ()
    return read_songs(path, **data["filters"], more=more)


def _find_table(paths: Sequence[str | Path], digest: str) -> Path | None:
    """Return the first of the given tables that exists and has the given hash, or None."""
    existing = [Path(path) for path in paths if Path(path).exists()]
    return next((path for path in existing if has_hash(path, digest)), None)


def build_index(songs: Sequence[IndexedSong], max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of song-index.bin; b"" if there are no phrases, or too many."""
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
    """Return the fingerprints of the phrases of a song, uint64 (phrases,)."""
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
    """Encode the entries of the index.

    Args:
        differences: Difference of each fingerprint from the previous one; written as a Rice code.
        owners: Index of the first song that contains each phrase; written as a binary number.
        rice: Number of bits after the unary part of each Rice code.
        bits: Number of bits of each index.
    """
    ones = (differences >> np.uint64(rice)).astype("int64")
    lengths = ones + 1 + rice + bits
    ends = np.cumsum(lengths)
    starts = ends - lengths
    code = np.zeros(ends[-1], "uint8")
    # The position of each 1 bit is the start of its entry plus its index within the entry.
    index_in_entry = np.arange(ones.sum()) - np.repeat(np.cumsum(ones) - ones, ones)
    code[np.repeat(starts, ones) + index_in_entry] = 1
    for values, field_ends, width in ((differences, ends - bits, rice), (owners, ends, bits)):
        for bit in range(width):
            code[field_ends - 1 - bit] = values.astype("int64") >> bit & 1
    return np.packbits(code).tobytes()
