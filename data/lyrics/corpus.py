"""A corpus: songs as arrays of token ids on disk, built once and then read as a memory map.

    <cache>/<hash>/tokens.npy      the token ids of all songs, one song after another; each song
                                   starts with BOS_EOS, followed by the id of its artist if the
                                   network is conditioned on artists
                   starts.npy      start of each song in tokens.npy, and the end of the last one
                   splits.npy      split of each song, as an index of SPLITS
                   titles.npy      the title of each song, (songs, MAX_TITLE_WORDS); only if the
                                   network is conditioned on titles or has slots
                   vocabulary.tsv  the vocabulary, with counts over the training songs
                   meta.json       SHA-256 of the songs (text files with Unix line endings),
                                   filters, number of songs, artists
                   summary.json    what was found in the songs, as lines for the user

The ids after those of the vocabulary are artists: the first one stands for any artist, the next
ones for `meta["artists"]` in that order. `data/lyrics/splits.py` chooses the songs that are held
out, and `data/lyrics/slots.py` defines the tokens for unknown words.
"""

import hashlib
import json
from array import array
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from common.cli import GeneError
from common.files import build_once, read_json, write_json
from common.progress import Progress
from data.lyrics.slots import MAX_TITLE_WORDS, SongSlots, title_words
from data.lyrics.songs import read_songs, songs_sha256
from data.lyrics.splits import SPLITS, TRAINING, VALIDATION, Splitter
from data.lyrics.summary import Summary
from data.lyrics.tokenizer import NEWLINE_TEXT, tokenize
from data.lyrics.typography import FormCounter
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD, UNK, Vocabulary

VERSION = 1
_READER_VERSION = 3  # hashed into the folder name, so that corpora of older versions are not used
_BLOCK = 1 << 20  # number of tokens that are renumbered at once
_SONG_START = 0  # provisional id of BOS_EOS
_HELD_OUT_SHARE = 4  # a quarter of the longest song is held out if there are too few songs
_SONGS = 1000  # number of songs whose words are counted at once
_FORM_SONGS = 5000  # number of songs in which capitals are counted; more make no difference


class Corpus:
    """The arrays of one corpus.

    Args:
        folder: A folder that `open_corpus` built.

    Attributes:
        meta: Content of meta.json.
        vocabulary: The `Vocabulary`.
        tokens: Token ids of all songs, uint16 or int32 of shape (tokens,).
    """

    def __init__(self, folder: str | Path):
        folder = Path(folder)
        self._folder = folder
        self.meta = read_json(folder / "meta.json")
        self.vocabulary = Vocabulary.load(folder / "vocabulary.tsv")
        try:
            self.tokens = np.load(folder / "tokens.npy", mmap_mode="r", allow_pickle=False)
            self._starts = np.load(folder / "starts.npy", allow_pickle=False)
            self._splits = np.load(folder / "splits.npy", allow_pickle=False)
            self._titles = None
            if self.meta.get("titles"):
                self._titles = np.load(folder / "titles.npy", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise GeneError(
                f"{folder}: damaged corpus ({error}); delete the folder and start again"
            ) from None

    def summary(self) -> list[str]:
        """Return the summary of the songs, as lines of text."""
        return list(read_json(self._folder / "summary.json")["lines"])

    def unknown_share(self) -> float:
        """Return the fraction of the words in all songs that are not in the vocabulary."""
        unknown = int(np.count_nonzero(np.isin(self.tokens, [UNK, *self.vocabulary.slots])))
        words = int(np.count_nonzero(self.tokens != NEWLINE)) - len(self._splits)
        return unknown / max(words, 1)

    def songs(self, split: str) -> np.ndarray:
        """Return where in `tokens` each song of a split starts and ends, int64 (songs, 2)."""
        chosen = np.flatnonzero(self._splits == SPLITS.index(split))
        return np.stack([self._starts[chosen], self._starts[chosen + 1]], axis=1)

    def titles(self, split: str) -> np.ndarray | None:
        """Return the titles of a split, padded with `PAD`.

        Returns:
            int32 (songs, MAX_TITLE_WORDS); None if the corpus was built without titles.
        """
        if self._titles is None:
            return None
        return self._titles[np.flatnonzero(self._splits == SPLITS.index(split))]

    def count_tokens(self, split: str) -> int:
        """Count the tokens of a split, including line breaks and song starts."""
        return int(np.diff(self.songs(split), axis=1).sum())


def open_corpus(
    cache_dir: str | Path,
    path: str | Path,
    min_count: int | None,
    max_vocabulary: int | None,
    vocabulary: Vocabulary | None = None,
    condition_on_artist: bool = False,
    base_vocabulary: Vocabulary | None = None,
    condition_on_title: bool = False,
    has_slots: bool = False,
    more: str | Path | None = None,
    **filters: Any,
) -> Corpus:
    """Open the corpus of a source of songs; build it first if it is not in the cache.

    Args:
        cache_dir: Folder that contains all corpora.
        path: File, folder or archive of songs.
        min_count: Minimum number of occurrences of a word in the vocabulary.
        max_vocabulary: Maximum size of the vocabulary.
        vocabulary: The vocabulary to use instead of one that is built from the songs; if it is
            given, `min_count` and `max_vocabulary` are ignored.
        condition_on_artist: Whether each song starts with the id of its artist.
        base_vocabulary: A vocabulary whose words are all included in the new one.
        condition_on_title: Whether to keep the titles.
        has_slots: Whether to add slots for unknown words to the vocabulary.
        more: A second source of songs; see `read_songs`.
        **filters: Keyword arguments of `read_songs`.

    Raises:
        GeneError: If the songs cannot be read, or the filters leave none.
    """
    request: dict[str, Any] = {
        "version": VERSION,
        "songs_sha256": songs_sha256(path),
        "filters": filters,
    }
    if vocabulary:
        request["vocabulary_sha256"] = vocabulary.sha256()
    else:
        request["min_count"] = min_count
        request["max_vocabulary"] = max_vocabulary
    if base_vocabulary:
        request["base_vocabulary_sha256"] = base_vocabulary.sha256()
    if condition_on_artist:
        request["artists"] = []
    if condition_on_title:
        request["titles"] = 1
    if has_slots:
        request["slots"] = 1
    if more:
        request["more_songs_sha256"] = songs_sha256(more)
    key = json.dumps([_READER_VERSION, request], sort_keys=True)
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    folder = Path(cache_dir) / name

    def build(temporary: Path) -> None:
        options = filters | {"more": more}
        provisional = _read(temporary / "provisional.bin", path, condition_on_artist, options)
        known = vocabulary or Vocabulary.from_counts(
            _training_counts(provisional),
            request["min_count"],
            request["max_vocabulary"],
            base_vocabulary,
            has_slots,
        )
        known.forms |= provisional.forms.forms(known.words)
        _build(temporary, request, provisional, known)

    build_once(folder, build)
    return Corpus(folder)


class _Provisional(NamedTuple):
    """The result of one pass over the songs.

    Words and artists have provisional ids, because the vocabulary is not known before the end.
    """

    path: Path  # provisional ids of all songs, int32
    word_ids: dict[str, int]
    artist_ids: dict[str, int]
    starts: list[int]
    splits: list[int]
    titles: list[list[str]]
    prefix_length: int  # number of tokens of a song before its first word
    forms: FormCounter
    summary: Summary


def _read(
    file_path: Path, songs_path: str | Path, condition_on_artist: bool, filters: dict
) -> _Provisional:
    """Read all songs; write their provisional ids to a file of int32."""
    word_ids: dict[str, int] = {}
    artist_ids: dict[str, int] = {}
    starts = [0]
    titles = []
    splitter = Splitter()
    forms = FormCounter()
    summary = Summary(songs_path)
    next_id = _SONG_START + 1
    progress = Progress(None)
    with open(file_path, "wb") as file:
        for song in read_songs(songs_path, summary=summary, **filters):
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
            titles.append(title_words(song.title))
            splitter.add(song, words)
            if len(starts) <= _FORM_SONGS:
                forms.add(song.text)
            summary.words += len(words) - words.count(NEWLINE_TEXT)
            starts.append(starts[-1] + len(ids))
            progress.show(
                len(starts),
                lambda speed: f"{len(starts) - 1:,} songs read  {speed:,.0f} songs/s",
            )
    progress.end()
    if len(starts) == 1:
        raise GeneError(
            f"{songs_path}: the songs contain no words; docs/own-data.md lists the formats"
        )
    splits = splitter.finish()
    prefix_length = 2 if condition_on_artist else 1
    found = _Provisional(
        file_path, word_ids, artist_ids, starts, splits, titles, prefix_length, forms, summary
    )
    if splitter.holds_out_lines:
        _hold_out_lines(songs_path, found)
    return found


def _hold_out_lines(songs_path: str | Path, found: _Provisional) -> None:
    """Cut off the end of the longest song and hold it out as a song of its own."""
    starts = found.starts
    ids = np.fromfile(found.path, "int32")
    lengths = np.diff(starts)
    song = int(np.argmax(lengths))
    first = starts[song] + found.prefix_length
    words = ids[first : starts[song + 1]]
    if len(words) < _HELD_OUT_SHARE:
        raise GeneError(
            f"{songs_path}: only {len(words)} words, too few to learn from; add more songs"
        )
    wanted = len(words) - len(words) // _HELD_OUT_SHARE
    breaks = np.flatnonzero(words == found.word_ids.get(NEWLINE_TEXT, -1))
    breaks = breaks[(breaks > 0) & (breaks < len(words) - 1)]
    cut = int(breaks[np.argmin(abs(breaks - wanted))]) + 1 if len(breaks) else wanted
    prefix = ids[starts[song] : first]
    np.concatenate([ids[: first + cut], prefix, ids[first + cut :]]).tofile(found.path)
    later = [start + found.prefix_length for start in starts[song + 1 :]]
    starts[song + 1 :] = [first + cut, *later]
    found.splits.insert(song + 1, VALIDATION)
    found.titles.insert(song + 1, found.titles[song])


def _training_counts(found: _Provisional) -> dict[str, int]:
    """Return how often each word occurs in the training songs."""
    ids = np.memmap(found.path, dtype="int32", mode="r")
    counts = np.zeros(1 + len(found.word_ids) + len(found.artist_ids), "int64")
    chosen = [i for i, split in enumerate(found.splits) if split == TRAINING]
    for start in range(0, len(chosen), _SONGS):
        songs = [
            ids[found.starts[i] + found.prefix_length : found.starts[i + 1]]
            for i in chosen[start : start + _SONGS]
        ]
        counts += np.bincount(np.concatenate(songs), minlength=len(counts))
    return {word: int(counts[i]) for word, i in found.word_ids.items() if counts[i]}


def _build(folder: Path, request: dict, found: _Provisional, vocabulary: Vocabulary) -> None:
    """Write the files of a corpus."""
    final_ids = np.empty(1 + len(found.word_ids) + len(found.artist_ids), "int64")
    final_ids[_SONG_START] = BOS_EOS
    final_ids[list(found.word_ids.values())] = vocabulary.encode(found.word_ids)
    any_artist = len(vocabulary)
    artist_positions = np.arange(len(found.artist_ids))
    final_ids[list(found.artist_ids.values())] = any_artist + 1 + artist_positions
    if "titles" in request or vocabulary.slots:
        titles = _number_slots(found, vocabulary, final_ids)
        np.save(folder / "titles.npy", titles)
        final_ids = np.append(final_ids, vocabulary.slots).astype("int64")
    _renumber(found.path, folder / "tokens.npy", final_ids, found.starts[-1])

    np.save(folder / "starts.npy", np.array(found.starts, dtype="int64"))
    np.save(folder / "splits.npy", np.array(found.splits, dtype="uint8"))
    vocabulary.save(folder / "vocabulary.tsv")
    write_json(folder / "summary.json", {"lines": found.summary.lines()})
    meta = dict(request)
    if found.artist_ids:
        meta["artists"] = list(found.artist_ids)
    meta["songs"] = dict(Counter(SPLITS[split] for split in found.splits))
    meta["words"] = found.starts[-1] - found.prefix_length * len(found.splits)
    write_json(folder / "meta.json", meta)


def _number_slots(found: _Provisional, vocabulary: Vocabulary, final_ids: np.ndarray) -> np.ndarray:
    """Replace unknown words with slots, whose provisional ids come after all others.

    Args:
        found: The songs. The file of their ids is modified.
        vocabulary: The vocabulary.
        final_ids: Final id of each provisional id.

    Returns:
        The titles, int32 (songs, MAX_TITLE_WORDS).
    """
    unknown = {i: word for word, i in found.word_ids.items() if final_ids[i] == UNK}
    titles = np.full((len(found.titles), MAX_TITLE_WORDS), PAD, "int32")
    ids = np.memmap(found.path, dtype="int32", mode="r+")
    for song, title in enumerate(found.titles):
        slots = SongSlots(vocabulary)
        titles[song, : len(title)] = slots.encode(title)
        words = ids[found.starts[song] : found.starts[song + 1]]
        for position in np.flatnonzero(final_ids[words] == UNK):
            [token] = slots.encode([unknown[int(words[position])]])
            if token != UNK:
                words[position] = len(final_ids) + vocabulary.slots.index(token)
    return titles


def _renumber(source_path: Path, path: Path, final_ids: np.ndarray, length: int) -> None:
    """Write tokens.npy, replacing provisional ids with final ones, and delete the source."""
    source = np.memmap(source_path, dtype="int32", mode="r")
    dtype = np.dtype("uint16" if final_ids.max() < 1 << 16 else "int32")
    header = {"descr": dtype.str, "fortran_order": False, "shape": (length,)}
    # Do not write through a memory map: on a full disk that would be a bus error.
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, length, _BLOCK):
            file.write(final_ids[source[start : start + _BLOCK]].astype(dtype))
    source_path.unlink()
