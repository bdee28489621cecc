"""A corpus: songs as arrays of token ids on disk, made once and then read as a memory map.

    <cache>/<hash>/tokens.npy      the token ids of all songs in a row; each song starts with
                                   BOS_EOS, followed by its artist if the network is told it
                   starts.npy      where each song starts in tokens.npy, and where the last one ends
                   splits.npy      split of each song, as an index of SPLITS
                   vocabulary.tsv  counted over the training songs
                   meta.json       SHA-256 of the table, filters, number of songs, artists

Ids after the vocabulary name artists: the first one stands for any artist, the next ones for
`meta["artists"]` in that order. The split of a song is a hash of its artist and text, independent
of other songs.
"""

import hashlib
import json
import zlib
from array import array
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, sha256, write_json
from common.progress import Progress
from data.lyrics.songs import Song, read_songs
from data.lyrics.tokenizer import tokenize
from data.lyrics.vocabulary import BOS_EOS, Vocabulary

SPLITS = ["training", "validation", "test"]
VERSION = 1
_HELD_OUT_PERCENT = 8  # of the songs, for validation; as many for the test
_BLOCK = 1 << 20  # tokens that are renumbered at once
_SONG_START = 0  # provisional id of BOS_EOS


class Corpus:
    """The arrays of one corpus.

    Args:
        folder: Folder that `open_corpus` made.

    Attributes:
        meta: Content of meta.json.
        vocabulary: The `Vocabulary`.
        tokens: Token ids of all songs, (tokens,), uint16 or int32.
    """

    def __init__(self, folder: str | Path):
        folder = Path(folder)
        self.meta = read_json(folder / "meta.json")
        self.vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
        try:
            self.tokens = np.load(folder / "tokens.npy", mmap_mode="r", allow_pickle=False)
            self._starts = np.load(folder / "starts.npy", allow_pickle=False)
            self._splits = np.load(folder / "splits.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise GeneError(
                f"{folder}: damaged corpus ({error}); delete the folder and start again"
            ) from None

    def songs(self, split: str) -> np.ndarray:
        """Return where the songs of a split start and end in `tokens`, int64 (songs, 2)."""
        chosen = np.flatnonzero(self._splits == SPLITS.index(split))
        return np.stack([self._starts[chosen], self._starts[chosen + 1]], axis=1)

    def count_tokens(self, split: str) -> int:
        """Count the tokens of a split, line breaks and song starts included."""
        return int(np.diff(self.songs(split), axis=1).sum())


def open_corpus(
    cache_dir: str | Path,
    path: str | Path,
    min_count: int | None,
    max_vocabulary: int | None,
    vocabulary: Vocabulary | None = None,
    condition_on_artist: bool = False,
    **filters: Any,
) -> Corpus:
    """Open the corpus of a songs table; make it first if the cache does not have it.

    Args:
        cache_dir: Folder of all corpora.
        path: CSV table of songs.
        min_count: Occurrences that a word needs to get into the vocabulary.
        max_vocabulary: Maximum size of the vocabulary.
        vocabulary: Use this vocabulary; `min_count` and `max_vocabulary` are then ignored.
        condition_on_artist: Whether each song starts with its artist.
        **filters: Keyword arguments of `read_songs`.

    Raises:
        GeneError: The table cannot be read, or no song is left.
    """
    request = {"version": VERSION, "songs_sha256": _sha256(path), "filters": filters}
    if vocabulary:
        request["vocabulary_sha256"] = vocabulary.sha256()
    else:
        request["min_count"] = min_count
        request["max_vocabulary"] = max_vocabulary
    if condition_on_artist:
        request["artists"] = []
    name = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:16]
    folder = Path(cache_dir) / name

    def build(temporary: Path) -> None:
        provisional = _read(temporary / "provisional.bin", path, condition_on_artist, filters)
        _build(temporary, request, provisional, vocabulary)

    build_once(folder, build)
    return Corpus(folder)


def split_of(song: Song) -> int:
    """Return the split of a song, as an index of SPLITS."""
    percentile = zlib.crc32(f"{song.artist}\n{song.text}".encode()) % 100
    if percentile < _HELD_OUT_PERCENT:
        return SPLITS.index("validation")
    if percentile < 2 * _HELD_OUT_PERCENT:
        return SPLITS.index("test")
    return SPLITS.index("training")


def _sha256(path: str | Path) -> str:
    try:
        return sha256(path)
    except OSError as error:
        raise GeneError(f"{path}: {error.strerror}; --songs takes a CSV file") from None


class _Provisional(NamedTuple):
    """What one pass over the songs finds.

    Words and artists have provisional ids, because the vocabulary is only known at the end.
    """

    word_ids: dict[str, int]
    artist_ids: dict[str, int]
    counts: Counter  # words of the training songs
    starts: list[int]
    splits: list[int]


def _read(
    file_path: Path, songs_path: str | Path, condition_on_artist: bool, filters: dict
) -> _Provisional:
    """Write the provisional ids of all songs to a file of int32."""
    found = _Provisional({}, {}, Counter(), [0], [])
    word_ids = found.word_ids
    artist_ids = found.artist_ids
    next_id = _SONG_START + 1
    progress = Progress(None)
    with open(file_path, "wb") as file:
        for song in read_songs(songs_path, **filters):
            words = tokenize(song.text)
            if not words:
                continue
            ids = array("i", [_SONG_START])
            if condition_on_artist:
                if song.artist not in artist_ids:
                    artist_ids[song.artist] = next_id
                    next_id += 1
                ids.append(artist_ids[song.artist])
            for word in words:
                if word not in word_ids:
                    word_ids[word] = next_id
                    next_id += 1
            ids.extend([word_ids[word] for word in words])
            ids.tofile(file)
            split = split_of(song)
            if split == SPLITS.index("training"):
                found.counts.update(words)
            found.starts.append(found.starts[-1] + len(ids))
            found.splits.append(split)
            progress.show(
                len(found.splits),
                lambda speed: f"{len(found.splits):,} songs read  {speed:,.0f} songs/s",
            )
    progress.end()
    if not found.splits:
        raise GeneError(f"{songs_path}: no song has any words")
    return found


def _build(folder: Path, request: dict, found: _Provisional, vocabulary: Vocabulary | None) -> None:
    """Write the files of a corpus."""
    if vocabulary is None:
        vocabulary = Vocabulary.from_counts(
            found.counts, request["min_count"], request["max_vocabulary"]
        )
    final_ids = np.empty(1 + len(found.word_ids) + len(found.artist_ids), "int64")
    final_ids[_SONG_START] = BOS_EOS
    final_ids[list(found.word_ids.values())] = vocabulary.encode(found.word_ids)
    any_artist = len(vocabulary)
    artist_positions = np.arange(len(found.artist_ids))
    final_ids[list(found.artist_ids.values())] = any_artist + 1 + artist_positions
    _renumber(folder / "provisional.bin", folder / "tokens.npy", final_ids, found.starts[-1])

    np.save(folder / "starts.npy", np.array(found.starts, dtype="int64"))
    np.save(folder / "splits.npy", np.array(found.splits, dtype="uint8"))
    vocabulary.save(folder / "vocabulary.tsv")
    meta = dict(request)
    prefix_length = 1
    if found.artist_ids:
        meta["artists"] = list(found.artist_ids)
        prefix_length = 2
    meta["songs"] = dict(Counter(SPLITS[split] for split in found.splits))
    meta["words"] = found.starts[-1] - prefix_length * len(found.splits)
    write_json(folder / "meta.json", meta)


def _renumber(source_path: Path, path: Path, final_ids: np.ndarray, length: int) -> None:
    """Write tokens.npy, replacing provisional ids with final ones, and delete the source."""
    source = np.memmap(source_path, dtype="int32", mode="r")
    dtype = np.dtype("uint16" if final_ids.max() < 1 << 16 else "int32")
    header = {"descr": dtype.str, "fortran_order": False, "shape": (length,)}
    # Not a memory map: writing to one on a full disk ends in a bus error.
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, length, _BLOCK):
            file.write(final_ids[source[start : start + _BLOCK]].astype(dtype))
    source_path.unlink()
