"""Split songs into lines, the examples of `models.seq2seq.LineSeq2Seq`.

A line starts after a line break and includes the next one, so a stanza break is a line of one
token. The last line of a song ends with `BOS_EOS`. A line of more than `max_line_length` tokens is
split.
"""

from typing import NamedTuple

import numpy as np

from data.lyrics.vocabulary import BOS_EOS, NEWLINE, PAD


class LineExamples(NamedTuple):
    """Training examples, one per line.

    Attributes:
        inputs: int32 (lines, context_length + max_line_length - 1). The tokens before the line,
            padded on the left with `PAD` where the song has not started, and then the line without
            its last token.
        targets: int32 (lines, max_line_length). The line, padded on the right with `PAD`.
        weights: float32 (lines, max_line_length). 1 for a token of the line, 0 for padding.
    """

    inputs: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def split_lines(
    tokens: np.ndarray, song_start: int, song_end: int, max_line_length: int
) -> np.ndarray:
    """Find the lines of one song.

    Args:
        tokens: Token ids of a corpus.
        song_start: Position of the song's `BOS_EOS` in `tokens`.
        song_end: Position after the song's last token; it counts as the `BOS_EOS` that ends the
            song.
        max_line_length: Maximum number of tokens of a line.

    Returns:
        int64 (lines, 4): start and end of the song, start and end of the line.
    """
    song = tokens[song_start:song_end]
    positions = np.arange(len(song))
    is_break = (song == NEWLINE) | (song == BOS_EOS)
    last_break = np.maximum.accumulate(np.where(is_break, positions, 0))
    starts_line = (positions - last_break) % max_line_length == 0
    line_starts = song_start + 1 + np.flatnonzero(starts_line)
    line_ends = np.append(line_starts[1:], song_end + 1)
    columns = np.broadcast_arrays(song_start, song_end, line_starts, line_ends)
    return np.stack(columns, axis=1)


def line_examples(
    tokens: np.ndarray, lines: np.ndarray, context_length: int, max_line_length: int
) -> LineExamples:
    """Build the training examples for some lines.

    Args:
        tokens: Token ids of a corpus.
        lines: Rows that `split_lines` returned.
        context_length: Number of tokens before a line that the network reads.
        max_line_length: Maximum number of tokens of a line.
    """
    song_start, song_end, line_start, line_end = lines.T[..., None]
    read = line_start + np.arange(-context_length, max_line_length - 1)
    written = line_start + np.arange(max_line_length)
    is_input = (read >= song_start) & (read < line_end - 1)
    inputs = np.where(is_input, _take(tokens, read), PAD)
    targets = np.where(written < song_end, _take(tokens, written), BOS_EOS)
    targets = np.where(written < line_end, targets, PAD)
    weights = written < line_end
    return LineExamples(inputs.astype("int32"), targets.astype("int32"), weights.astype("float32"))


def _take(tokens: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Look up tokens by position; a position outside the corpus yields an arbitrary token."""
    return tokens[np.clip(positions, 0, len(tokens) - 1)]
