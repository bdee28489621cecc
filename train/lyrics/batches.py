"""Training batches of songs for the lyrics networks; `stateful_batches.py` has those for the LSTM.

All batches are (inputs, targets, weights), where weight 0 marks padding. They read token ids from
the memory map of a corpus. If the songs do not fill one batch, the batch is smaller.
"""

import math
from typing import Any

import numpy as np

from data.lyrics.lines import line_examples, split_lines
from data.lyrics.vocabulary import BOS_EOS, PAD
from train.core.batches import ResumableBatches

Batch = tuple[Any, np.ndarray, np.ndarray]


class WindowBatches(ResumableBatches):
    """Batches for `WindowedBiGRU`: windows of tokens and the token that follows each of them.

    Every token of a song is a target once per epoch. Inputs are (batch_size, context_length),
    targets and weights (batch_size,).

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Windows per batch.
        context_length: Tokens per window; a window at the start of a song is padded with `PAD`.
        seed: Random seed.
    """

    item_name = "words"

    def __init__(
        self,
        tokens: np.ndarray,
        songs: np.ndarray,
        batch_size: int,
        context_length: int,
        seed: int,
    ):
        self.tokens = tokens
        self.songs = songs
        self.context_length = context_length
        self.seed = seed
        self._ends = np.cumsum(np.diff(songs, axis=1)[:, 0])  # windows up to the end of each song
        self._total = int(self._ends[-1])
        self.batch_size = min(batch_size, self._total)
        self.items_per_step = self.batch_size
        self.steps = self._total // self.batch_size

    def epoch_order(self, random: np.random.Generator) -> tuple[int, int]:
        """Return (factor, shift) of the permutation i -> (i * factor + shift) mod total.

        Unlike an array of indices, it takes no memory, even for a large corpus. Because the factor
        and the total are coprime, no window occurs twice in an epoch.
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
        """Return all windows as one batch."""
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
    """Batches for `LineSeq2Seq`: the tokens before a line as inputs, the line as the target.

    Every line of a song occurs once per epoch. `data.lyrics.lines.LineExamples` describes the
    arrays.

    Args:
        tokens: Token ids of the corpus.
        songs: Start and end of each song in `tokens`, (songs, 2).
        batch_size: Lines per batch.
        context_length: Number of tokens before a line that the network reads.
        seed: Random seed.
        max_line_length: Maximum number of tokens in a line.
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
    ):
        self.tokens = tokens
        self.context_length = context_length
        self.seed = seed
        self.max_line_length = max_line_length
        lines = [split_lines(tokens, start, end, max_line_length) for start, end in songs]
        self._lines = np.concatenate([np.empty((0, 4), "int64"), *lines])
        self.batch_size = min(batch_size, len(self._lines))
        self.items_per_step = self.batch_size
        self.steps = len(self._lines) // self.batch_size

    def epoch_order(self, random: np.random.Generator) -> np.ndarray:
        """See `ResumableBatches.epoch_order`."""
        return random.permutation(len(self._lines))

    def batch(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        """See `ResumableBatches.batch`."""
        return self._examples(order[step * self.batch_size : (step + 1) * self.batch_size])

    def as_one_batch(self) -> Batch:
        """Return all lines as one batch."""
        return self._examples(np.arange(len(self._lines)))

    def _examples(self, indices: np.ndarray) -> Batch:
        examples = line_examples(
            self.tokens, self._lines[indices], self.context_length, self.max_line_length
        )
        return examples.inputs, examples.targets, examples.weights


class RepeatedBatches(ResumableBatches):
    """Batches whose epochs go over the data several times, in a different order each time.

    Args:
        batches: The batches of one pass over the data.
        times: Number of passes per epoch.
    """

    def __init__(self, batches: ResumableBatches, times: int):
        self.inner = batches
        self.times = times
        self.seed = batches.seed
        self.steps = batches.steps * times
        self.items_per_step = batches.items_per_step
        self.item_name = batches.item_name

    def epoch_order(self, random: np.random.Generator) -> list[Any]:
        """See `ResumableBatches.epoch_order`."""
        return [self.inner.epoch_order(random) for _ in range(self.times)]

    def batch(self, order: list[Any], epoch: int, step: int) -> Batch:
        """See `ResumableBatches.batch`."""
        time, inner_step = divmod(step, self.inner.steps)
        return self.inner.batch(order[time], epoch, inner_step)


def repeat_batches(batches: ResumableBatches, min_steps: int) -> ResumableBatches:
    """Return batches that repeat the data until an epoch has at least `min_steps` steps."""
    times = -(-min_steps // batches.steps)
    return RepeatedBatches(batches, times) if times > 1 else batches
