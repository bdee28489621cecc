"""Songs as batches: lanes for the stream network, windows for the window network. Both stream from the corpus.

A lane is one row of the batch. It takes a song, cuts it into windows of equal length, gives them one batch after
another, then takes the next song; so a row goes on where it stopped, and a row that begins with SONG begins anew.
The order of the songs hangs on (seed, epoch) alone, so any step can be asked for at once.
"""

import heapq
import math
from bisect import bisect_right

import numpy as np

from common.cli import GeneError
from data.lyrics.vocabulary import BOS_EOS, PAD

HIDDEN = 0.3  # of the songs, those whose band the network is not told


class StatefulBatches:
    """Batches (words, targets, weights), each (lanes, length); weight 0 where a song has ended before its window.

    any_band: the number that hides a band, where songs begin with one; a band is no target.
    """

    def __init__(self, tokens, songs, lanes, length, seed, any_band=None):
        self.tokens, self.songs, self.lanes, self.length, self.seed = (
            tokens,
            songs,
            lanes,
            length,
            seed,
        )
        self.any_band = any_band
        self._windows = -(-np.diff(songs, axis=1)[:, 0] // length)
        self.steps = int(self._windows.sum()) // lanes
        if self.steps < 1:
            raise GeneError(
                f"the training songs have {int(np.diff(songs).sum()):,} words, fewer than one batch of "
                f"{lanes} x {length}; give more songs, or smaller --lanes and --length"
            )

    item_name = "words"

    @property
    def items_per_step(self):
        return self.lanes * self.length

    def batches(self, epoch, step):
        """Batches without end, from a step of an epoch on."""
        while True:
            random = np.random.default_rng([self.seed, epoch])
            rows, hidden = (
                self._deal(random.permutation(len(self.songs))),
                random.random(len(self.songs)) < HIDDEN,
            )
            for i in range(step, self.steps):
                yield self._batch(rows, i, hidden)
            epoch, step = epoch + 1, 0

    def in_order(self):
        """All windows at once as (words, targets, weights), each (steps x lanes, length): batch after batch; no band is
        told."""
        rows, hidden = self._deal(range(len(self.songs))), np.ones(len(self.songs), bool)
        steps = max(starts[-1] for _, starts in rows)
        return [
            np.concatenate(part)
            for part in zip(*(self._batch(rows, i, hidden) for i in range(steps)))
        ]

    def _deal(self, order):
        """Give each song to the lane that is shortest so far: per lane its songs and the window each begins at."""
        rows = [([], [0]) for _ in range(self.lanes)]
        heap = [(0, lane) for lane in range(self.lanes)]
        for song in order:
            end, lane = heapq.heappop(heap)
            end += int(self._windows[song])
            rows[lane][0].append(song)
            rows[lane][1].append(end)
            heapq.heappush(heap, (end, lane))
        return rows

    def _batch(self, rows, i, hidden):
        shape = (self.lanes, self.length)
        words, targets, weights = (
            np.full(shape, PAD, "int32"),
            np.full(shape, PAD, "int32"),
            np.zeros(shape, "float32"),
        )
        for lane, (songs, starts) in enumerate(rows):
            if i >= starts[-1]:
                continue
            place = bisect_right(starts, i) - 1
            begin, end = self.songs[songs[place]]
            begin += (i - starts[place]) * self.length
            part = self.tokens[begin : min(begin + self.length, end)]
            words[lane, : len(part)] = part
            targets[lane, : len(part)] = np.append(self.tokens[begin + 1 : end], BOS_EOS)[
                : len(part)
            ]
            weights[lane, : len(part)] = 1
            if self.any_band and i == starts[place]:
                targets[lane, 0], weights[lane, 0] = PAD, 0
                words[lane, 1] = self.any_band if hidden[songs[place]] else words[lane, 1]
        return words, targets, weights


class WindowBatches:
    """Batches (windows, targets, weights) of (batch, span), (batch,) and (batch,): every word of a song is a target
    once, of the `span` words before it, PAD before the song began."""

    def __init__(self, tokens, songs, batch, span, seed):
        self.tokens, self.songs, self.batch, self.span, self.seed = tokens, songs, batch, span, seed
        self._ends = np.cumsum(np.diff(songs, axis=1)[:, 0])
        self.steps = int(self._ends[-1]) // batch if len(songs) else 0
        if self.steps < 1:
            raise GeneError(
                f"the training songs have fewer words than one batch of {batch}; give more songs, "
                "or a smaller --lanes"
            )

    item_name = "words"

    @property
    def items_per_step(self):
        return self.batch

    def batches(self, epoch, step):
        """Batches without end, from a step of an epoch on."""
        while True:
            factor, shift = self._order(epoch)
            for i in range(step, self.steps):
                places = np.arange(i * self.batch, (i + 1) * self.batch)
                yield self._batch((places * factor + shift) % int(self._ends[-1]))
            epoch, step = epoch + 1, 0

    def _order(self, epoch):
        """A permutation that takes no memory, however large the corpus: place -> (place * factor + shift) mod total."""
        random, total = np.random.default_rng([self.seed, epoch]), int(self._ends[-1])
        factor = int(random.integers(total // 3, total // 2 + 1))
        while math.gcd(factor, total) != 1:
            factor += 1
        return factor, int(random.integers(total))

    def in_order(self):
        """All windows at once."""
        return self._batch(np.arange(int(self._ends[-1])))

    def _batch(self, positions):
        song = np.searchsorted(self._ends, positions, side="right")
        begin, end = self.songs[song].T
        place = end - self._ends[song] + positions  # of the last word of the window
        index = place[:, None] + np.arange(1 - self.span, 1)
        words = np.where(index >= begin[:, None], self.tokens[np.maximum(index, 0)], PAD)
        targets = np.where(
            place + 1 < end, self.tokens[np.minimum(place + 1, len(self.tokens) - 1)], BOS_EOS
        )
        return words.astype("int32"), targets.astype("int32"), np.ones(len(positions), "float32")
