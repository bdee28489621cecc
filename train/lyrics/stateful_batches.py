"""Training batches for `LSTMLanguageModel`, which reads whole songs."""

import heapq
from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from data.lyrics.slots import MAX_TITLE_WORDS
from data.lyrics.vocabulary import BOS_EOS, PAD
from train.core.batches import ResumableBatches
from train.lyrics.batches import Batch
from train.lyrics.word_hider import WordHider

ARTIST_DROPOUT = 0.3  # fraction of the songs whose artist is hidden from the network
TITLE_DROPOUT = 0.3  # fraction of the songs whose title is hidden from the network


class _Row(NamedTuple):
    """The songs that one row of the batches reads, in order.

    Attributes:
        songs: Indices of the songs.
        starts: Step at which each song starts, followed by the step after the end of the last song.
    """

    songs: list[int]
    starts: list[int]


class _Epoch(NamedTuple):
    """The order of the songs in an epoch, and what is hidden from the network.

    Attributes:
        rows: The songs of each row.
        hidden: Whether the artist of each song is hidden, (songs,).
        tokens: Token ids of the corpus, in which slots (see `data/lyrics/slots.py`) replace hidden
            words.
        titles: Token ids of the titles, (songs, MAX_TITLE_WORDS), or None. A hidden title consists
            of `PAD` only.
    """

    rows: list[_Row]
    hidden: np.ndarray
    tokens: np.ndarray
    titles: np.ndarray | None


class StatefulBatches(ResumableBatches):
    """Batches for truncated backpropagation through time, for `LSTMLanguageModel`.

    Over consecutive batches, each row reads a song window by window, and then the next song. So the
    network can keep its state from batch to batch. A row that begins with `BOS_EOS` starts a new
    song. All arrays are (batch_size, sequence_length). With titles, the inputs are a pair: the
    token ids and the title of each row, (batch_size, MAX_TITLE_WORDS).

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Rows per batch.
        sequence_length: Tokens per row of a batch.
        seed: Random seed.
        any_artist: Token id that means "any artist", if songs start with an artist. It replaces the
            artist of a random fraction `ARTIST_DROPOUT` of the songs, so that the network also
            learns to write without one (as in classifier-free guidance, Ho & Salimans, 2022,
            arXiv:2207.12598). Artists are never targets.
        titles: Title of each song, (songs, MAX_TITLE_WORDS), if the network is conditioned on
            titles. A random fraction `TITLE_DROPOUT` of them is hidden.
        word_hider: Replaces some words with slots, if the vocabulary has slots.
    """

    item_name = "words"

    def __init__(
        self,
        tokens: np.ndarray,
        songs: np.ndarray,
        batch_size: int,
        sequence_length: int,
        seed: int,
        any_artist: int | None = None,
        titles: np.ndarray | None = None,
        word_hider: WordHider | None = None,
    ):
        self.tokens = tokens
        self.songs = songs
        self.batch_size = batch_size
        self.sequence_length = sequence_length
        self.seed = seed
        self.any_artist = any_artist
        self.titles = titles
        self.word_hider = word_hider
        self.items_per_step = batch_size * sequence_length
        lengths = np.diff(songs, axis=1)[:, 0]
        self._windows = -(-lengths // sequence_length)  # per song, rounded up
        longest = int(self._windows.max(initial=0))
        self.steps = max(int(self._windows.sum()) // batch_size, longest)

    def epoch_order(self, random: np.random.Generator) -> _Epoch:
        """See `ResumableBatches.epoch_order`."""
        count = len(self.songs)
        rows = self._assign_songs(random.permutation(count))
        hidden = random.random(count) < ARTIST_DROPOUT
        tokens, titles = self.tokens, self.titles
        if self.word_hider:
            tokens, titles = self.word_hider.hide(random)
        if titles is not None:
            titles = np.where(random.random((count, 1)) < TITLE_DROPOUT, PAD, titles)
        return _Epoch(rows, hidden, tokens, titles)

    def as_one_batch(self) -> Batch:
        """Return all windows as one batch, ordered by step, with all artists and titles hidden."""
        rows = self._assign_songs(range(len(self.songs)))
        titles = None if self.titles is None else np.full_like(self.titles, PAD)
        everything = _Epoch(rows, np.ones(len(self.songs), bool), self.tokens, titles)
        steps = max(row.starts[-1] for row in rows)
        batches = [self.batch(everything, 0, step) for step in range(steps)]
        inputs, targets, weights = zip(*batches, strict=True)
        if titles is None:
            all_inputs: Any = np.concatenate(inputs)
        else:
            all_inputs = tuple(np.concatenate(part) for part in zip(*inputs, strict=True))
        return all_inputs, np.concatenate(targets), np.concatenate(weights)

    def _assign_songs(self, order: Iterable[int]) -> list[_Row]:
        """Assign each song, in the given order, to the row that is shortest so far."""
        rows = [_Row([], [0]) for _ in range(self.batch_size)]
        row_ends = [(0, index) for index in range(self.batch_size)]  # a heap
        for song in order:
            end, index = heapq.heappop(row_ends)
            end += int(self._windows[song])
            rows[index].songs.append(song)
            rows[index].starts.append(end)
            heapq.heappush(row_ends, (end, index))
        return rows

    def batch(self, order: _Epoch, epoch: int, step: int) -> Batch:
        """See `ResumableBatches.batch`."""
        shape = (self.batch_size, self.sequence_length)
        inputs = np.full(shape, PAD, "int32")
        targets = np.full(shape, PAD, "int32")
        weights = np.zeros(shape, "float32")
        titles = np.full((self.batch_size, MAX_TITLE_WORDS), PAD, "int32")
        for i, row in enumerate(order.rows):
            if step >= row.starts[-1]:
                continue
            position = bisect_right(row.starts, step) - 1
            song = row.songs[position]
            window = step - row.starts[position]
            length = self._fill(order.tokens, inputs[i], targets[i], song, window)
            weights[i, :length] = 1
            if order.titles is not None:
                titles[i] = order.titles[song]
            if self.any_artist and window == 0:
                targets[i, 0] = PAD
                weights[i, 0] = 0
                if order.hidden[song]:
                    inputs[i, 1] = self.any_artist
        return inputs if order.titles is None else (inputs, titles), targets, weights

    def _fill(
        self,
        tokens: np.ndarray,
        inputs: np.ndarray,
        targets: np.ndarray,
        song: int,
        window: int,
    ) -> int:
        """Copy one window of a song into a row; return its length."""
        start, end = self.songs[song]
        start += window * self.sequence_length
        length = min(self.sequence_length, end - start)
        following = np.append(tokens[start + 1 : end], BOS_EOS)
        inputs[:length] = tokens[start : start + length]
        targets[:length] = following[:length]
        return length
