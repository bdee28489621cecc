"""Songs as batches for the network of whole lines: the words before a line and the line, each a pair.

A line is what stands between two new lines and the second of them, so a stanza break is a line of one word. The last
line of a song ends with SONG. The rest of a line of more than `reach` words is a line of its own.
"""

import numpy as np

from common.cli import GeneError
from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD


class LineBatches:
    """Batches (words, targets, weights) of (batch, span + reach - 1), (batch, reach) and (batch, reach).

    Every line of a song is a row once: the `span` words before it, PAD before the song began, and the line but its last
    word; its words are the targets, and weight 0 stands where it has ended.
    """

    def __init__(self, tokens, songs, batch, span, seed, reach):
        self.tokens, self.batch, self.span, self.seed, self.reach = tokens, batch, span, seed, reach
        self._lines = np.concatenate(
            [np.empty((0, 4), "int64"), *(_lines(tokens, *song, reach) for song in songs)]
        )
        self.steps = len(self._lines) // batch
        if self.steps < 1:
            raise GeneError(
                f"the training songs have {len(self._lines):,} lines, fewer than one batch of {batch}; "
                "give more songs, or a smaller --lanes"
            )

    item_name = "lines"

    @property
    def items_per_step(self):
        return self.batch

    def batches(self, epoch, step):
        """Batches without end, from a step of an epoch on."""
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(self._lines))
            for i in range(step, self.steps):
                yield self._batch(order[i * self.batch : (i + 1) * self.batch])
            epoch, step = epoch + 1, 0

    def in_order(self):
        """All lines at once."""
        return self._batch(np.arange(len(self._lines)))

    def _batch(self, lines):
        begin, end, start, stop = self._lines[lines].T[..., None]
        read, told = start + np.arange(-self.span, self.reach - 1), start + np.arange(self.reach)
        words = np.where((read >= begin) & (read < stop - 1), self._at(read), PAD)
        targets = np.where(told < stop, np.where(told < end, self._at(told), BOS_EOS), PAD)
        return words.astype("int32"), targets.astype("int32"), (told < stop).astype("float32")

    def _at(self, places):
        return self.tokens[np.clip(places, 0, len(self.tokens) - 1)]


def _lines(tokens, begin, end, reach):
    """The lines of a song that stands from `begin` to `end`: (lines, 4), those two and a line's own first word and end.

    The place `end` counts, as the SONG that ends the song.
    """
    song, places = tokens[begin:end], np.arange(end - begin)
    marks = np.maximum.accumulate(np.where((song == NEWLINE) | (song == BOS_EOS), places, 0))
    starts = begin + 1 + np.flatnonzero((places - marks) % reach == 0)
    return np.stack(np.broadcast_arrays(begin, end, starts, np.append(starts[1:], end + 1)), axis=1)
