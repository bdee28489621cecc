"""Training batches of songs, one class per lyrics network.

All of them read token ids from the memory map of a corpus and yield (inputs, targets, weights),
where weight 0 marks padding.
"""

import heapq
import math
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from data.lyrics.lines import line_examples, split_lines
from data.lyrics.vocabulary import BOS_EOS, PAD
from train.core.batches import ResumableBatches, count_batches, too_few

ARTIST_DROPOUT = 0.3  # share of the songs whose artist is hidden from the network

Batch = tuple[np.ndarray, np.ndarray, np.ndarray]


class _Row(NamedTuple):
    """The songs that one row of the batches reads, in order.

    Attributes:
        songs: Indices of the songs.
        starts: Step at which each song starts, and the step after the last song's end.
    """

    songs: list[int]
    starts: list[int]


class _Epoch(NamedTuple):
    """Order of an epoch: the rows, and per song whether its artist is hidden."""

    rows: list[_Row]
    hidden: np.ndarray


class StatefulBatches(ResumableBatches):
    """Batches for truncated backpropagation through time, for `LSTMLanguageModel`.

    Each row of a batch reads one song, window after window, over consecutive batches and continues
    with another song after its end. So the network can keep its state from batch to batch; a row
    that begins with `BOS_EOS` starts a new song. All arrays are (batch_size, sequence_length).

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Rows per batch.
        sequence_length: Tokens per row.
        seed: Random seed.
        any_artist: Token id that stands for any artist, if songs start with an artist. It replaces
            the artist of `ARTIST_DROPOUT` of the songs, so that the network also learns to write
            without one (as in classifier-free guidance, Ho & Salimans, 2022, arXiv:2207.12598).
            Artists are never targets.
        require_full_batch: Whether to raise GeneError if the songs do not fill one batch.
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
        require_full_batch: bool = True,
    ):
        self.tokens = tokens
        self.songs = songs
        self.batch_size = batch_size
        self.sequence_length = sequence_length
        self.seed = seed
        self.any_artist = any_artist
        self.items_per_step = batch_size * sequence_length
        lengths = np.diff(songs, axis=1)[:, 0]
        self._windows = -(-lengths // sequence_length)  # per song, rounded up
        self.steps = int(self._windows.sum()) // batch_size
        if require_full_batch and self.steps == 0:
            raise too_few(
                int(lengths.sum()),
                self.items_per_step,
                "words",
                "give more songs, or use a smaller --batch-size or --sequence-length",
            )

    def epoch_order(self, random: np.random.Generator) -> _Epoch:
        """See `ResumableBatches.epoch_order`."""
        rows = self._assign_songs(random.permutation(len(self.songs)))
        return _Epoch(rows, random.random(len(self.songs)) < ARTIST_DROPOUT)

    def as_one_batch(self) -> Batch:
        """Return all windows at once, batch after batch, with every artist hidden."""
        rows = self._assign_songs(range(len(self.songs)))
        everything = _Epoch(rows, np.ones(len(self.songs), bool))
        steps = max(row.starts[-1] for row in rows)
        batches = [self.batch(everything, 0, step) for step in range(steps)]
        inputs, targets, weights = zip(*batches, strict=True)
        return np.concatenate(inputs), np.concatenate(targets), np.concatenate(weights)

    def _assign_songs(self, order: Iterable[int]) -> list[_Row]:
        """Give each song to the row that is shortest so far."""
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
        for i, row in enumerate(order.rows):
            if step >= row.starts[-1]:
                continue
            position = bisect_right(row.starts, step) - 1
            song = row.songs[position]
            window = step - row.starts[position]
            length = self._fill(inputs[i], targets[i], song, window)
            weights[i, :length] = 1
            if self.any_artist and window == 0:
                targets[i, 0] = PAD
                weights[i, 0] = 0
                if order.hidden[song]:
                    inputs[i, 1] = self.any_artist
        return inputs, targets, weights

    def _fill(self, inputs: np.ndarray, targets: np.ndarray, song: int, window: int) -> int:
        """Copy one window of a song into a row; return its length."""
        start, end = self.songs[song]
        start += window * self.sequence_length
        length = min(self.sequence_length, end - start)
        following = np.append(self.tokens[start + 1 : end], BOS_EOS)
        inputs[:length] = self.tokens[start : start + length]
        targets[:length] = following[:length]
        return length


class WindowBatches(ResumableBatches):
    """Batches for `WindowedBiGRU`: windows of tokens and the token that follows each of them.

    Every token of a song is a target once per epoch. Inputs are (batch_size, context_length),
    targets and weights (batch_size,).

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Windows per batch.
        context_length: Tokens per window; `PAD` stands before the start of a song.
        seed: Random seed.
        require_full_batch: Whether to raise GeneError if the songs do not fill one batch.
    """

    item_name = "words"

    def __init__(
        self,
        tokens: np.ndarray,
        songs: np.ndarray,
        batch_size: int,
        context_length: int,
        seed: int,
        require_full_batch: bool = True,
    ):
        self.tokens = tokens
        self.songs = songs
        self.batch_size = batch_size
        self.context_length = context_length
        self.seed = seed
        self.items_per_step = batch_size
        self._ends = np.cumsum(np.diff(songs, axis=1)[:, 0])  # in windows, over all songs
        self._total = int(self._ends[-1]) if len(songs) else 0
        self.steps = self._total // batch_size
        if require_full_batch:
            count_batches(self._total, batch_size, "words", "give more songs")

    def epoch_order(self, random: np.random.Generator) -> tuple[int, int]:
        """Return a permutation that takes no memory, however large the corpus is.

        It is i -> (i * factor + shift) mod total, with a factor that has no divisor in common with
        the total.
        """
        factor = int(random.integers(self._total // 3, self._total // 2 + 1))
        while math.gcd(factor, self._total) != 1:
            factor += 1
        return factor, int(random.integers(self._total))

    def batch(self, order: tuple[int, int], epoch: int, step: int) -> Batch:
        """See `ResumableBatches.batch`."""
        factor, shift = order
        indices = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        return self._windows((indices * factor + shift) % self._total)

    def as_one_batch(self) -> Batch:
        """Return all windows at once."""
        return self._windows(np.arange(self._total))

    def _windows(self, indices: np.ndarray) -> Batch:
        song = np.searchsorted(self._ends, indices, side="right")
        start, end = self.songs[song].T
        last = end - self._ends[song] + indices  # position of the last token of each window
        positions = last[:, None] + np.arange(1 - self.context_length, 1)
        is_in_song = positions >= start[:, None]
        inputs = np.where(is_in_song, self.tokens[np.maximum(positions, 0)], PAD)
        following = self.tokens[np.minimum(last + 1, len(self.tokens) - 1)]
        targets = np.where(last + 1 < end, following, BOS_EOS)
        weights = np.ones(len(indices), "float32")
        return inputs.astype("int32"), targets.astype("int32"), weights


class LineBatches(ResumableBatches):
    """Batches for `LineSeq2Seq`: lines and the tokens before them.

    Every line of a song is a row once per epoch; see `data.lyrics.lines.LineExamples` for the
    arrays.

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Lines per batch.
        context_length: Tokens that are read before a line.
        seed: Random seed.
        max_line_length: Maximum number of tokens of a line.
        require_full_batch: Whether to raise GeneError if the songs do not fill one batch.
    """

    item_name = "lines"

    def __init__(
        self,
        tokens: np.ndarray,
        songs: np.ndarray,
        batch_size: int,
        context_length: int,
        seed: int,
        max_line_length: int,
        require_full_batch: bool = True,
    ):
        self.tokens = tokens
        self.batch_size = batch_size
        self.context_length = context_length
        self.seed = seed
        self.max_line_length = max_line_length
        self.items_per_step = batch_size
        lines = [split_lines(tokens, start, end, max_line_length) for start, end in songs]
        self._lines = np.concatenate([np.empty((0, 4), "int64"), *lines])
        self.steps = len(self._lines) // batch_size
        if require_full_batch:
            count_batches(len(self._lines), batch_size, "lines", "give more songs")

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """See `ResumableBatches.epoch_order`."""
        return random.permutation(len(self._lines))

    def batch(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        """See `ResumableBatches.batch`."""
        return self._examples(order[step * self.batch_size : (step + 1) * self.batch_size])

    def as_one_batch(self) -> Batch:
        """Return all lines at once."""
        return self._examples(np.arange(len(self._lines)))

    def _examples(self, indices: np.ndarray) -> Batch:
        examples = line_examples(
            self.tokens, self._lines[indices], self.context_length, self.max_line_length
        )
        return examples.inputs, examples.targets, examples.weights
